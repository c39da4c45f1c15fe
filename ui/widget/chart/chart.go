// Package chart draws how a figure went, as columns of blocks. It keeps no state.
package chart

import (
	"math"
	"strings"

	"gantry/themes"
)

// Lines are height lines of exactly width cells with a column a value, the newest on the
// right. A column is full at top; one that is not a number is left out, and one of zero
// is still seen, so that the two can be told apart.
func Lines(st *themes.Styles, values []float64, top float64, width, height int) []string {
	if width <= 0 || height <= 0 {
		return nil
	}
	values = values[max(0, len(values)-width):]
	const eighths = 8
	filled := make([]int, width) // eighths of a cell, by column
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		n := height * eighths
		if v < top {
			n = int(math.Ceil(v / top * float64(n)))
		}
		filled[width-len(values)+i] = max(1, n)
	}
	lines := make([]string, height)
	for row := range lines {
		below := (height - 1 - row) * eighths
		var b strings.Builder
		for _, n := range filled {
			b.WriteString(st.Glyphs.Column[max(0, min(n-below, eighths))])
		}
		lines[row] = st.Bar.Render(b.String())
	}
	return lines
}

// Highest is the largest of the values that are numbers; 0 when none is.
func Highest(values []float64) float64 {
	high := 0.0
	for _, v := range values {
		if v > high {
			high = v
		}
	}
	return high
}

// Round is the least of 1, 2 and 5 times a power of ten that is not below v, and at least
// least: a scale for figures that people count in tens.
func Round(v, least float64) float64 {
	v = max(v, least)
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, n := range []float64{1, 2, 5} {
		if n*unit >= v {
			return n * unit
		}
	}
	return 10 * unit
}

// RoundBinary is the least power of two that is not below v, and at least least: a scale
// for bytes of memory.
func RoundBinary(v, least float64) float64 {
	return math.Exp2(math.Ceil(math.Log2(max(v, least))))
}
