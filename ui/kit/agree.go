package kit

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// agree makes all ways of measuring s come to the same width. Terminals either add up
// the widths of characters or measure what is drawn as one sign; where the two differ,
// a column after the text would be drawn beside its place. Such signs are taken apart:
// first what has no width of its own goes, then the sign is replaced by a question mark
// for each cell it would take.
func agree(s string) string {
	if _, ok := quickWidth(s); ok {
		return s // without the table of all characters that the other way takes, which is 2 MB
	}
	if ansi.StringWidth(s) == ansi.StringWidthWc(s) && clustersAgree(s) {
		return s
	}
	var b strings.Builder
	for rest := s; rest != ""; {
		cluster, width := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		rest = rest[len(cluster):]
		if width == ansi.StringWidthWc(cluster) {
			b.WriteString(cluster)
			continue
		}
		b.WriteString(apart(cluster))
	}
	out := b.String()
	if ansi.StringWidth(out) == ansi.StringWidthWc(out) {
		return out
	}
	return marked(out)
}

// clustersAgree reports whether each sign of s by itself measures the same both ways:
// sums may agree by accident.
func clustersAgree(s string) bool {
	for s != "" {
		cluster, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		if cluster == "" {
			return true
		}
		if width != ansi.StringWidthWc(cluster) {
			return false
		}
		s = s[len(cluster):]
	}
	return true
}

// apart is a sign without the characters that have no width of their own.
func apart(cluster string) string {
	var b strings.Builder
	for _, r := range cluster {
		if one := string(r); ansi.StringWidthWc(one) > 0 && ansi.StringWidth(one) == ansi.StringWidthWc(one) {
			b.WriteString(one)
		}
	}
	return b.String()
}

// marked is s with a question mark for every character that is not ASCII.
func marked(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteByte('?')
		}
	}
	return b.String()
}
