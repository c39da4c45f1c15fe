package status

import (
	"strings"

	"charm.land/lipgloss/v2"

	"gantry/themes"
	"gantry/ui/kit"
)

// Notice is the row above the footer; blank without a text. hint is a key that shows more
// about it ("! why"), or "".
func Notice(st *themes.Styles, n kit.Notice, hint string, width int) string {
	if n.Text == "" {
		return kit.Spaces(width)
	}
	glyph, style := mark(st, n.Level)
	right := ""
	if key, help, ok := strings.Cut(hint, " "); ok {
		right = "  " + st.Key.Render(key) + st.KeyHelp.Render(" "+help) + " "
	}
	room := max(0, width-4-kit.Width(right))
	return kit.FitLine(kit.Pad(" "+style.Render(glyph)+" "+st.Text.Render(kit.Truncate(kit.Clean(n.Text), room, st.Glyphs.Ellipsis)), width-kit.Width(right))+right, width)
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
