package create

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"gantry/ui/kit"
)

const (
	railFrom  = 110 // columns from which the sections stand at the side
	railWidth = 16
	roomy     = 12 // lines inside from which rules and help have a place
	tall      = 18 // lines inside from which the line may take more rows
	linesLow  = 2  // rows of the docker run line in a low box
	linesTall = 4  // and in a tall one
)

// View implements kit.Pane.
func (s *Screen) View() string {
	if s.styles != s.env.Styles {
		s.styles, s.dirty = s.env.Styles, true
	}
	if s.dirty {
		s.dirty = false
		s.draw()
	}
	return s.view
}

// Cursor implements kit.Cursored: only a text has one.
func (s *Screen) Cursor() *tea.Cursor {
	s.View()
	return s.cursor
}

// draw makes the view and the cursor that belongs to it.
func (s *Screen) draw() {
	w, h := kit.Inner(s.width, s.height)
	body, cursor := s.body(w, h)
	frame := kit.Frame{Title: s.task.title(), Focused: s.focus}
	if s.sheet != nil {
		frame.Note = s.sheet.title()
	}
	s.view = kit.Box(s.env.Styles, frame, body, s.width, s.height)
	s.cursor = nil
	if cursor != nil && s.focus && cursor.X < w && cursor.Y < h {
		cursor.X, cursor.Y = cursor.X+1, cursor.Y+1
		s.cursor = cursor
	}
}

// body fills the frame: sections, rows, help, the line, the buttons. What is less
// important gives way first; the focused row and the buttons stay.
func (s *Screen) body(w, h int) (string, *tea.Cursor) {
	foot := s.foot(w, h)
	head := s.head(w, h)
	room := max(1, h-len(head)-len(foot))
	side := s.width >= railFrom
	width, left := w-1, 0
	if side {
		left = railWidth + 2
		width = w - left - 1
	}
	var help []string
	if w >= asideFrom {
		help = s.aside(asideWidth, room)
	}
	if help != nil {
		width -= asideWidth + 2
	}
	s.room = room
	shown, cursor := s.middle(width, room)
	if cursor != nil {
		cursor.X, cursor.Y = cursor.X+left, cursor.Y+len(head)
	}
	if help != nil {
		s.beyond(shown, help)
	}
	if side {
		s.besides(shown)
	}
	var out []string
	out = append(out, head...)
	out = append(out, shown...)
	out = append(out, foot...)
	return strings.Join(out, "\n"), cursor
}

// middle is the rows, or what has their place: room lines, each a cell wider than width.
func (s *Screen) middle(width, room int) ([]string, *tea.Cursor) {
	if s.sheet != nil {
		return s.sheetBody(width+1, room)
	}
	lines, focused := s.rows(width)
	s.scroll(focused, len(lines), room)
	return s.window(lines, width, room), s.place(focused.from, room)
}

// beyond puts the help of the focused row to the right of the rows.
func (s *Screen) beyond(lines, help []string) {
	bar := s.env.Styles.Border.Render(s.env.Styles.Glyphs.Vertical) + " "
	for i := range lines {
		lines[i] += bar + help[i]
	}
}

// head is the strip of sections with its rule; at the side it is a rail instead.
func (s *Screen) head(w, h int) []string {
	if s.width >= railFrom || h < 4 {
		return nil
	}
	head := []string{s.strip(w)}
	if h >= roomy {
		head = append(head, s.rule(w))
	}
	return head
}

// foot is what stands below the rows: the focused row's help, the line, the buttons.
func (s *Screen) foot(w, h int) []string {
	var out []string
	if h >= 8 {
		most := 1
		if h >= tall {
			most = leftoverRows
		}
		out = append(out, s.leftoverLines(w, most)...)
	}
	left := len(out)
	if h >= 8 {
		out = append(out, s.advice(w))
	}
	if h >= 6 {
		out = append(out, s.rule(w))
	}
	if h >= 7 {
		most := linesLow
		if h >= tall {
			most = linesTall
		}
		for _, l := range s.lineRows(w-margin-1, most) {
			out = append(out, kit.Spaces(margin)+l)
		}
		for h >= roomy && len(out)-left < 2+linesLow {
			out = append(out, "") // the second row's place, so that the rows above stay where they are
		}
	}
	switch {
	case s.sheet != nil && h >= 3:
		out = append(out, "")
	case h >= 8:
		out = append(out, s.buttonsLine("", w))
	case h >= 3:
		out = append(out, s.buttonsLine(s.summary(), w))
	}
	return out
}

