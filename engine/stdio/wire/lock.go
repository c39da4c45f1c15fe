package wire

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// lockPoll is how often a held lock is tried again.
const lockPoll = 5 * time.Millisecond

// Lock takes the logger's lock of a state directory, which a logger holds as long as it
// writes, nerdctl's too. It waits until ctx ends. Unlock frees it, as does
// the process's end.
func Lock(ctx context.Context, stateDir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(stateDir, LockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			f.Close()
			return nil, err
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(lockPoll):
		}
	}
}

// Unlock frees the lock, and tells those who watch the directory: a lock that becomes free
// is no event, a changed mode is.
func Unlock(f *os.File) {
	unix.Flock(int(f.Fd()), unix.LOCK_UN)
	f.Chmod(0o600)
	f.Close()
}

// Attached reports whether a session reads the output of a container of gantry's.
func Attached(stateDir string) bool {
	f, err := os.Open(filepath.Join(stateDir, AttachedFile))
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK)
}

// Logging reports whether a logger is at work in a state directory, gantry's or
// nerdctl's. It takes the lock for an instant, shared, so that readers do not see each
// other as loggers.
func Logging(stateDir string) bool {
	f, err := os.Open(filepath.Join(stateDir, LockFile))
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB), unix.EWOULDBLOCK)
}
