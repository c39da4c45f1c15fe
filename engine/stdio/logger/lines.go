package logger

import (
	"bytes"
	"unicode/utf8"
)

// lineMax is the most that one entry holds, newline included; a longer line is split, as
// by Docker.
const lineMax = 16 << 10

// readMax is the least room for one read.
const readMax = 32 << 10

// lines cuts a stream into entries. What has no newline yet is kept until it has one,
// or is lineMax long, or the stream ends.
type lines struct {
	buf  []byte
	from int // buf[from:to] was not given out yet; less than lineMax
	to   int
}

// room is where the next read goes: at least readMax bytes.
func (l *lines) room() []byte {
	if l.buf == nil {
		l.buf = make([]byte, lineMax+readMax)
	}
	if l.from > 0 {
		l.to = copy(l.buf, l.buf[l.from:l.to])
		l.from = 0
	}
	return l.buf[l.to:]
}

// read gives out what n more bytes in room have completed. The entries share memory
// with room, and all of it stays as it is until the next call of room.
func (l *lines) read(n int, each func(entry []byte)) {
	l.to += n
	for l.from < l.to {
		b := l.buf[l.from:l.to]
		end := bytes.IndexByte(b[:min(len(b), lineMax)], '\n') + 1
		if end == 0 {
			if len(b) < lineMax {
				return
			}
			end = wholeRunes(b[:lineMax])
		}
		each(b[:end])
		l.from += end
	}
}

// rest gives out what is left at the end of the stream.
func (l *lines) rest(each func(entry []byte)) {
	if l.from < l.to {
		each(l.buf[l.from:l.to])
	}
	l.from, l.to = 0, 0
}

// wholeRunes is the length of b without a character that is cut at its end.
func wholeRunes(b []byte) int {
	for i := 1; i < utf8.UTFMax && i < len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-i:]) {
				return len(b) - i
			}
			break
		}
	}
	return len(b)
}
