// Package files moves files into and out of a container's root: as tar, through handles that
// no symlink can lead out of it, whatever the container does meanwhile.
package files

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"

	"golang.org/x/sys/unix"
)

// Resolve finds a path below a root directory as a process with that root would: absolute
// symlinks begin there, and nothing leads out. follow is for the last part. The handle is good
// for /proc/self/fd only.
func Resolve(root *os.File, name string, follow bool) (*os.File, error) {
	flags := unix.O_PATH | unix.O_CLOEXEC
	if !follow {
		flags |= unix.O_NOFOLLOW
	}
	fd, err := unix.Openat2(int(root.Fd()), path.Join("/", name), &unix.OpenHow{
		Flags: uint64(flags), Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS,
	})
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), name), nil
}

// Within is the directory of a handle, for work below it.
func Within(dir *os.File) (*os.Root, error) { return os.OpenRoot(handle(dir)) }

// handle is a path to what a handle is of, good in this process while it is open.
func handle(f *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }

// Send writes what a handle is of as tar, a directory with all that is in it. In the archive it
// is called as; "" leaves a directory's own entry out.
func Send(f *os.File, as string, w io.Writer) error {
	st, err := f.Stat()
	if err != nil {
		return err
	}
	tw := tar.NewWriter(w)
	if st.IsDir() {
		root, err := Within(f)
		if err != nil {
			return err
		}
		defer root.Close()
		err = (&packer{tw: tw}).pack(root, ".", as)
		if err != nil {
			return err
		}
		return tw.Close()
	}
	one := entry{st: st, as: as, open: func() (*os.File, error) { return os.Open(handle(f)) }}
	one.link = func() (string, error) {
		b := make([]byte, unix.PathMax)
		n, err := unix.Readlinkat(int(f.Fd()), "", b)
		return string(b[:max(n, 0)]), err
	}
	if err := one.pack(tw); err != nil {
		return err
	}
	return tw.Close()
}

// Export writes all that is below a root as tar, as it would be moved to another system: files
// of several names as one, and with the capabilities that they have.
func Export(ctx context.Context, root *os.File, w io.Writer) error {
	in, err := Within(root)
	if err != nil {
		return err
	}
	defer in.Close()
	tw := tar.NewWriter(w)
	p := &packer{tw: tw, ctx: ctx, whole: true, links: map[inode]string{}}
	if err := p.pack(in, ".", ""); err != nil {
		return err
	}
	return tw.Close()
}

// packer packs a tree. whole is for an export.
type packer struct {
	tw    *tar.Writer
	ctx   context.Context
	whole bool
	links map[inode]string // files of several names → the first of them
}

type inode struct{ dev, ino uint64 }

// pack packs what is at name below root.
func (p *packer) pack(root *os.Root, name, as string) error {
	if p.ctx != nil && p.ctx.Err() != nil {
		return p.ctx.Err()
	}
	st, err := root.Lstat(name)
	if err != nil {
		return err
	}
	if st.Mode()&fs.ModeSocket != 0 {
		return nil // tar has none
	}
	if as != "" {
		one := entry{st: st, as: as, caps: p.whole, link: func() (string, error) { return root.Readlink(name) }}
		one.open = func() (*os.File, error) {
			return root.OpenFile(name, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
		}
		key, several := p.several(st)
		one.first = p.links[key]
		if err := one.pack(p.tw); err != nil {
			return err
		}
		if several && one.first == "" {
			p.links[key] = as
		}
	}
	if !st.IsDir() {
		return nil
	}
	d, err := root.Open(name)
	if err != nil {
		return err
	}
	entries, err := d.ReadDir(-1)
	if err = errors.Join(err, d.Close()); err != nil {
		return err
	}
	for _, e := range entries {
		if err := p.pack(root, path.Join(name, e.Name()), path.Join(as, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err // what has gone meanwhile is not copied
		}
	}
	return nil
}

// several reports whether a file has more than one name, and which file it is.
func (p *packer) several(st fs.FileInfo) (inode, bool) {
	sys, ok := st.Sys().(*syscall.Stat_t)
	if p.links == nil || !ok || !st.Mode().IsRegular() || sys.Nlink < 2 {
		return inode{}, false
	}
	return inode{uint64(sys.Dev), sys.Ino}, true
}

// entry is one thing to be packed.
type entry struct {
	st   fs.FileInfo
	as   string
	open func() (*os.File, error)
	link func() (string, error)
	// first is the name under which the same file is packed already; caps says that the
	// capabilities of a program count.
	first string
	caps  bool
}

func (e entry) pack(tw *tar.Writer) error {
	link := ""
	if e.st.Mode()&fs.ModeSymlink != 0 {
		var err error
		if link, err = e.link(); err != nil {
			return err
		}
	}
	h, err := tar.FileInfoHeader(e.st, link)
	if err != nil {
		return err
	}
	if h.Name = e.as; e.st.IsDir() {
		h.Name += "/"
	}
	h.Uname, h.Gname, h.Format = "", "", tar.FormatPAX // numbers count: the names are another system's
	if sys, ok := e.st.Sys().(*syscall.Stat_t); ok {
		h.Uid, h.Gid = int(sys.Uid), int(sys.Gid)
	}
	if e.first != "" {
		h.Typeflag, h.Linkname, h.Size = tar.TypeLink, e.first, 0
	}
	if h.Typeflag != tar.TypeReg {
		return tw.WriteHeader(h)
	}
	f, err := e.open()
	if err != nil {
		return err
	}
	defer f.Close()
	if e.caps {
		h.PAXRecords = capabilities(f)
	}
	if err := tw.WriteHeader(h); err != nil {
		return err
	}
	n, err := io.CopyN(tw, f, h.Size) // what is added meanwhile is not copied
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s became shorter while it was copied: %d bytes of %d", e.as, n, h.Size)
	}
	return err
}

// capabilities are what a program may do beyond its user, as tar has them.
func capabilities(f *os.File) map[string]string {
	const name = "security.capability"
	var b [64]byte // the kernel's format has 24
	n, err := unix.Fgetxattr(int(f.Fd()), name, b[:])
	if err != nil || n == 0 {
		return nil
	}
	return map[string]string{"SCHILY.xattr." + name: string(b[:n])}
}
