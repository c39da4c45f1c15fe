package create

// buttons is the row number of the first button: Create & start, then Create.
func (s *Screen) buttons() int { return len(s.here().rows) }

// goTo focuses a row of a section. Coming from below, a list is entered at its end.
func (s *Screen) goTo(section, row int, below bool) {
	s.list.close()
	if r := s.current(); r != nil {
		r.field.Blur()
		r.quiet = false
	}
	if section != s.at {
		s.at, s.offset = section, 0
	}
	s.row = row
	if r := s.current(); r != nil {
		r.field.Focus(below)
	}
	s.check()
}

// next goes on by one row: through the section, to its buttons, then to the next section.
func (s *Screen) next() {
	if r := s.current(); r != nil && r.field.Next() {
		s.check()
		return
	}
	switch {
	case s.row < s.buttons()+1:
		s.goTo(s.at, s.row+1, false)
	default:
		s.goTo((s.at+1)%len(s.sections), 0, false)
	}
}

// page moves by a screen of rows, and at the section's end into the next one: n is 1 or -1.
func (s *Screen) page(n int) {
	last := s.buttons() - 1
	switch to := s.row + n*max(1, s.room-1); {
	case n > 0 && s.row >= last:
		s.goTo((s.at+1)%len(s.sections), 0, false)
	case n < 0 && s.row == 0:
		at := (s.at + len(s.sections) - 1) % len(s.sections)
		s.goTo(at, len(s.sections[at].rows)-1, true)
	default:
		s.goTo(s.at, max(0, min(last, to)), n < 0)
	}
}

// prev goes back by one row. Before the first row of all come the buttons, so that they
// are one key away from Image.
func (s *Screen) prev() {
	if r := s.current(); r != nil && r.field.Prev() {
		s.check()
		return
	}
	switch {
	case s.row > 0:
		s.goTo(s.at, s.row-1, true)
	case s.at > 0:
		s.goTo(s.at-1, len(s.sections[s.at-1].rows)-1, true)
	default:
		s.goTo(s.at, s.buttons(), false)
	}
}
