package host

import (
	"errors"
	"io"
	"os"
	"syscall"
)

// MaxFile is the largest file that ReadFile takes, in bytes. The kernel takes no more
// environment than that for one program by default.
const MaxFile = 1 << 20

var (
	// ErrNotAFile is what ReadFile says of a directory, a pipe or a device: reading those
	// may take for ever, or once only.
	ErrNotAFile = errors.New("is not a regular file")
	// ErrFileTooLarge is what ReadFile says of a file of more than MaxFile bytes.
	ErrFileTooLarge = errors.New("is larger than 1 MiB")
)

// ReadFile reads a regular file of at most MaxFile bytes. It does not wait for a pipe that
// nobody writes to, so that a form may call it as a name is typed.
func ReadFile(name string) ([]byte, error) {
	if err := regular(os.Stat(name)); err != nil {
		return nil, err // before a device is opened, which may do something by itself
	}
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := regular(f.Stat()); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxFile {
		return nil, ErrFileTooLarge
	}
	return data, nil
}

func regular(info os.FileInfo, err error) error {
	if err == nil && !info.Mode().IsRegular() {
		return ErrNotAFile
	}
	return err
}
