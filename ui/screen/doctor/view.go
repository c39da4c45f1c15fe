package doctor

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"gantry/engine/api"
	"gantry/ui/kit"
)

const (
	margin    = 1
	whatMost  = 20 // cells of the column that names what was looked at
	levelWide = 4  // of the longest level's word
)

// View implements kit.Pane.
func (s *Screen) View() string {
	if s.style != s.env.Styles {
		s.style, s.dirty = s.env.Styles, true
	}
	if s.dirty {
		s.view, s.dirty = s.draw(), false
	}
	return s.view
}

func (s *Screen) room() int { _, h := kit.Inner(s.width, s.height); return h }

func (s *Screen) draw() string {
	lines := s.lines()
	top := max(0, min(s.top, len(lines)-s.room()))
	f := kit.Frame{Title: "Doctor", Note: s.verdict(), Focused: s.focus}
	if len(lines)-top > s.room() {
		f.Right = "more " + s.env.Styles.Glyphs.Down
	}
	w, h := kit.Inner(s.width, s.height)
	return kit.Box(s.env.Styles, f, kit.Fit(strings.Join(lines[min(top, len(lines)):], "\n"), w, h), s.width, s.height)
}

// verdict is how the host is in a few words.
func (s *Screen) verdict() string {
	if s.found == nil {
		return "looking at this host"
	}
	count := map[api.FindingLevel]int{}
	for _, f := range s.found {
		count[f.Level]++
	}
	bad, warn := count[api.FindingBad], count[api.FindingWarn]
	text := "all well"
	switch {
	case bad > 0 && warn > 0:
		text = fmt.Sprintf("%d bad, %s", bad, warnings(warn))
	case bad > 0:
		text = fmt.Sprintf("%d bad", bad)
	case warn > 0:
		text = warnings(warn)
	}
	if s.busy {
		text += " " + s.env.Styles.Glyphs.Dot + " looking again"
	}
	return text
}

func warnings(n int) string {
	if n == 1 {
		return "1 warning"
	}
	return fmt.Sprintf("%d warnings", n)
}

// lines are the findings, each with what to do below it.
func (s *Screen) lines() []string {
	st := s.env.Styles
	if s.found == nil {
		return []string{"", kit.Spaces(margin) + st.Muted.Render("Looking at this host"+st.Glyphs.Ellipsis+" nothing is changed by it.")}
	}
	width, _ := kit.Inner(s.width, s.height)
	what := 0
	for _, f := range s.found {
		what = max(what, kit.Width(kit.Clean(f.What)))
	}
	what = min(what, whatMost, max(8, width/4))
	var out []string
	for _, f := range s.found {
		out = append(out, s.finding(f, what, width)...)
	}
	return out
}

// finding is mark, level, what, how it is, and below that what to do.
func (s *Screen) finding(f api.Finding, what, width int) []string {
	st := s.env.Styles
	glyph, style := s.mark(f.Level)
	head := kit.Spaces(margin) + style.Render(glyph+" "+kit.Pad(string(f.Level), levelWide)) + "  " +
		st.Strong.Render(kit.Pad(kit.Truncate(kit.Clean(f.What), what, st.Glyphs.Ellipsis), what)) + "  "
	left := kit.Width(head)
	room := max(1, width-left-margin)
	text := st.Text
	if f.Level == api.FindingOK {
		text = st.Muted
	}
	out := block(text, f.Detail, room)
	if f.Fix != "" {
		for i, l := range block(st.Accent, f.Fix, room-2) {
			lead := "  "
			if i == 0 {
				lead = st.Accent.Render(st.Glyphs.Arrow) + " "
			}
			out = append(out, lead+l)
		}
	}
	for i, l := range out {
		if i > 0 {
			head = kit.Spaces(left)
		}
		out[i] = head + l
	}
	return out
}

// block is a text in lines of at most width cells; one line at least.
func block(style lipgloss.Style, text string, width int) []string {
	var out []string
	for _, l := range kit.Wrap(kit.Clean(text), width) {
		out = append(out, style.Render(l))
	}
	return out
}

func (s *Screen) mark(l api.FindingLevel) (string, lipgloss.Style) {
	st := s.env.Styles
	switch l {
	case api.FindingOK:
		return st.Glyphs.Check, st.Ok
	case api.FindingNote:
		return st.Glyphs.Dot, st.Info
	case api.FindingWarn:
		return "!", st.Warn
	}
	return st.Glyphs.Cross, st.Bad
}