// advice is what is to be mended, else what the focused row is for.
func (s *Screen) advice(w int) string {
	st := s.env.Styles
	text, style := "", st.Note
	switch r := s.current(); {
	case s.sheet != nil:
		text = s.sheet.advice()
	case r != nil && s.width >= asideFrom+2:
	case r != nil:
		text = about(r.opt)
	case s.row == s.buttons():
		text, _ = s.task.about()
	default:
		_, text = s.task.about()
	}
	if s.due != nil && s.sheet == nil {
		text = "Looking at this host first" + st.Glyphs.Ellipsis
	}
	if sum := s.summary(); sum != "" && s.sheet == nil {
		text, style = st.Glyphs.Cross+" "+sum, st.Problem
	}
	return kit.Spaces(margin) + style.Render(kit.Truncate(text, w-margin-1, st.Glyphs.Ellipsis))
}

func (s *Screen) rule(w int) string {
	st := s.env.Styles
	return " " + st.Border.Render(strings.Repeat(st.Glyphs.Horizontal, max(0, w-2)))
}

// buttonsLine has the buttons at the right; in a low box what is to be mended is left of them.
func (s *Screen) buttonsLine(sum string, w int) string {
	st := s.env.Styles
	button := func(i int, label string) string {
		if s.row == s.buttons()+i {
			return st.ButtonFocus.Render("[" + st.Glyphs.Right + label + " ]")
		}
		return st.Button.Render("[ " + label + " ]")
	}
	start, rest := s.task.verbs()
	both := button(0, start) + "  " + button(1, rest) + " "
	if sum != "" {
		sum = kit.Spaces(margin) + st.Problem.Render(st.Glyphs.Cross+" "+sum)
	}
	return kit.Sides(sum, both, w, st.Glyphs.Ellipsis)
}

// scroll moves the rows as little as it takes to have the focused value in view with
// what is said under it.
func (s *Screen) scroll(focused span, total, room int) {
	if s.current() == nil {
		s.offset = max(0, min(s.offset, total-room))
		return
	}
	if focused.to > s.offset+room {
		s.offset = focused.to - room
	}
	if focused.from < s.offset {
		s.offset = focused.from
	}
	s.offset = max(0, min(s.offset, total-room))
	if focused.from < s.offset { // not all of it fits: the value itself comes first
		s.offset = focused.from
	}
}

// window is the rows that are in view, each width cells, with signs at the right where there are more.
func (s *Screen) window(lines []string, width, room int) []string {
	st := s.env.Styles
	out := make([]string, room)
	for i := range out {
		l, sign := kit.Spaces(width), " "
		if at := s.offset + i; at < len(lines) {
			l = lines[at]
		}
		switch {
		case i == 0 && s.offset > 0:
			sign = st.Muted.Render(st.Glyphs.Up)
		case i == room-1 && s.offset+room < len(lines):
			sign = st.Muted.Render(st.Glyphs.Down)
		}
		out[i] = l + sign
	}
	return out
}

// besides puts the rail of sections to the left of the rows.
func (s *Screen) besides(lines []string) {
	st := s.env.Styles
	rail := s.rail(railWidth)
	bar := st.Border.Render(st.Glyphs.Vertical) + " "
	for i, l := range lines {
		left := kit.Spaces(railWidth)
		if i < len(rail) {
			left = rail[i]
		}
		lines[i] = left + bar + l
	}
}

// place is the terminal's cursor within the frame; nil when the row is no text or out of view.
func (s *Screen) place(line, room int) *tea.Cursor {
	r := s.current()
	if r == nil || line < s.offset || line >= s.offset+room {
		return nil
	}
	c := r.field.Cursor()
	if c == nil {
		return nil
	}
	c.X += margin
	c.Y = line - s.offset
	return c
}

// dress is how a remark looks: its style, and a sign that says so without colour.
func (s *Screen) dress(g gravity) (lipgloss.Style, string) {
	st := s.env.Styles
	switch g {
	case problem:
		return st.Problem, st.Glyphs.Cross + " "
	case warning:
		return st.Warn, "! "
	}
	return st.Note, ""
}
