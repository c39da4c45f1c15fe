package field

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gantry/ui/kit"
)

// Height is the number of lines that View has: the rows and what is said under them.
func (m *Model) Height() int {
	h := m.rows()
	for i := range m.rows() {
		if m.problems[i] != "" {
			h++
		}
	}
	if m.note != "" && h == m.rows() {
		h++
	}
	return h
}

// Line is the line of View in which the row that is edited stands, from 0.
func (m *Model) Line() int {
	line := 0
	for i := range m.current() {
		line++
		if m.problems[i] != "" {
			line++
		}
	}
	return line
}

// current is the row that is edited.
func (m *Model) current() int {
	if m.spec.Kind != List {
		return 0
	}
	return m.row
}

// rows is the number of rows of values, the new one of a focused list included.
func (m *Model) rows() int {
	n := 1
	if m.spec.Kind == List {
		n = max(1, len(m.values), m.row+1)
	}
	return n
}

// View is the field: exactly the width set, Height lines.
func (m *Model) View() string {
	if m.width == 0 {
		return ""
	}
	st := m.env.Styles
	lines := make([]string, 0, m.Height())
	for i := range m.rows() {
		label := st.Label
		if m.focus {
			label = st.LabelFocus
		}
		text := ""
		if i == 0 {
			text = kit.Truncate(m.spec.Label, m.label-1, st.Glyphs.Ellipsis)
		}
		lines = append(lines, kit.FitLine(label.Render(kit.Pad(text, m.label))+m.value(i), m.width))
		if p := m.problems[i]; p != "" {
			lines = append(lines, m.under(st.Problem.Render(st.Glyphs.Cross+" "+kit.Truncate(p, m.room()-2, st.Glyphs.Ellipsis))))
		}
	}
	if m.note != "" && len(lines) == m.rows() {
		lines = append(lines, m.under(st.Note.Render(kit.Truncate(m.note, m.room(), st.Glyphs.Ellipsis))))
	}
	return strings.Join(lines, "\n")
}

func (m *Model) under(s string) string {
	return kit.FitLine(kit.Spaces(m.label)+s, m.width)
}

// value is what stands in the value's column of row i.
func (m *Model) value(i int) string {
	st, room := m.env.Styles, m.room()
	g := st.Glyphs
	v := ""
	if i < len(m.values) {
		v = m.values[i]
	}
	switch {
	case m.spec.Kind == Choice:
		if v == "" && len(m.spec.Choices) > 0 {
			v = m.spec.Choices[0]
		}
		if m.focus {
			return st.Accent.Render(g.Left) + " " + st.Strong.Render(kit.Clean(v)) + " " + st.Accent.Render(g.Right)
		}
		return st.Muted.Render(g.Left) + " " + st.Text.Render(kit.Clean(v)) + " " + st.Muted.Render(g.Right)
	case m.spec.Kind == Check:
		box, style := g.CheckOff, st.Text
		if v == On {
			box = g.CheckOn
		}
		if m.focus {
			style = st.Accent
		}
		return style.Render(box) + " " + st.Muted.Render(m.spec.Hint)
	case m.editing(i) && m.input.Value() != "":
		text, _ := m.window()
		return st.Input.Render(text)
	case v == "":
		return m.vacant(i)
	case m.spec.Secret && !m.focus:
		return st.Text.Render(strings.Repeat("*", 8))
	}
	if m.spec.Mask != nil {
		v = m.spec.Mask(v)
	}
	return st.Text.Render(kit.Truncate(kit.Clean(v), room, g.Ellipsis))
}

// vacant is what stands where nothing is typed: the ghost and its origin, or the hint.
func (m *Model) vacant(i int) string {
	st, room := m.env.Styles, m.room()
	if m.ghost == "" || i > 0 {
		if m.editing(i) || m.focus {
			return st.Ghost.Render(kit.Truncate(m.spec.Hint, room, st.Glyphs.Ellipsis))
		}
		return ""
	}
	from := ""
	if m.ghostFrom != "" {
		from = st.Faint.Render(m.ghostFrom)
	}
	return kit.Sides(st.Ghost.Render(m.ghost), from, room, st.Glyphs.Ellipsis)
}

func (m *Model) editing(i int) bool { return m.input != nil && m.focus && i == m.current() }

// window is the part of the edited text that is shown, and the cursor's cell in it. The
// editor's own view is not used: it counts characters where cells are meant.
func (m *Model) window() (text string, cursor int) {
	room := m.room()
	value := m.input.Value()
	at := kit.Width(string([]rune(value)[:m.input.Position()]))
	if kit.Width(value) < room {
		return value, at
	}
	from := max(0, at-room+1)
	return ansi.Cut(value, from, from+room), at - from
}

// Cursor is the terminal's cursor relative to View's upper left corner; nil when the
// field has no editor or no room for it.
func (m *Model) Cursor() *tea.Cursor {
	if m.typing && m.focus && m.spec.Kind == Choice && m.room() > 2 {
		c := tea.NewCursor(m.label+min(2+kit.Width(kit.Clean(m.Value())), m.room()-1), 0)
		c.Shape, c.Blink = tea.CursorBar, false
		return c
	}
	if m.input == nil || !m.focus || m.room() < 1 {
		return nil
	}
	_, x := m.window()
	c := tea.NewCursor(m.label+min(x, m.room()-1), m.Line())
	c.Shape, c.Blink = tea.CursorBar, false
	return c
}
