package create

import (
	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/ui/kit"
)

// menu is a list to choose from, with a cursor of its own.
type menu struct {
	items  []item
	at     int // -1: none is marked
	offset int
}

// item is a row of a menu; all texts are clean.
type item struct {
	lead string // in a column of its own
	text string
	note string // faint, behind
}

// set replaces the items and marks the first, or none.
func (m *menu) set(items []item, mark bool) {
	m.items, m.at, m.offset = items, 0, 0
	if !mark || len(items) == 0 {
		m.at = -1
	}
}

// move handles the keys that move; false when it is another one.
func (m *menu) move(a keymap.Action, page int) bool {
	n := 0
	switch a {
	case keymap.FormNext:
		n = 1
	case keymap.FormPrev:
		n = -1
	case keymap.FormPageDown:
		n = max(1, page-1)
	case keymap.FormPageUp:
		n = -max(1, page-1)
	default:
		return false
	}
	if last := len(m.items) - 1; last >= 0 {
		m.at = max(0, min(last, m.at+n))
	}
	return true
}

// chosen is the index of the marked item.
func (m *menu) chosen() (int, bool) { return m.at, m.at >= 0 && m.at < len(m.items) }

// draw is at most room items, each width cells, with signs where there are more.
func (m *menu) draw(env *kit.Env, width, room int) []string {
	st := env.Styles
	if room < 1 || width <= margin {
		return nil
	}
	if at := max(0, m.at); at >= m.offset+room {
		m.offset = at - room + 1
	} else if at < m.offset {
		m.offset = at
	}
	m.offset = max(0, min(m.offset, len(m.items)-room))
	lead := 0
	for _, it := range m.items {
		lead = max(lead, kit.Width(it.lead))
	}
	if lead = min(lead, width/3); lead > 0 {
		lead += 2
	}
	var out []string
	for i := m.offset; i < len(m.items) && len(out) < room; i++ {
		it, mark, style := m.items[i], kit.Spaces(margin), st.Text
		if i == m.at {
			mark, style = st.Cursor.Render(st.Glyphs.Cursor)+kit.Spaces(margin-1), st.Selected
		}
		sign := " "
		switch {
		case i == m.offset && i > 0:
			sign = st.Muted.Render(st.Glyphs.Up)
		case len(out) == room-1 && i < len(m.items)-1:
			sign = st.Muted.Render(st.Glyphs.Down)
		}
		line := st.Muted.Render(kit.Pad(kit.Truncate(it.lead, max(0, lead-2), st.Glyphs.Ellipsis), lead)) + style.Render(it.text)
		if it.note != "" {
			line += "  " + st.Faint.Render(it.note)
		}
		out = append(out, mark+kit.FitLine(kit.Truncate(line, width-margin-2, st.Glyphs.Ellipsis), width-margin-1)+sign)
	}
	return out
}

// input is the text field above a menu.
func (s *Screen) cursorAt(c *tea.Cursor, x, y int) *tea.Cursor {
	if c == nil {
		return nil
	}
	c.X, c.Y = c.X+x, c.Y+y
	return c
}
