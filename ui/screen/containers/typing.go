package containers

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
)

// Capturing implements kit.Capturer: while the filter is typed.
func (s *Screen) Capturing() bool { return s.typing }

// Cursor implements kit.Cursored.
func (s *Screen) Cursor() *tea.Cursor {
	if !s.typing {
		return nil
	}
	c := s.input.Cursor()
	if c != nil {
		c.X += len(" / ") + 1
		c.Y = s.height - 2
	}
	return c
}

// Update implements kit.Pane: keys while the filter is typed, and paste into it.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	if !s.typing {
		return nil
	}
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch a, _ := s.env.Keys.Lookup(keymap.Line, k.String()); a {
		case keymap.LineAccept:
			s.stopTyping()
			return nil
		case keymap.LineCancel:
			s.stopTyping()
			s.setFilter(Filter{Show: s.filter.Show})
			return nil
		}
		if k.String() == "up" || k.String() == "down" {
			a, _ := s.env.Keys.Lookup(keymap.Global, k.String())
			s.Move(a)
			return nil
		}
	}
	if p, ok := msg.(tea.PasteMsg); ok {
		p.Content = strings.Join(strings.Fields(p.Content), " ")
		msg = p
	}
	var cmd tea.Cmd
	s.input, cmd = s.input.Update(msg)
	s.setFilter(Filter{Show: s.filter.Show, Text: strings.TrimSpace(s.input.Value())})
	return cmd
}

// StartFilter begins to type the filter.
func (s *Screen) StartFilter() tea.Cmd {
	s.typing = true
	s.input.SetValue(s.filter.Text)
	s.input.CursorEnd()
	s.resize()
	return s.input.Focus()
}

func (s *Screen) stopTyping() {
	s.typing = false
	s.input.Blur()
	s.resize()
}

// ClearFilter shows all again; it reports whether there was anything to clear.
func (s *Screen) ClearFilter() bool {
	if !s.filter.on() {
		return false
	}
	s.input.SetValue("")
	s.setFilter(Filter{})
	return true
}

// CycleShow goes from all to running to not running.
func (s *Screen) CycleShow() { s.setFilter(Filter{Show: (s.filter.Show + 1) % 3, Text: s.filter.Text}) }

func (s *Screen) setFilter(f Filter) {
	if f == s.filter {
		return
	}
	s.filter = f
	clear(s.pinned)
	s.held = held{}
	s.rebuild()
	s.hold()
}
