package create

import (
	"strconv"
	"strings"

	"gantry/themes"
	"gantry/ui/kit"
)

// gaps are the spaces between the sections of the strip, the widest that fits is taken.
var gaps = [...]int{3, 2, 1}

// label is a section's place in the strip, as it was drawn last.
type label struct {
	styles        *themes.Styles
	changed       int
	current, bad  bool
	plain, styled string
}

// tab is a section's name with the number of values changed in it, and a mark when
// something in it is wrong.
func (s *Screen) tab(i int) label {
	st, sec := s.env.Styles, s.sections[i]
	l := label{styles: st, changed: s.draft.Changed(sec.name), current: i == s.at, bad: sec.bad()}
	if o := sec.label; o.styles == st && o.changed == l.changed && o.current == l.current && o.bad == l.bad {
		return o
	}
	mark, style := " ", st.Tab
	if l.current {
		mark, style = st.Glyphs.Right, st.TabActive
	}
	l.plain = mark + string(sec.name)
	l.styled = style.Render(l.plain)
	if l.changed > 0 {
		c := " " + strconv.Itoa(l.changed)
		l.plain, l.styled = l.plain+c, l.styled+st.Accent.Render(c)
	}
	if l.bad {
		l.plain, l.styled = l.plain+st.Glyphs.Cross, l.styled+st.Problem.Render(st.Glyphs.Cross)
	}
	sec.label = l
	return l
}

func (sec *section) bad() bool {
	for _, r := range sec.rows {
		if r.bad() {
			return true
		}
	}
	return false
}

// strip is all sections on one line. Where they do not fit, those before the present one
// give way.
func (s *Screen) strip(width int) string {
	plain, styled := make([]string, len(s.sections)), make([]string, len(s.sections))
	for i := range s.sections {
		l := s.tab(i)
		plain[i], styled[i] = l.plain, l.styled
	}
	for _, gap := range gaps {
		if kit.Width(strings.Join(plain, kit.Spaces(gap-1))) <= width {
			return kit.FitLine(strings.Join(styled, kit.Spaces(gap-1)), width)
		}
	}
	from := 0
	for from < s.at && kit.Width(strings.Join(plain[from:s.at+1], "")) > width-1 {
		from++
	}
	return kit.FitLine(kit.Truncate(strings.Join(styled[from:], ""), width, s.env.Styles.Glyphs.Ellipsis), width)
}

// rail is the sections one under the other, each line width cells.
func (s *Screen) rail(width int) []string {
	lines := make([]string, len(s.sections))
	for i := range s.sections {
		l := s.tab(i)
		lines[i] = l.styled + kit.Spaces(width-kit.Width(l.plain))
	}
	return lines
}
