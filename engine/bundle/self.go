package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Gantry is the name of the copy of gantry beside the programs.
const Gantry = "gantry"

// self is the running program, whatever has become of its file since.
const self = "/proc/self/exe"

// PlaceSelf puts the running program into dir as gantry, in one move and only if another
// one is there: what runs for longer than this process needs a place that stays. The copy
// shares the disk space of the original where the file system can do that, or where the
// original is root's own and nobody else may write it. It says where the copy is, and
// whether it is new.
//
// A process that was itself run from there leaves what is there now: it may be newer.
func PlaceSelf(ctx context.Context, dir string) (name string, fresh bool, err error) {
	name = filepath.Join(dir, Gantry)
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return name, false, fmt.Errorf("place gantry: %w", err)
	}
	unlock, err := lock(ctx, dir)
	if err != nil {
		return name, false, fmt.Errorf("place gantry: %w", err)
	}
	defer unlock()
	if from, err := os.Readlink(self); err == nil && strings.TrimSuffix(from, " (deleted)") == name && runnable(name) {
		return name, false, nil
	}
	if same, err := SameBuild(self, name); err == nil && same && runnable(name) {
		return name, false, nil
	}
	tmp := filepath.Join(dir, tmpPrefix+Gantry)
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return name, false, fmt.Errorf("place gantry: %w", err)
	}
	err = copySelf(tmp)
	if err == nil {
		err = os.Rename(tmp, name)
	}
	if err != nil {
		os.Remove(tmp)
		return name, false, fmt.Errorf("place gantry: %w", err)
	}
	return name, true, nil
}

func runnable(name string) bool {
	fi, err := os.Lstat(name)
	return err == nil && fi.Mode().IsRegular() && fi.Mode().Perm()&0o111 != 0
}

func copySelf(to string) error {
	from, err := os.Open(self)
	if err != nil {
		return err
	}
	defer from.Close()
	fi, err := from.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	if unix.IoctlFileClone(int(out.Fd()), int(from.Fd())) == nil {
		return errors.Join(out.Chmod(0o755), out.Close())
	}
	if trusted(fi) {
		if err := errors.Join(out.Close(), os.Remove(to)); err != nil {
			return err
		}
		if unix.Linkat(unix.AT_FDCWD, self, unix.AT_FDCWD, to, unix.AT_SYMLINK_FOLLOW) == nil {
			return nil
		}
		if out, err = os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755); err != nil {
			return err
		}
	}
	_, err = io.Copy(out, from)
	return errors.Join(err, out.Chmod(0o755), out.Close())
}

// trusted says whether a file is changed by root alone: another link to it is no way for
// anybody else to have root run what they like.
func trusted(fi fs.FileInfo) bool {
	st, ok := fi.Sys().(*syscall.Stat_t)
	return ok && st.Uid == 0 && st.Gid == 0 && fi.Mode().Perm() == 0o755
}
