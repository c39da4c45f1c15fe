package dialog

import (
	"strings"

	"gantry/ui/kit"
)

const (
	widest  = 72 // cells; longer lines are wrapped
	least   = 30
	border  = 2
	padding = 2 // on each side, inside the border
)

// SetSize tells the screen's size; the dialog takes what it needs of it.
func (m *Model) SetSize(width, height int) { m.width, m.height = max(0, width), max(0, height) }

// Size is the size of View: never more than was set.
func (m *Model) Size() (width, height int) {
	w := m.outer()
	if w == 0 || m.height == 0 {
		return 0, 0
	}
	return w, min(m.height, len(m.lines(m.inner()))+border)
}

// Place is where View's upper left corner belongs: a little above the middle.
func (m *Model) Place() (x, y int) {
	w, h := m.Size()
	return (m.width - w) / 2, (m.height - h) / 3
}

// View is the dialog in its border, exactly Size.
func (m *Model) View() string {
	w, h := m.Size()
	if w == 0 || h == 0 {
		return ""
	}
	if m.drawn.IsZero() {
		m.drawn = m.env.Now()
	}
	lines := m.lines(m.inner())
	f := kit.Frame{Title: kit.Clean(m.spec.Title), Focused: true}
	if over := m.hidden(); over > 0 {
		// The buttons are what must not be cut off.
		_, ih := kit.Inner(w, h)
		buttons := lines[len(lines)-1]
		top := max(0, min(m.top, over))
		lines = append(lines[top:top+max(0, ih-1):top+max(0, ih-1)], buttons)
		if top < over {
			f.Right = "more " + m.env.Styles.Glyphs.Down
		}
	}
	for i, l := range lines {
		lines[i] = kit.Spaces(padding) + l
	}
	return kit.Box(m.env.Styles, f, strings.Join(lines, "\n"), w, h)
}

// hidden is how many lines of the text do not fit on the screen.
func (m *Model) hidden() int {
	w, h := m.Size()
	_, ih := kit.Inner(w, h)
	if ih < 1 {
		return 0
	}
	return max(0, len(m.lines(m.inner()))-ih)
}

// scroll moves a text that is longer than the screen by n lines.
func (m *Model) scroll(n int) { m.top = max(0, min(m.top+n, m.hidden())) }

// outer is the width of the dialog with its border.
func (m *Model) outer() int {
	need := max(least, kit.Width(kit.Clean(m.spec.Title))+2)
	for _, l := range m.spec.Body {
		need = max(need, kit.Width(kit.Clean(l)))
	}
	buttons := 0
	for _, b := range m.spec.Buttons {
		buttons += kit.Width(b.Label) + 6
	}
	need = max(need, buttons)
	return min(m.width, min(widest, need)+border+2*padding)
}

// inner is the width of the text.
func (m *Model) inner() int { return max(0, m.outer()-border-2*padding) }

// lines are the text and the buttons, each at most width cells.
func (m *Model) lines(width int) []string {
	st := m.env.Styles
	var out []string
	if len(m.spec.Body) > 0 {
		out = append(out, "")
	}
	for _, l := range m.spec.Body {
		l = kit.Clean(l)
		if width < 1 || kit.Width(l) <= width {
			out = append(out, st.Text.Render(kit.Truncate(l, width, "")))
			continue
		}
		for _, part := range kit.Wrap(l, width) {
			out = append(out, st.Text.Render(part))
		}
	}
	return append(out, "", m.buttons(width))
}

// buttons is the line of answers, at the right.
func (m *Model) buttons(width int) string {
	st := m.env.Styles
	parts := make([]string, 0, len(m.spec.Buttons))
	for i, b := range m.spec.Buttons {
		style := st.Button
		if i == m.marked {
			style = st.ButtonFocus
			if b.Danger {
				style = st.ButtonDanger
			}
		}
		label := b.Label
		if b.Key != "" {
			label += " (" + b.Key + ")"
		}
		if i == m.marked {
			parts = append(parts, style.Render("["+st.Glyphs.Right+label+" ]"))
		} else {
			parts = append(parts, style.Render("[ "+label+" ]"))
		}
	}
	return kit.FitLine(kit.PadLeft(strings.Join(parts, "  "), width), width)
}
