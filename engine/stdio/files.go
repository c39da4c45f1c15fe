package stdio

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
)

// rotatedMax bounds how many rotated files are looked for.
const rotatedMax = 1000

// openLogs opens a log and the older files it was rotated to (path.1 is newer than path.2),
// oldest first. Compressed ones are left out. There may be none. When the log is rotated
// meanwhile, a file may be found under two names; it is given once.
func openLogs(path string) ([]*os.File, error) {
	var found []*os.File // newest first
	for i := 0; i <= rotatedMax; i++ {
		name := path
		if i > 0 {
			name += "." + strconv.Itoa(i)
		}
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			if i == 0 {
				continue
			}
			break
		}
		if err != nil {
			closeAll(found)
			return nil, err
		}
		if n := len(found); n > 0 && sameFile(found[n-1], f) {
			f.Close()
			continue
		}
		found = append(found, f)
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found, nil
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
