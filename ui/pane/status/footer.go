package status

import (
	"strings"

	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
)

// Footer is the row of keys: those of what has the focus first, then the general ones
// after a wider gap. What does not fit is left out from the first part, so that help
// and quit stay.
func Footer(st *themes.Styles, keys, general []keymap.Entry, width int) string {
	tail := hints(st, general)
	room := width - 4 - kit.Width(tail)
	var b strings.Builder
	used := 0
	for _, e := range keys {
		h := hint(st, e)
		w := kit.Width(h)
		if used > 0 {
			w += 2
		}
		if used+w > room {
			break
		}
		if used > 0 {
			b.WriteString("  ")
		}
		b.WriteString(h)
		used += w
	}
	if used > 0 {
		b.WriteString("   ")
	}
	return kit.FitLine(" "+b.String()+tail, width)
}

func hints(st *themes.Styles, es []keymap.Entry) string {
	parts := make([]string, len(es))
	for i, e := range es {
		parts[i] = hint(st, e)
	}
	return strings.Join(parts, "  ")
}

func hint(st *themes.Styles, e keymap.Entry) string {
	return st.Key.Render(keymap.Show(e.Key())) + st.KeyHelp.Render(" "+e.Help)
}
