package stdio

import (
	"errors"
	"fmt"
	"time"

	"gantry/engine/api"
)

// The size of a batch of lines: whatever is reached first.
const (
	batchLines = 512
	batchBytes = 64 << 10
)

// errPast ends a reading at the first line after its Until.
var errPast = errors.New("past the end asked for")

// batch gathers lines for the receiver, who may keep them: neither the slice nor the text
// is used again.
type batch struct {
	opt   api.LogOptions
	each  func([]api.LogLine) error
	lines []api.LogLine
	text  []byte
	last  time.Time // of the entry before, for the lines that say that one is damaged
}

// add takes one line of the file. It delivers when the batch is full.
func (b *batch) add(raw []byte) error {
	if cap(b.text)-len(b.text) < len(raw) {
		b.text = make([]byte, 0, max(batchBytes, len(raw)))
	}
	l, text, err := parseEntry(raw, b.text)
	if err != nil {
		l = b.damaged(len(raw))
	} else {
		b.text, b.last = text, l.Time
	}
	if !b.opt.Until.IsZero() && l.Time.After(b.opt.Until) {
		return errPast
	}
	if l.Time.Before(b.opt.Since) {
		return nil
	}
	if b.lines == nil {
		b.lines = make([]api.LogLine, 0, batchLines)
	}
	if b.lines = append(b.lines, l); len(b.lines) == batchLines || len(b.text) >= batchBytes {
		return b.flush()
	}
	return nil
}

// damaged stands for a line that cannot be read, so that nobody takes the log for whole.
func (b *batch) damaged(size int) api.LogLine {
	text := fmt.Sprintf("gantry: a damaged line of the log was left out (%d bytes)\n", size)
	return api.LogLine{Time: b.last, Stderr: true, Text: []byte(text)}
}

// flush delivers what is there.
func (b *batch) flush() error {
	if len(b.lines) == 0 {
		return nil
	}
	lines := b.lines
	b.lines = nil
	if len(b.text) >= batchBytes {
		b.text = nil
	}
	return b.each(lines)
}
