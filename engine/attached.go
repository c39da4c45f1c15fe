package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"gantry/engine/stdio/wire"
)

// holdAttached says that the container's output is being read until the file is closed, or
// this process ends. Removing a container cuts its readers off after a moment, so one that is
// to go at its end waits for them, whichever gantry they are in; the last one out removes it.
func holdAttached(stateDir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(stateDir, wire.AttachedFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_SH); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", f.Name(), err), f.Close())
	}
	return f, nil
}

// attached reports whether somebody still reads the container's output.
func attached(stateDir string) bool { return wire.Attached(stateDir) }
