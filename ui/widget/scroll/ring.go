package scroll

import (
	"time"
	"unicode/utf8"

	"gantry/ui/kit"
)

// The bounds of what is kept.
const (
	MaxLines = 10_000
	MaxBytes = 8 << 20
	MaxLine  = 16 << 10 // bytes of one line; what is cut off is said
)

// Line is one line of a log, as it came.
type Line struct {
	Time   time.Time // zero when it is not known
	Stderr bool
	Text   []byte // with or without its line break; not kept
}

// kept is a line that was made safe.
type kept struct {
	time   time.Time
	stderr bool
	text   string
}

// ring keeps the newest lines. Lines are numbered from 0 over the ring's whole life, so
// a number goes on meaning the same line while older ones are dropped.
type ring struct {
	lines []kept
	head  int // where the oldest line is
	n     int // how many there are
	first int // number of the oldest line
	bytes int
}

func (r *ring) end() int { return r.first + r.n }

// at is the line of a number from first up to end.
func (r *ring) at(no int) kept { return r.lines[(r.head+no-r.first)%len(r.lines)] }

func (r *ring) add(k kept) {
	for r.n > 0 && (r.n >= MaxLines || r.bytes+len(k.text) > MaxBytes) {
		r.bytes -= len(r.lines[r.head].text)
		r.lines[r.head] = kept{}
		r.head = (r.head + 1) % len(r.lines)
		r.first++
		r.n--
	}
	if r.n == len(r.lines) {
		grown := make([]kept, min(MaxLines, max(64, 2*r.n)))
		for i := range r.n {
			grown[i] = r.lines[(r.head+i)%len(r.lines)]
		}
		r.lines, r.head = grown, 0
	}
	r.lines[(r.head+r.n)%len(r.lines)] = k
	r.n++
	r.bytes += len(k.text)
}

// safe is a line as it is kept: cut, cleaned, with the size of what was cut.
func safe(l Line, ellipsis string) kept {
	b := l.Text
	if len(b) <= MaxLine {
		return kept{l.Time, l.Stderr, kit.CleanLog(b)}
	}
	cut := MaxLine
	for cut > 0 && !utf8.RuneStart(b[cut]) {
		cut--
	}
	return kept{l.Time, l.Stderr, kit.CleanLog(b[:cut]) + " " + ellipsis + " (line of " + kit.Size(int64(len(b))) + ")"}
}
