package volume

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	cfs "github.com/containerd/continuity/fs"
	"golang.org/x/sys/unix"

	"gantry/engine/record"
)

// leftovers are the copies beside the data: unfinished, and whole but not moved in yet.
const (
	filling = ".gantry-filling"
	filled  = ".gantry-filled"
)

// Fill copies a directory of an image into an empty volume, with its owner and mode; one that
// has anything in it is left alone. It reports whether it has. The copying itself cannot be
// cancelled: it is bounded by what the image holds.
func (s *Store) Fill(ctx context.Context, volume, from string) (did bool, err error) {
	err = s.alone(ctx, volume, func() error {
		if err := s.settle(volume); err != nil {
			return err
		}
		in, err := os.ReadDir(s.Dir(volume))
		if err != nil || len(in) > 0 {
			return err
		}
		did = true
		tmp := filepath.Join(s.dir(volume), filling)
		if err := cfs.CopyDir(tmp, from); err != nil {
			return errors.Join(err, os.RemoveAll(tmp))
		}
		if err := os.Rename(tmp, filepath.Join(s.dir(volume), filled)); err != nil {
			return err
		}
		return s.settle(volume)
	})
	if err != nil {
		return false, fmt.Errorf("fill volume %s from the image: %w", volume, err)
	}
	return did, nil
}

// alone runs fn while nobody else fills the volume. The lock is another one than Hold's, which
// whoever fills has taken.
func (s *Store) alone(ctx context.Context, volume string, fn func() error) error {
	f, err := os.Open(filepath.Join(s.dir(volume), metaFile))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := record.Flock(ctx, f, unix.LOCK_EX); err != nil {
		return err
	}
	return fn()
}

// settle undoes a copy that was cut short, and finishes one that was whole. The files are
// moved one by one, so that the directory stays the one that others have mounted.
func (s *Store) settle(volume string) error {
	if err := os.RemoveAll(filepath.Join(s.dir(volume), filling)); err != nil {
		return err
	}
	from := filepath.Join(s.dir(volume), filled)
	st, err := os.Stat(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		to := filepath.Join(s.Dir(volume), e.Name())
		if _, err := os.Lstat(to); err == nil {
			continue // somebody has put it there meanwhile
		}
		if err := os.Rename(filepath.Join(from, e.Name()), to); err != nil {
			return err
		}
	}
	if own, ok := st.Sys().(*syscall.Stat_t); ok {
		if err := os.Lchown(s.Dir(volume), int(own.Uid), int(own.Gid)); err != nil {
			return err
		}
	}
	if err := os.Chmod(s.Dir(volume), st.Mode()); err != nil {
		return err
	}
	return os.RemoveAll(from)
}

// Settle finishes or undoes what crashes left in any volume, but for those that somebody
// works on.
func (s *Store) Settle() error {
	entries, err := os.ReadDir(s.root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || !s.unsettled(e.Name()) {
			continue
		}
		err = errors.Join(err, s.settleIdle(e.Name()))
	}
	if err != nil {
		return fmt.Errorf("settle volumes: %w", err)
	}
	return nil
}

func (s *Store) unsettled(volume string) bool {
	for _, f := range []string{filling, filled} {
		if _, err := os.Lstat(filepath.Join(s.dir(volume), f)); err == nil {
			return true
		}
	}
	return false
}

func (s *Store) settleIdle(volume string) error {
	f, err := os.Open(filepath.Join(s.dir(volume), metaFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it is being removed
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil
		}
		return err
	}
	return s.settle(volume)
}
