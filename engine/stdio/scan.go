package stdio

import (
	"bytes"
	"errors"
	"io"
	"os"
)

const (
	// blockSize is how much of a log is read at once.
	blockSize = 64 << 10
	// entryMax is the longest entry that is read; nerdctl does not split lines.
	entryMax = 16 << 20
)

// scanner reads the lines of one log file that may still grow.
type scanner struct {
	f    *os.File
	off  int64 // of the next read
	buf  []byte
	from int // buf[from:to] was read and not given out
	to   int
	// skip: the line that buf is in was longer than entryMax and was given out as damaged.
	skip bool
}

// next is the next whole line without its newline, good until the next call. io.EOF means
// that there is none yet: more may come.
func (s *scanner) next() ([]byte, error) {
	seen := 0
	for {
		if i := bytes.IndexByte(s.buf[s.from+seen:s.to], '\n'); i >= 0 {
			line := s.buf[s.from : s.from+seen+i]
			s.from += seen + i + 1
			if s.skip {
				s.skip, seen = false, 0
				continue
			}
			return line, nil
		}
		seen = s.to - s.from
		if seen > entryMax {
			line := s.buf[s.from:s.to]
			s.from, s.to = 0, 0
			if !s.skip {
				s.skip = true
				return line, nil
			}
			seen = 0
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

// fill reads one block more.
func (s *scanner) fill() error {
	if s.from > 0 {
		s.to = copy(s.buf, s.buf[s.from:s.to])
		s.from = 0
	}
	if len(s.buf)-s.to < blockSize {
		b := make([]byte, max(2*len(s.buf), s.to+blockSize))
		copy(b, s.buf[:s.to])
		s.buf = b
	}
	n, err := s.f.ReadAt(s.buf[s.to:], s.off)
	s.to += n
	s.off += int64(n)
	if n > 0 || err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return err
}

// rest takes what was read and has no newline.
func (s *scanner) rest() []byte {
	b := s.buf[s.from:s.to]
	s.from, s.to = 0, 0
	if s.skip {
		s.skip = false
		return nil
	}
	return b
}

// shrunk starts again at the beginning of a file that was emptied in place.
func (s *scanner) shrunk(size int64) bool {
	if size >= s.off {
		return false
	}
	s.off, s.from, s.to, s.skip = 0, 0, 0, false
	return true
}
