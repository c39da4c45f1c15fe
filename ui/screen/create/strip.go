package create

import (
	"strconv"
	"strings"

	"gantry/themes"
	"gantry/ui/kit"
)

// gaps are the spaces between the sections of the strip, beside the one that each begins
// with; the widest that fits is taken.
var gaps = [...]int{2, 1, 0}

// label is a section's place in the strip, as it was drawn last.
type label struct {
	styles        *themes.Styles
	changed       int
	current, bad  bool
	plain, styled string // without the mark
	mark          string // styled; "" when nothing is wrong
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
		l.mark = st.Problem.Render(st.Glyphs.Cross)
	}
	sec.label = l
	return l
}

// text is a section's place as it is shown, and its width. The mark stands apart where
// there is room, so that nobody reads a number with it.
func (l label) text(apart bool) (string, int) {
	w := kit.Width(l.plain)
	switch {
	case l.mark == "":
		return l.styled, w
	case apart:
		return l.styled + " " + l.mark, w + 2
	}
	return l.styled + l.mark, w + 1
}

func (sec *section) bad() bool {
	for _, r := range sec.rows {
		if r.bad() {
			return true
		}
	}
	return false
}

// strip is all sections on one line, as far apart as there is room for. Where they do not
// fit at all, those before the present one give way.
func (s *Screen) strip(width int) string {
	for _, gap := range gaps {
		if line, w := s.joined(0, gap, true); w <= width {
			return line + kit.Spaces(width-w)
		}
	}
	line, w := s.joined(0, 0, false)
	for from := 0; w > width && from < s.at; {
		_, present := s.joinedTo(from, s.at+1, 0, false)
		if present < width {
			break
		}
		from++
		line, w = s.joined(from, 0, false)
	}
	return kit.FitLine(kit.Truncate(line, width, s.env.Styles.Glyphs.Ellipsis), width)
}

// joined are the sections from one on, gap cells between them, and the width of it all.
func (s *Screen) joined(from, gap int, apart bool) (string, int) {
	return s.joinedTo(from, len(s.sections), gap, apart)
}

func (s *Screen) joinedTo(from, to, gap int, apart bool) (string, int) {
	var b strings.Builder
	width := 0
	for i := from; i < to; i++ {
		if i > from {
			b.WriteString(kit.Spaces(gap))
			width += gap
		}
		text, w := s.tab(i).text(apart)
		b.WriteString(text)
		width += w
	}
	return b.String(), width
}

// rail is the sections one under the other, each line width cells.
func (s *Screen) rail(width int) []string {
	lines := make([]string, len(s.sections))
	for i := range s.sections {
		text, w := s.tab(i).text(true)
		lines[i] = text + kit.Spaces(width-w)
	}
	return lines
}
