package files

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Owner is whose the copied files are.
type Owner struct {
	Keep     bool // as the archive has them
	UID, GID int
}

// NotDirError is something that is no directory where the archive has one, or the other way.
type NotDirError struct{ Name string }

func (e *NotDirError) Error() string {
	return fmt.Sprintf("%s is a directory on one side and none on the other", e.Name)
}

// Unpack makes what a tar has below a directory. A file replaces a file; what is a directory on
// one side only is a *NotDirError. Nothing is made outside of the directory.
func Unpack(root *os.Root, r io.Reader, own Owner) error {
	tr := tar.NewReader(r)
	type dated struct {
		name string
		h    *tar.Header
	}
	var dirs []dated // have their times set when nothing more is made in them
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read the archive: %w", err)
		}
		name := path.Clean(strings.TrimLeft(h.Name, "/"))
		if !filepath.IsLocal(name) {
			return fmt.Errorf("the archive has the path %q, which leads out of its place", h.Name)
		}
		if err := unpackOne(root, name, h, tr, own); err != nil {
			return err
		}
		if h.Typeflag == tar.TypeDir {
			dirs = append(dirs, dated{name, h})
		}
	}
	for i := len(dirs) - 1; i >= 0; i-- {
		if err := root.Chtimes(dirs[i].name, dirs[i].h.ModTime, dirs[i].h.ModTime); err != nil {
			return err
		}
	}
	return nil
}

func unpackOne(root *os.Root, name string, h *tar.Header, r io.Reader, own Owner) error {
	isDir := h.Typeflag == tar.TypeDir
	st, err := root.Lstat(name)
	switch {
	case err == nil && st.IsDir() != isDir:
		return &NotDirError{name}
	case err == nil && !isDir:
		if err := root.Remove(name); err != nil {
			return err
		}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	there := err == nil
	mode := fs.FileMode(h.Mode).Perm()
	switch h.Typeflag {
	case tar.TypeDir:
		if !there {
			err = root.MkdirAll(name, 0o755)
		} else {
			err = nil
		}
	case tar.TypeReg:
		err = write(root, name, r)
	case tar.TypeSymlink:
		err = root.Symlink(h.Linkname, name)
	case tar.TypeLink:
		return root.Link(path.Clean(strings.TrimLeft(h.Linkname, "/")), name)
	default:
		return fmt.Errorf("%s is a device or a pipe, which are not copied", name)
	}
	if err != nil {
		return err
	}
	if there && isDir {
		return nil // keeps what it has
	}
	uid, gid := own.UID, own.GID
	if own.Keep {
		uid, gid = h.Uid, h.Gid
	}
	if err := root.Lchown(name, uid, gid); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	if h.Typeflag == tar.TypeSymlink {
		return nil
	}
	if h.Mode&unix.S_ISUID != 0 {
		mode |= fs.ModeSetuid
	}
	if h.Mode&unix.S_ISGID != 0 {
		mode |= fs.ModeSetgid
	}
	if h.Mode&unix.S_ISVTX != 0 {
		mode |= fs.ModeSticky
	}
	if err := root.Chmod(name, mode); err != nil {
		return err
	}
	if isDir {
		return nil
	}
	return root.Chtimes(name, h.ModTime, h.ModTime)
}

func write(root *os.Root, name string, r io.Reader) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrNotExist) { // an archive need not name its directories
		if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
			return err
		}
		f, err = root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
