// Package smallfile reads and writes small files with few system calls: a list reads some of every
// container, and so does a start, whose network tells the others of it.
package smallfile

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Read is os.ReadFile in half the system calls.
func Read(path string) ([]byte, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	b := make([]byte, 0, 1024)
	for {
		n, err := unix.Read(fd, b[len(b):cap(b)])
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return nil, &fs.PathError{Op: "read", Path: path, Err: err}
		case n == 0:
			return b, nil
		}
		if b = b[:len(b)+n]; len(b) == cap(b) {
			b = append(make([]byte, 0, 4*cap(b)), b...)
		}
	}
}

// Write writes a file in place, and makes it where it is missing. It does not empty it first:
// whoever reads it finds something at any time, and a file that was emptied is one that ext4 has
// on the disk before it lets go of it, which takes longer than all the rest.
func Write(path string, content []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, mode)
	if err != nil {
		return err
	}
	st, err := f.Stat()
	if err == nil && st.Size() > int64(len(content)) {
		err = f.Truncate(int64(len(content))) // first, so that no end of the old is ever behind the new
	}
	if err == nil {
		_, err = f.WriteAt(content, 0)
	}
	if err == nil && st.Mode().Perm() != mode {
		err = f.Chmod(mode)
	}
	return errors.Join(err, f.Close())
}
