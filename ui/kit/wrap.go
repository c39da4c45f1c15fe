package kit

import "strings"

// Wrap breaks plain text into lines of at most width cells, at spaces. A word that is
// longer than a line is broken after a slash or a comma, and only then anywhere: a flag
// or a path stays whole where it can. Line breaks in s stay; the result has one line at
// least.
func Wrap(s string, width int) []string {
	width = max(1, width)
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		out = append(out, wrapLine(line, width)...)
	}
	return out
}

func wrapLine(line string, width int) []string {
	if strings.TrimSpace(line) == "" {
		return []string{""}
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var out []string
	at, used := indent, len(indent)
	for i, word := range strings.Fields(line) {
		w := Width(word)
		if i > 0 && used+1+w <= width {
			at, used = at+" "+word, used+1+w
			continue
		}
		if i > 0 {
			out = append(out, at)
			at, used = "", 0
		}
		for used+w > width {
			n := breakAt(word, width-used)
			if n == 0 { // nothing fits behind the indent
				if used == 0 {
					break
				}
				at, used = "", 0
				continue
			}
			out = append(out, at+word[:n])
			at, used, word = "", 0, word[n:]
			w = Width(word)
		}
		at, used = at+word, used+w
	}
	return append(out, at)
}

// breakAt is where a word is broken that is longer than width: in bytes.
func breakAt(word string, width int) int {
	head := Truncate(word, width, "")
	if i := strings.LastIndexAny(head, "/,"); i > 0 {
		return i + 1
	}
	return len(head)
}
