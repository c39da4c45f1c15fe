package status

import (
	"charm.land/lipgloss/v2"

	"gantry/themes"
	"gantry/ui/kit"
)

// Notice is the row above the footer; blank without a text.
func Notice(st *themes.Styles, n kit.Notice, width int) string {
	if n.Text == "" {
		return kit.Spaces(width)
	}
	glyph, style := mark(st, n.Level)
	return kit.FitLine(" "+style.Render(glyph)+" "+st.Text.Render(kit.Truncate(kit.Clean(n.Text), max(0, width-4), st.Glyphs.Ellipsis)), width)
}

func mark(st *themes.Styles, l kit.Level) (string, lipgloss.Style) {
	switch l {
	case kit.Good:
		return st.Glyphs.Check, st.Ok
	case kit.Warn:
		return "!", st.Warn
	case kit.Bad:
		return st.Glyphs.Cross, st.Bad
	}
	return st.Glyphs.Dot, st.Info
}
