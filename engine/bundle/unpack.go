package bundle

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// dirDigits is how much of the digest names the folder: enough to tell payloads apart,
// short enough for process lists.
const dirDigits = 16

// Files are the unpacked programs, as absolute paths.
type Files struct {
	Dir    string // holds this payload's programs; belongs into the daemon's PATH
	Runc   string
	Shim   string
	Helper string // the stable link, which later payloads replace
	Fresh  bool   // they were unpacked by this call
}

// Unpack lays the payload out below dir and checks every file's hash, also of what had
// been unpacked before; damaged files are replaced as a whole. Several processes may do
// this at once. Its error is ErrNoPayload when there is none.
func Unpack(ctx context.Context, dir string) (Files, error) {
	return unpack(ctx, dir, verify)
}

// Ensure is Unpack for when there is no time: files whose inode has not changed since
// they were last verified are taken as good without being read.
func Ensure(ctx context.Context, dir string) (Files, error) {
	return unpack(ctx, dir, func(dir string, m Manifest) error {
		if unchanged(dir, m) {
			return nil
		}
		return verify(dir, m)
	})
}

func unpack(ctx context.Context, dir string, check func(string, Manifest) error) (Files, error) {
	m, err := Contents()
	if err != nil {
		return Files{}, err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return Files{}, fmt.Errorf("unpack the engine: %w", err)
	}
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return Files{}, fmt.Errorf("unpack the engine: %w", err)
	}
	home := Home(dir)
	files := Files{Dir: home, Runc: filepath.Join(home, Runc), Shim: filepath.Join(home, Shim), Helper: filepath.Join(dir, Helper)}
	unlock, err := lock(ctx, dir)
	if err != nil {
		return Files{}, fmt.Errorf("unpack the engine: %w", err)
	}
	defer unlock()
	if err := check(home, m); err != nil {
		if err := layOut(ctx, dir, home, m); err != nil {
			return Files{}, fmt.Errorf("unpack the engine: %w", err)
		}
		files.Fresh = true
	}
	if err := relink(files.Helper, filepath.Join(filepath.Base(home), Helper)); err != nil {
		return Files{}, fmt.Errorf("unpack the engine: %w", err)
	}
	return files, nil
}

// lock keeps other unpackers of the same folder out.
func lock(ctx context.Context, dir string) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(dir, ".lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return nil, errors.Join(err, f.Close())
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		}
	}
}

// layOut unpacks into a folder beside home and puts that in its place in one move, so
// that whatever is interrupted leaves nothing that could be taken for whole.
func layOut(ctx context.Context, dir, home string, m Manifest) (err error) {
	if err := sweep(dir); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(dir, tmpPrefix)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(tmp))
		}
	}()
	if err := extract(ctx, tmp); err != nil {
		return err
	}
	if err := verify(tmp, m); err != nil {
		return fmt.Errorf("the embedded payload does not fit its own manifest: %w", err)
	}
	if err := errors.Join(os.Chmod(tmp, 0o755), syncDir(tmp)); err != nil {
		return err
	}
	// A damaged home may be in use; its files stay with whoever has them open.
	err = os.Rename(tmp, home)
	if errors.Is(err, fs.ErrExist) || errors.Is(err, unix.ENOTEMPTY) {
		aside := filepath.Join(dir, tmpPrefix+"old-"+filepath.Base(tmp))
		err = errors.Join(os.Rename(home, aside), os.Rename(tmp, home), os.RemoveAll(aside))
	}
	if err != nil {
		return err
	}
	return syncDir(dir)
}

// tmpPrefix begins the names of folders that are not whole.
const tmpPrefix = ".tmp-"

// sweep removes what interrupted unpackers left; the lock says that none is at work.
func sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tmpPrefix) {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func extract(ctx context.Context, dir string) error {
	z, err := open()
	if err != nil {
		return err
	}
	defer z.Close()
	for tr := tar.NewReader(z); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg || filepath.Base(h.Name) != h.Name {
			return fmt.Errorf("unexpected entry %q in the payload", h.Name)
		}
		if err := writeProgram(filepath.Join(dir, h.Name), tr); err != nil {
			return err
		}
	}
}

func writeProgram(name string, r io.Reader) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Chmod(0o755), f.Sync(), f.Close())
}

// relink points a symbolic link at target in one move.
func relink(link, target string) error {
	if now, err := os.Readlink(link); err == nil && now == target {
		return nil
	}
	tmp := filepath.Join(filepath.Dir(link), tmpPrefix+filepath.Base(link))
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink(target, tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, link); err != nil {
		return err
	}
	return syncDir(filepath.Dir(link))
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func hashFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
