package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
)

// Place is a path below a root directory, as somebody wrote it: a slash or "/." at its end
// means something.
type Place struct {
	Root *os.File
	Path string
}

// contents reports whether what is in the directory is meant, and not the directory.
func (p Place) contents() bool {
	return p.Path == "." || strings.HasSuffix(p.Path, "/.") || path.Clean("/"+p.Path) == "/"
}

// directory reports whether only a directory will do.
func (p Place) directory() bool { return strings.HasSuffix(p.Path, "/") || p.contents() }

// source is what is to be copied, and what it is called.
func source(p Place, follow bool) (f *os.File, isDir bool, name string, err error) {
	f, err = Resolve(p.Root, p.Path, follow || p.directory())
	if err != nil {
		return nil, false, "", err
	}
	st, err := f.Stat()
	if err == nil && p.directory() && !st.IsDir() {
		err = &NotDirError{p.Path}
	}
	if err != nil {
		return nil, false, "", errors.Join(err, f.Close())
	}
	if name = path.Base(path.Clean("/" + p.Path)); p.contents() {
		name = ""
	}
	return f, st.IsDir(), name, nil
}

// Out writes a place as tar, called as it is there.
func Out(from Place, follow bool, w io.Writer) error {
	f, _, name, err := source(from, follow)
	if err != nil {
		return err
	}
	defer f.Close()
	return Send(f, name, w)
}

// In unpacks a tar in a directory that is there.
func In(to Place, own Owner, r io.Reader) error {
	f, err := Resolve(to.Root, to.Path, true)
	if err != nil {
		return err
	}
	defer f.Close()
	root, err := Within(f)
	if err != nil {
		return err
	}
	defer root.Close()
	return Unpack(root, r, own)
}

// Copy copies as docker cp does. Into a directory that is there goes what is copied under its
// own name, or with "/." at its end what is in it; else it gets the name of the destination,
// whose directory must be there.
func Copy(ctx context.Context, from, to Place, follow bool, own Owner) error {
	f, isDir, name, err := source(from, follow)
	if err != nil {
		return err
	}
	defer f.Close()
	dir := to.Path
	switch st, err := stat(to); {
	case err == nil && st.IsDir():
	case err == nil && (isDir || to.directory()):
		return &NotDirError{to.Path}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil && to.directory() && !isDir:
		return fmt.Errorf("there is no directory %s: %w", to.Path, fs.ErrNotExist)
	default:
		clean := path.Clean("/" + to.Path)
		dir, name = path.Dir(clean), path.Base(clean)
	}
	r, w := io.Pipe()
	defer context.AfterFunc(ctx, func() { r.CloseWithError(ctx.Err()) })()
	var sending sync.WaitGroup
	sending.Go(func() { w.CloseWithError(Send(f, name, w)) }) // ends with the reader, which is closed below
	err = In(Place{to.Root, dir}, own, r)
	r.CloseWithError(errors.Join(err, io.ErrClosedPipe))
	sending.Wait() // it reads f
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func stat(p Place) (fs.FileInfo, error) {
	f, err := Resolve(p.Root, p.Path, true)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Stat()
}
