package logger

import (
	"bytes"
	"fmt"
	"os"
	"time"
)

// logFile is the container's log, open for appending.
type logFile struct {
	path string
	f    *os.File
	torn bool // it ends within a line
	lost int  // lines that could not be written since the last that could

	size  int64
	max   int64 // of a file, in bytes; 0 is none
	files int   // with the rotated ones
}

// openLog opens a log, and closes the line that a logger may have been killed in.
func openLog(path string) (*logFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	l := &logFile{path: path, f: f}
	if st, err := f.Stat(); err == nil && st.Size() > 0 {
		l.size = st.Size()
		var last [1]byte
		_, err := f.ReadAt(last[:], st.Size()-1)
		l.torn = err == nil && last[0] != '\n'
	}
	return l, nil
}

// write appends whole entries. A full disk must not stop the container: what cannot
// be written is counted, and the log says so as soon as it can.
func (l *logFile) write(entries []byte) {
	if len(entries) == 0 {
		return
	}
	if l.torn || l.lost > 0 {
		if err := l.mend(); err != nil {
			l.lost += bytes.Count(entries, []byte{'\n'})
			return
		}
	}
	if l.full(0) {
		l.rotate()
	}
	n, err := l.f.Write(entries)
	l.size += int64(n)
	if err != nil {
		l.torn = n > 0 && entries[n-1] != '\n'
		l.lost += bytes.Count(entries[n:], []byte{'\n'})
	}
}

// mend ends a torn line and tells about lost ones.
func (l *logFile) mend() error {
	var b []byte
	if l.torn {
		b = append(b, '\n')
	}
	if l.lost > 0 {
		text := fmt.Sprintf("gantry: %d lines could not be written to the log here\n", l.lost)
		b = appendEntry(b, []byte(text), nil, "stderr", stamp(time.Now()))
	}
	n, err := l.f.Write(b)
	l.size += int64(n)
	if n > 0 {
		l.torn = b[n-1] != '\n'
	}
	if err == nil {
		l.lost = 0
	}
	return err
}

func (l *logFile) close() error { return l.f.Close() }

// stamp is a time as the log has it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
