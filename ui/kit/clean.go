package kit

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// tabWidth is how far apart tab stops are in text that is shown.
const tabWidth = 8

// Clean makes text from outside safe to show on one line: names, labels, image
// references, errors. Escape sequences are taken out, whole; so are control characters,
// marks that turn the direction of text around, and invisible characters that make
// terminals disagree about widths. A line break becomes one space, a tab spaces.
// It is the only place where text is made safe; text of ASCII letters costs one look.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	return scrub(s, false)
}

// CleanText is Clean for text of several lines: line breaks stay, as "\n".
func CleanText(s string) string {
	if plain(s) {
		return s
	}
	return scrub(s, true)
}

// CleanLog is Clean for one line of a log, without the line break at its end. Colours
// are taken out with all other sequences.
func CleanLog(b []byte) string {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r') {
		b = b[:len(b)-1]
	}
	return Clean(string(b))
}

// plain reports whether s is printable ASCII alone.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// scrub does Clean's work on anything that is not plain.
func scrub(s string, lines bool) string {
	var b strings.Builder
	b.Grow(len(s))
	ascii := true
	col := 0 // cells since the line began; only tabs look at it
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n' || r == 0x85 || r == 0x2028 || r == 0x2029 || r == '\r':
			if r == '\r' && i+1 < len(s) && s[i+1] == '\n' {
				n = 2
			}
			if lines && r != '\r' || lines && n == 2 {
				b.WriteByte('\n')
				col = 0
			} else {
				b.WriteByte(' ')
				col++
			}
		case r == '\t':
			k := tabWidth - col%tabWidth
			b.WriteString(strings.Repeat(" ", k))
			col += k
		case r == 0x1b || r >= 0x80 && r <= 0x9f:
			n = sequence(s[i:])
		case r < 0x20 || r == 0x7f || invisible(r):
		case r == utf8.RuneError && n == 1:
			b.WriteRune(utf8.RuneError)
			col, ascii = col+1, false
		default:
			b.WriteString(s[i : i+n])
			if r < 0x80 {
				col++
			} else {
				col, ascii = col+ansi.StringWidth(s[i:i+n]), false
			}
		}
		i += n
	}
	if ascii {
		return b.String()
	}
	return agree(b.String())
}
