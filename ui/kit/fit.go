package kit

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Fit makes s exactly width × height cells: lines are cut or padded with spaces, rows
// cut or added at the end. It is the last call of every View. A box without cells is "".
func Fit(s string, width, height int) string {
	if width <= 0 || height <= 0 {
		return ""
	}
	var b strings.Builder
	b.Grow(len(s) + height)
	for row := range height {
		if row > 0 {
			b.WriteByte('\n')
		}
		line, rest, _ := strings.Cut(s, "\n")
		s = rest
		b.WriteString(FitLine(line, width))
	}
	return b.String()
}

// FitLine makes one line exactly width cells, cutting or padding at its end.
func FitLine(s string, width int) string {
	if width <= 0 {
		return ""
	}
	w := Width(s)
	if w > width {
		s = ansi.Truncate(s, width, "")
		w = Width(s) // a wide sign at the edge leaves one cell free
	}
	return s + Spaces(width-w)
}

// Truncate cuts s to at most width cells; tail stands where something was cut off and
// is part of the width (Styles.Glyphs.Ellipsis).
func Truncate(s string, width int, tail string) string {
	if width <= 0 {
		return ""
	}
	if Width(s) <= width {
		return s
	}
	if Width(tail) >= width {
		return ansi.Truncate(tail, width, "")
	}
	return ansi.Truncate(s, width, tail)
}

// TruncateLeft is Truncate at the beginning: the end of s is what matters, as in paths.
func TruncateLeft(s string, width int, head string) string {
	w := Width(s)
	if width <= 0 {
		return ""
	}
	if w <= width {
		return s
	}
	if Width(head) >= width {
		return ansi.Truncate(head, width, "")
	}
	room := width - Width(head)
	rest := ansi.TruncateLeft(s, w-room, "")
	if over := Width(rest) - room; over > 0 { // a wide sign at the cut stayed whole
		rest = ansi.TruncateLeft(s, w-room+over, "")
	}
	return head + rest
}

// Pad adds spaces after s until it has width cells. It never cuts.
func Pad(s string, width int) string { return s + Spaces(width-Width(s)) }

// PadLeft adds spaces before s until it has width cells, for numbers. It never cuts.
func PadLeft(s string, width int) string { return Spaces(width-Width(s)) + s }

// Center puts s in the middle of width cells. It never cuts.
func Center(s string, width int) string {
	free := max(0, width-Width(s))
	return Spaces(free/2) + s + Spaces(free-free/2)
}

// Sides puts left at the beginning and right at the end of a line of exactly width
// cells. Where both do not fit, left is cut.
func Sides(left, right string, width int, tail string) string {
	if r := Width(right); r > 0 && r < width {
		return FitLine(Truncate(left, width-r-1, tail), width-r) + right
	}
	return FitLine(Truncate(left, width, tail), width)
}

const blank = "                                                                                                                                "

// Spaces is n spaces; none for n below one.
func Spaces(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blank) {
		return blank[:n]
	}
	return strings.Repeat(" ", n)
}
