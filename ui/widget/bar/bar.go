// Package bar draws progress bars. It keeps no state, so nothing moves unless a value does.
package bar

import (
	"strings"

	"gantry/themes"
)

// View is a bar of exactly width cells of which fraction, from 0 to 1, is filled, to an
// eighth of a cell where the glyphs have eighths. A bar is full only at 1.
func View(st *themes.Styles, fraction float64, width int) string {
	if width <= 0 {
		return ""
	}
	full, part := split(fraction, width)
	cells := st.Glyphs.Bar
	filled := strings.Repeat(cells[8], full)
	rest := width - full
	if part > 0 && cells[part] != cells[0] {
		filled += cells[part]
		rest--
	}
	var b strings.Builder
	if filled != "" {
		b.WriteString(st.Bar.Render(filled))
	}
	if rest > 0 {
		b.WriteString(st.BarRest.Render(strings.Repeat(cells[0], rest)))
	}
	return b.String()
}

// split is the number of full cells and the eighths of the next one.
func split(fraction float64, width int) (full, part int) {
	if !(fraction > 0) { // also what is not a number
		return 0, 0
	}
	if fraction >= 1 {
		return width, 0
	}
	eighths := min(int(fraction*float64(width*8)), width*8-1)
	return eighths / 8, eighths % 8
}
