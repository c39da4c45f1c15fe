package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// The lock of a data root is a flock that the embedded daemon inherits when it is
// started, so it is held exactly as long as the daemon (or whoever is about to start
// it) lives, whatever becomes of the gantry that started it. Its content, the daemon's
// process ID, is only a hint and is checked against the process itself.

func lockFile(dataRoot string) string { return filepath.Join(dataRoot, "lock") }

// tryLock takes the lock of a data root, or returns nil if somebody has it.
func tryLock(dataRoot string) (*os.File, error) {
	f, err := os.OpenFile(lockFile(dataRoot), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data root: %w", err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, f.Close()
	}
	return nil, errors.Join(fmt.Errorf("lock the data root: %w", err), f.Close())
}

// locked says whether somebody holds the lock, without making the file.
func locked(dataRoot string) bool {
	f, err := os.Open(lockFile(dataRoot))
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB), unix.EWOULDBLOCK)
}

// holder is the process ID of the daemon that holds the lock, 0 if there is none: the
// one that the file names, provided that it really has the file open.
func holder(dataRoot string) int {
	raw, err := os.ReadFile(lockFile(dataRoot))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(string(bytes.TrimSpace(raw)))
	if err != nil || !oneProcess(pid) || !hasOpen(pid, lockFile(dataRoot)) {
		return 0
	}
	return pid
}

func hasOpen(pid int, file string) bool {
	want, err := os.Stat(file)
	if err != nil {
		return false
	}
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	fds, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, fd := range fds {
		have, err := os.Stat(filepath.Join(dir, fd.Name()))
		if err == nil && os.SameFile(want, have) {
			return true
		}
	}
	return false
}

// reap collects a daemon that this process started and that has ended. For any other
// process it does nothing.
func reap(pid int) (ended bool, how unix.WaitStatus) {
	if !oneProcess(pid) {
		return false, 0
	}
	got, err := unix.Wait4(pid, &how, unix.WNOHANG, nil)
	return err == nil && got == pid, how
}
