package stdio

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
)

// rotatedMax bounds how many rotated files are looked for.
const rotatedMax = 1000

// rescans is how often files are looked for again because the log was rotated meanwhile.
const rescans = 100

// openLogs opens a log and the older files it was rotated to (path.1 is newer than path.2),
// oldest first, each once. Compressed ones are left out. There may be none.
//
// A rotation moves files along while they are looked for: after one that has come to its end,
// which shows by the log being another file, files may have been met again behind newer ones.
func openLogs(path string, open opener) ([]*os.File, error) {
	for try := 0; ; try++ {
		found, log, err := scanLogs(path, open)
		if err != nil {
			return nil, err
		}
		if try == rescans || isStill(path, log) {
			slices.Reverse(found)
			return found, nil
		}
		closeAll(found)
	}
}

// opener is os.Open, but for tests that have something happen in between.
type opener func(name string) (*os.File, error)

// scanLogs opens what there is, newest first. log is the one of the log's own name, or nil.
func scanLogs(path string, open opener) (found []*os.File, log *os.File, err error) {
	missing := 0
	for i := 0; i <= rotatedMax && missing < 2; i++ { // one may be between two names
		name := path
		if i > 0 {
			name += "." + strconv.Itoa(i)
		}
		f, err := open(name)
		if errors.Is(err, fs.ErrNotExist) {
			missing++
			continue
		}
		if err != nil {
			closeAll(found)
			return nil, nil, err
		}
		missing = 0
		if n := len(found); n > 0 && sameFile(found[n-1], f) { // within a rotation it may have two names
			f.Close()
			continue
		}
		found = append(found, f)
		if i == 0 {
			log = f
		}
	}
	return found, log, nil
}

// isStill reports whether a file, nil for none, has the name.
func isStill(path string, f *os.File) bool {
	now, err := os.Stat(path)
	if f == nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	st, serr := f.Stat()
	return err == nil && serr == nil && os.SameFile(now, st)
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

func sameFile(a, b *os.File) bool {
	sa, err := a.Stat()
	if err != nil {
		return false
	}
	sb, err := b.Stat()
	return err == nil && os.SameFile(sa, sb)
}
