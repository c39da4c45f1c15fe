package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// opLock is the directory in a state dir that nerdctl, too, locks while it acts on the
// container.
const opLock = "oplock"

// lockPause bounds the pause between two attempts to get a lock.
const lockPause = 20 * time.Millisecond

// Lock gives its holder the container alone: no other gantry or nerdctl, and nobody else
// in this process, acts on it until unlock. It waits until ctx ends. The state dir need
// not exist: it is made for the lock and taken away again by unlock if nothing else came
// to be in it. What was known of the container before must be read again afterwards.
func (s *Store) Lock(ctx context.Context, id string) (unlock func(), err error) {
	return LockStateDir(ctx, s.Dir(id))
}

// LockStateDir is Lock for a state dir that a label names.
func LockStateDir(ctx context.Context, dir string) (unlock func(), err error) {
	for {
		f, err := lockOnce(ctx, dir)
		switch {
		case err != nil:
			return nil, fmt.Errorf("lock the container: %w", err)
		case f != nil:
			// Who made the directory cannot be told when several wait, so each looks.
			return func() { removeIfEmpty(dir, f); _ = f.Close() }, nil
		}
	}
}

// lockOnce returns nil without an error when the directory was removed or replaced while
// it waited.
func lockOnce(ctx context.Context, dir string) (*os.File, error) {
	lock := filepath.Join(dir, opLock)
	err := os.MkdirAll(lock, 0o700)
	var f *os.File
	if err == nil {
		f, err = os.Open(lock)
	}
	// Between two looks at it the directory may come (ErrNotExist) or go (ErrExist, from
	// MkdirAll, which finds neither what it made nor what stood in its way).
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	if err := Flock(ctx, f, unix.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if !isAt(f, lock) {
		return nil, f.Close()
	}
	return f, nil
}

// removeIfEmpty takes a state dir away that was made for its lock alone: the container was
// removed meanwhile, or never had one. Whoever waits for this lock finds that it has gone
// and tries again.
func removeIfEmpty(dir string, f *os.File) {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) == 1 && isAt(f, filepath.Join(dir, opLock)) {
		_ = os.Remove(filepath.Join(dir, opLock))
		_ = os.Remove(dir)
	}
}

// busy reports whether somebody holds the container's lock.
func (s *Store) busy(id string) bool { return held(filepath.Join(s.Dir(id), opLock)) }

func held(lock string) bool {
	f, err := os.Open(lock)
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB), unix.EWOULDBLOCK)
}

// Flock takes a lock, unix.LOCK_EX or unix.LOCK_SH, and waits for it until ctx ends. A blocking flock could not be cancelled, so it tries
// again at growing intervals.
func Flock(ctx context.Context, f *os.File, how int) error {
	pause := time.Millisecond
	for {
		err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
		if err == nil || !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, lockPause)
	}
}

// WithDirLock runs fn under nerdctl's lock of a store directory, which is made if missing.
func WithDirLock(dir string, fn func() error) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return fmt.Errorf("lock %s: %w", dir, err)
	}
	return fn()
}

func isAt(f *os.File, path string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(path)
	return err == nil && os.SameFile(a, b)
}
