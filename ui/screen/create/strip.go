package create

import (
	"strconv"
	"strings"

	"gantry/ui/kit"
)

// gaps are the spaces between the sections of the strip, the widest that fits is taken.
var gaps = [...]int{3, 2, 1}

// tab is a section's name with the number of values changed in it, and a mark when
// something in it is wrong.
func (s *Screen) tab(i int) (plain, styled string) {
	st, sec := s.env.Styles, s.sections[i]
	mark, style := " ", st.Tab
	if i == s.at {
		mark, style = st.Glyphs.Right, st.TabActive
	}
	plain = mark + string(sec.name)
	styled = style.Render(plain)
	if n := s.draft.Changed(sec.name); n > 0 {
		c := " " + strconv.Itoa(n)
		plain, styled = plain+c, styled+st.Accent.Render(c)
	}
	if sec.bad() {
		c := " " + st.Glyphs.Cross
		plain, styled = plain+c, styled+st.Problem.Render(c)
	}
	return plain, styled
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
		plain[i], styled[i] = s.tab(i)
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
		_, styled := s.tab(i)
		lines[i] = kit.FitLine(styled, width)
	}
	return lines
}
