// Package inherit is what a started daemon and its starter agree on: how the lock of
// the data root changes hands.
package inherit

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// The lock is the first file after the standard streams; the variable says so.
const (
	lockFD       = 3
	lockName     = "GANTRY_LOCK_FD"
	LockVariable = lockName + "=3" // for the daemon's environment
)

// Lock takes over the inherited lock, if there is one: it is kept from the daemon's
// own children, who would hold it beyond the daemon's end, and this process's ID is
// written into it. The returned file must stay open as long as the daemon runs; it is
// nil when nothing was inherited.
func Lock() (*os.File, error) {
	if os.Getenv(lockName) == "" {
		return nil, nil
	}
	if err := os.Unsetenv(lockName); err != nil {
		return nil, err
	}
	unix.CloseOnExec(lockFD)
	f := os.NewFile(lockFD, "lock")
	if f == nil {
		return nil, errors.New("the lock was announced but not passed on")
	}
	pid := strconv.Itoa(os.Getpid()) + "\n"
	if err := errors.Join(f.Truncate(0), writeAt(f, pid)); err != nil {
		return nil, fmt.Errorf("sign the lock: %w", err)
	}
	return f, nil
}

func writeAt(f *os.File, s string) error {
	_, err := f.WriteAt([]byte(s), 0)
	return err
}
