package scroll

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"gantry/ui/kit"
)

// segment is the part of a line's text that stands in one row of the screen, as bytes.
type segment struct{ from, to int }

// wrapped are the rows that s takes in width cells: at least one.
func wrapped(s string, width int) []segment {
	if width < 1 || len(s) <= width && kit.Width(s) <= width {
		return []segment{{0, len(s)}}
	}
	var out []segment
	for from := 0; from < len(s); {
		to := fitting(s, from, width)
		out = append(out, segment{from, to})
		from = to
	}
	return out
}

// fitting is the end of what fits into width cells from from on; at least one sign.
func fitting(s string, from, width int) int {
	i, used := from, 0
	for i < len(s) {
		n, w := 1, 1
		if s[i] >= 0x80 || i+1 < len(s) && s[i+1] >= 0x80 {
			var cluster string
			cluster, w = ansi.FirstGraphemeCluster(s[i:], ansi.GraphemeWidth)
			n = max(1, len(cluster))
		}
		if used+w > width && i > from {
			break
		}
		used += w
		i += n
	}
	return i
}

// shifted is what is seen of s through a window of width cells that begins at cell left.
// lead is the number of cells before it that a sign cut in half leaves free.
func shifted(s string, left, width int) (seg segment, lead int) {
	i, at := 0, 0
	for i < len(s) && at < left {
		n, w := 1, 1
		if s[i] >= 0x80 || i+1 < len(s) && s[i+1] >= 0x80 {
			var cluster string
			cluster, w = ansi.FirstGraphemeCluster(s[i:], ansi.GraphemeWidth)
			n = max(1, len(cluster))
		}
		i, at = i+n, at+w
	}
	lead = max(0, at-left)
	if i >= len(s) || width-lead < 1 {
		return segment{i, i}, lead
	}
	to := fitting(s, i, width-lead)
	if kit.Width(s[i:to]) > width-lead {
		to = i
	}
	return segment{i, to}, lead
}

// paint draws a segment of text with its matches, given as bytes of the whole text.
func paint(text string, seg segment, matches []segment, base, match lipgloss.Style) string {
	var b strings.Builder
	at := seg.from
	for _, m := range matches {
		from, to := max(m.from, at), min(m.to, seg.to)
		if from >= to {
			continue
		}
		if from > at {
			b.WriteString(base.Render(text[at:from]))
		}
		b.WriteString(match.Render(text[from:to]))
		at = to
	}
	if at < seg.to {
		b.WriteString(base.Render(text[at:seg.to]))
	}
	return b.String()
}
