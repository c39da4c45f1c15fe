// Package inherit is what a started daemon and its starter agree on: how the lock of
// the data root changes hands.
package inherit

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// The lock is the first file after the standard streams; the variable says so.
const (
	lockFD       = 3
	lockName     = "GANTRY_LOCK_FD"
	LockVariable = lockName + "=3" // for the daemon's environment
)

// Take takes over the inherited lock, if there is one, and keeps it from this process's
// own children, who would hold it beyond this process's end. The returned file must stay
// open as long as the lock is to be held; it is nil when nothing was inherited.
func Take() (*os.File, error) {
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
	return f, nil
}

// Lock is Take for the daemon itself: its process ID is written into the lock.
func Lock() (*os.File, error) {
	f, err := Take()
	if err != nil || f == nil {
		return nil, err
	}
	// Written over, never cut first: on a full disk there is room for no more.
	if _, err := f.WriteAt(fmt.Appendf(nil, "%-10d\n", os.Getpid()), 0); err != nil {
		return nil, fmt.Errorf("sign the lock: %w", err)
	}
	return f, nil
}
