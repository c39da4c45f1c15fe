package keeper

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// The lock of a data root is a flock that the embedded daemon inherits when it is
// started, so it is held as long as the daemon, its keeper, or whoever is about to start
// them lives. Its content, the daemon's process ID, is only a hint and is checked against
// the process itself. A second lock says that there is a keeper, and names it.

// LockFile is the lock of a data root.
func LockFile(dataRoot string) string { return filepath.Join(dataRoot, "lock") }

func keeperFile(dataRoot string) string { return filepath.Join(dataRoot, "keeper.lock") }

// Lock takes the lock of a data root, or returns nil if somebody has it.
func Lock(dataRoot string) (*os.File, error) { return take(LockFile(dataRoot)) }

func take(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
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

// Locked says whether somebody holds the lock, without making the file.
func Locked(dataRoot string) bool {
	f, err := os.Open(LockFile(dataRoot))
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB), unix.EWOULDBLOCK)
}

// Daemon is the process ID of the daemon that holds the lock, 0 if there is none: the
// one that the file names, provided that it really has the file open.
func Daemon(dataRoot string) int { return signer(LockFile(dataRoot)) }

// Of is the process ID of the keeper of a data root, 0 if there is none.
func Of(dataRoot string) int { return signer(keeperFile(dataRoot)) }

// Named is the process that a lock named last, whatever has become of it: first the
// keeper, then the daemon; 0 for none.
func Named(dataRoot string) [2]int {
	return [2]int{named(keeperFile(dataRoot)), named(LockFile(dataRoot))}
}

func named(file string) int {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(string(bytes.TrimSpace(raw)))
	if err != nil || !OneProcess(pid) {
		return 0
	}
	return pid
}

func signer(file string) int {
	pid := named(file)
	if pid == 0 || !hasOpen(pid, file) {
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
	// It was inherited, so it is among the first, of hundreds that a daemon may have.
	slices.SortFunc(fds, func(a, b os.DirEntry) int {
		return cmp.Or(cmp.Compare(len(a.Name()), len(b.Name())), strings.Compare(a.Name(), b.Name()))
	})
	for _, fd := range fds {
		have, err := os.Stat(filepath.Join(dir, fd.Name()))
		if err == nil && os.SameFile(want, have) {
			return true
		}
	}
	return false
}
