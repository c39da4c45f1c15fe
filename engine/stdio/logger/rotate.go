package logger

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
)

// full reports whether the file has its size with n bytes more.
func (l *logFile) full(n int) bool { return l.max > 0 && l.size+int64(n) >= l.max }

// rotate makes the file the newest of the old ones, path.1, and begins another. What is too
// old goes. When it cannot be done the log goes on in the file that is there.
//
// A file has its next name before it loses the one it had, and the new one comes in the
// old one's place at once: whoever reads meanwhile finds every line, and never none.
func (l *logFile) rotate() {
	path, fresh := l.path, l.path+".new"
	f, err := os.OpenFile(fresh, os.O_CREATE|os.O_RDWR|os.O_APPEND|os.O_TRUNC, 0o600)
	if err != nil {
		return
	}
	for i := l.files - 1; i > 0 && err == nil; i-- {
		older, newer := path+"."+strconv.Itoa(i), path
		if i > 1 {
			newer += "." + strconv.Itoa(i-1)
		}
		err = alsoNamed(newer, older)
	}
	if err == nil {
		err = os.Rename(fresh, path)
	}
	if err != nil {
		f.Close()
		os.Remove(fresh)
		return
	}
	l.f.Close()
	l.f, l.size = f, 0
}

// alsoNamed gives a file a second name, in the place of what has it. A file system without
// such names has it renamed.
func alsoNamed(path, as string) error {
	next := as + ".new"
	os.Remove(next)
	err := os.Link(path, next)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return os.Rename(path, as)
	}
	err = os.Rename(next, as)
	os.Remove(next) // still there when both were one file already
	return err
}
