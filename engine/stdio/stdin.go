package stdio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"gantry/engine/stdio/wire"
)

// MakeStdin makes the FIFO that a container with a terminal reads its input from, and
// returns its path for the task's stdin. It may be there already. The logger holds it
// open both ways, so the container never sees its end while a logger runs.
func MakeStdin(stateDir string) (string, error) {
	p := filepath.Join(stateDir, wire.StdinFile)
	err := unix.Mkfifo(p, 0o600)
	if errors.Is(err, fs.ErrExist) {
		st, serr := os.Lstat(p)
		if serr != nil {
			return "", serr
		}
		if st.Mode()&fs.ModeNamedPipe == 0 {
			return "", fmt.Errorf("%s is not a FIFO", p)
		}
		return p, nil
	}
	if err != nil {
		return "", fmt.Errorf("make %s: %w", p, err)
	}
	return p, os.Chmod(p, 0o600)
}

// OpenStdin opens the container's input for writing. It never waits for a reader: the
// error is fs.ErrNotExist when the container has no input, unix.ENXIO when nothing reads
// it. Writes wait while the FIFO is full; Close interrupts them.
func OpenStdin(stateDir string) (*os.File, error) {
	p := filepath.Join(stateDir, wire.StdinFile)
	return os.OpenFile(p, os.O_WRONLY|unix.O_NONBLOCK, 0)
}
