package logs

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
)

// Update implements kit.Pane.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case linesMsg:
		return s.take(msg)
	case tea.KeyPressMsg:
		if s.typing {
			return s.typed(msg)
		}
		if a, ok := s.env.Keys.Lookup(keymap.Logs, msg.String()); ok {
			cmd, _ := s.Do(a)
			return cmd
		}
	case tea.PasteMsg:
		if s.typing {
			msg.Content = strings.Join(strings.Fields(msg.Content), " ")
			return s.query(msg)
		}
	}
	return nil
}

// take appends lines and asks for the next ones.
func (s *Screen) take(m linesMsg) tea.Cmd {
	if m.of != s.follow {
		return nil
	}
	lines := s.follow.whole(m.lines, m.last)
	s.log.Append(lines...)
	for _, l := range lines {
		if l.Time.After(s.last) {
			s.last = l.Time
		}
	}
	s.arrived += len(lines)
	s.dirty = true
	if m.last {
		s.ended, s.err = true, m.err
		return nil
	}
	return s.follow.next()
}

// Do carries out an action of the log's scope or a movement; it reports whether a is one.
func (s *Screen) Do(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.Back:
		s.Close()
		return func() tea.Msg { return CloseMsg{} }, true
	case keymap.LogSave:
		msg := SaveMsg{Name: s.container.DisplayName(), Text: s.log.Text(), Lines: s.log.Len()}
		return func() tea.Msg { return msg }, true
	case keymap.LogSearch:
		s.typing, s.dirty = true, true
		s.input.SetValue(s.log.Query())
		s.input.CursorEnd()
		return s.input.Focus(), true
	}
	before := s.log.Following()
	switch a {
	case keymap.LogNext:
		s.missed = !s.log.Match(1) && s.log.Query() != ""
	case keymap.LogPrev:
		s.missed = !s.log.Match(-1) && s.log.Query() != ""
	default:
		if !s.log.Do(a) {
			return nil, false
		}
	}
	if before && !s.log.Following() {
		s.seen = s.arrived
	}
	s.dirty = true
	return nil, true
}

// typed is a key while a search is typed.
func (s *Screen) typed(k tea.KeyPressMsg) tea.Cmd {
	s.dirty = true
	switch a, _ := s.env.Keys.Lookup(keymap.Line, k.String()); a {
	case keymap.LineAccept:
		s.typing = false
		s.input.Blur()
		return nil
	case keymap.LineCancel:
		s.typing, s.missed = false, false
		s.input.Blur()
		s.log.SetQuery("")
		return nil
	}
	return s.query(k)
}

// query passes a key or a paste to the search and searches for what it has become.
func (s *Screen) query(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	s.input, cmd = s.input.Update(msg)
	if q := s.input.Value(); q != s.log.Query() {
		before := s.log.Following()
		s.missed = !s.log.SetQuery(q)
		if before && !s.log.Following() {
			s.seen = s.arrived
		}
	}
	s.dirty = true
	return cmd
}
