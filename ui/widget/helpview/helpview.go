// Package helpview shows the keys of some scopes, as the keymap has them, in as many
// columns as there is room for.
package helpview

import (
	"slices"
	"strings"

	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
)

const (
	keyWidth = 13 // cells of the keys' column
	colWidth = 56 // a column has at least this width when there are two
	indent   = 1
)

// Model shows help. Its methods are for one goroutine.
type Model struct {
	env    *kit.Env
	scopes []keymap.Scope
	width  int
	height int
	top    int
	style  *themes.Styles
	lines  []string
}

// New shows the keys of scopes, in this order.
func New(env *kit.Env, scopes ...keymap.Scope) *Model {
	return &Model{env: env, scopes: slices.Clone(scopes)}
}

// SetScopes shows other scopes.
func (m *Model) SetScopes(scopes ...keymap.Scope) {
	m.scopes, m.lines, m.top = slices.Clone(scopes), nil, 0
}

// SetSize sets the box that View fills.
func (m *Model) SetSize(width, height int) {
	m.width, m.height, m.lines = max(0, width), max(0, height), nil
}

// Do carries out a movement; it reports whether a is one.
func (m *Model) Do(a keymap.Action) bool {
	n := len(m.content())
	switch a {
	case keymap.Up:
		m.top--
	case keymap.Down:
		m.top++
	case keymap.PageUp:
		m.top -= m.height
	case keymap.PageDown:
		m.top += m.height
	case keymap.HalfUp:
		m.top -= m.height / 2
	case keymap.HalfDown:
		m.top += m.height / 2
	case keymap.Top:
		m.top = 0
	case keymap.Bottom:
		m.top = n
	default:
		return false
	}
	m.top = max(0, min(m.top, n-m.height))
	return true
}

// More reports whether there is something below what is shown.
func (m *Model) More() bool { return m.top+m.height < len(m.content()) }

// View is the help, exactly its size.
func (m *Model) View() string {
	lines := m.content()
	top := max(0, min(m.top, len(lines)-m.height))
	return kit.Fit(strings.Join(lines[min(top, len(lines)):], "\n"), m.width, m.height)
}

// content is all lines, kept until size, scopes or theme change.
func (m *Model) content() []string {
	if m.lines != nil && m.style == m.env.Styles {
		return m.lines
	}
	m.style = m.env.Styles
	if m.width < 2*colWidth {
		m.lines = m.column(m.scopes, m.width)
		return m.lines
	}
	left, right := m.halves()
	a, b := m.column(left, m.width/2), m.column(right, m.width-m.width/2)
	m.lines = make([]string, 0, max(len(a), len(b)))
	for i := range max(len(a), len(b)) {
		var l, r string
		if i < len(a) {
			l = a[i]
		}
		if i < len(b) {
			r = b[i]
		}
		m.lines = append(m.lines, kit.FitLine(l, m.width/2)+r)
	}
	return m.lines
}

// halves shares the scopes out to two columns of about the same length.
func (m *Model) halves() (left, right []keymap.Scope) {
	total := 0
	for _, s := range m.scopes {
		total += len(m.env.Keys.Entries(s)) + 2
	}
	sum := 0
	for i, s := range m.scopes {
		n := len(m.env.Keys.Entries(s)) + 2
		if i > 0 && sum+n/2 > total/2 {
			return m.scopes[:i], m.scopes[i:]
		}
		sum += n
	}
	return m.scopes, nil
}

func (m *Model) column(scopes []keymap.Scope, width int) []string {
	st := m.env.Styles
	out := []string{}
	for i, s := range scopes {
		if i > 0 {
			out = append(out, "")
		}
		out = append(out, kit.Spaces(indent)+st.Strong.Render(kit.Truncate(s.Title(), width-indent, st.Glyphs.Ellipsis)))
		for _, e := range m.env.Keys.Entries(s) {
			if len(e.Keys) == 0 {
				continue
			}
			out = append(out, m.entry(e, width))
		}
	}
	return out
}

func (m *Model) entry(e keymap.Entry, width int) string {
	st := m.env.Styles
	shown := make([]string, len(e.Keys))
	for i, k := range e.Keys {
		shown[i] = keymap.Show(k)
	}
	keys := kit.Truncate(strings.Join(shown, " "), keyWidth-1, st.Glyphs.Ellipsis)
	text := st.KeyHelp
	if e.Dangerous {
		text = st.Warn
	}
	return kit.FitLine(kit.Spaces(indent+1)+st.Key.Render(kit.Pad(keys, keyWidth))+
		text.Render(kit.Truncate(e.Long, max(0, width-indent-1-keyWidth-1), st.Glyphs.Ellipsis)), width)
}
