package option

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// QuoteWords writes words as one line that a shell, and SplitWords, reads as those words
// again. Nothing in it is expanded by a shell, and it contains no control character: those
// are written as $'\n', which bash, zsh, ksh and busybox read.
func QuoteWords(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		quoteWord(&b, w)
	}
	return b.String()
}

func quoteWord(b *strings.Builder, w string) {
	switch {
	case plain(w):
		b.WriteString(w)
	case !printable(w):
		quoteEscaped(b, w)
	case !strings.ContainsAny(w, "\"$`\\!"):
		b.WriteByte('"')
		b.WriteString(w)
		b.WriteByte('"')
	default:
		b.WriteByte('\'')
		b.WriteString(strings.ReplaceAll(w, "'", `'\''`))
		b.WriteByte('\'')
	}
}

// plain reports whether no shell sees anything but letters in a word. A leading = is zsh's.
func plain(w string) bool { return w != "" && w[0] != '=' && consists(w, "_@%+=:,./-") }

func printable(w string) bool {
	if !utf8.ValidString(w) {
		return false
	}
	for _, r := range w {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// quoteEscaped writes a word in the $'…' form. Bytes are written with three octal digits,
// which end by themselves: \x41 followed by a digit would not in every shell.
func quoteEscaped(b *strings.Builder, w string) {
	b.WriteString("$'")
	for i := 0; i < len(w); {
		r, n := utf8.DecodeRuneInString(w[i:])
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == utf8.RuneError && n == 1 || !unicode.IsPrint(r):
			for _, c := range []byte(w[i : i+n]) {
				fmt.Fprintf(b, `\%03o`, c)
			}
		default:
			b.WriteRune(r)
		}
		i += n
	}
	b.WriteByte('\'')
}
