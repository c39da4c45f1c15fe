package kit

import (
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Width is the number of cells that s takes, styles not counted.
func Width(s string) int {
	if n, ok := quickWidth(s); ok {
		return n
	}
	return ansi.StringWidth(s)
}

// quickWidth counts the cells of what nearly every line is made of: ASCII, styles, and the
// signs that borders, bars and marks are drawn with, each of which is a cell by itself
// whatever its neighbours. It is not ok for a line with anything else in it, which then
// takes telling clusters apart.
func quickWidth(s string) (n int, ok bool) {
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= ' ' && c < 0x7f:
			n++
			i++
		case c == 0x1b:
			end := style(s[i:])
			if end == 0 {
				return 0, false
			}
			i += end
		case c < utf8.RuneSelf:
			return 0, false
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !oneCell(r) {
				return 0, false
			}
			n++
			i += size
		}
	}
	return n, true
}

// style is the length of the sequence of a style that s begins with; 0 if it begins with none.
func style(s string) int {
	if len(s) < 3 || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case (c < '0' || c > '9') && c != ';' && c != ':':
			return 0
		}
	}
	return 0
}

// oneCell are signs of one cell that nothing but a mark for combining joins to another.
func oneCell(r rune) bool {
	switch {
	case r >= 0x2500 && r <= 0x259f: // boxes and blocks
		return true
	case r >= 0x25b4 && r <= 0x25b5, r == 0x25b8, r >= 0x25be && r <= 0x25bf, r == 0x25c2:
		return true
	case r >= 0x25cb && r <= 0x25d7: // circles
		return true
	}
	switch r {
	case '·', '–', '…', '→', '↵', '↶', '✓', '✗':
		return true
	}
	return false
}
