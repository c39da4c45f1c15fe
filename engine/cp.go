package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/containerd/containerd/v2/core/mount"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/files"
)

// CopyFrom copies files of a container to this host, by docker cp's rules, or as tar to opt.Out.
func (e *Engine) CopyFrom(ctx context.Context, id, src, dst string, opt api.CopyOptions) error {
	return e.inRoot(ctx, id, func(ctx context.Context, root *os.File) error {
		from := files.Place{Root: root, Path: src}
		if opt.Out != nil {
			return files.Out(from, opt.Follow, opt.Out)
		}
		to, err := here(dst)
		if err != nil {
			return err
		}
		defer to.Root.Close()
		return files.Copy(ctx, from, to, opt.Follow, files.Owner{Keep: opt.Archive, UID: os.Getuid(), GID: os.Getgid()})
	})
}

// CopyTo copies files of this host into a container, where they are root's unless opt.Archive is
// set, or unpacks the tar opt.In there.
func (e *Engine) CopyTo(ctx context.Context, id, src, dst string, opt api.CopyOptions) error {
	return e.inRoot(ctx, id, func(ctx context.Context, root *os.File) error {
		to := files.Place{Root: root, Path: dst}
		own := files.Owner{Keep: opt.Archive}
		if opt.In != nil {
			return files.In(to, own, opt.In)
		}
		from, err := here(src)
		if err != nil {
			return err
		}
		defer from.Root.Close()
		return files.Copy(ctx, from, to, opt.Follow, own)
	})
}

// here is a path of this host; a slash or "/." at its end stays.
func here(p string) (files.Place, error) {
	abs, err := filepath.Abs(p)
	if err != nil {
		return files.Place{}, err
	}
	switch {
	case p == "." || strings.HasSuffix(p, "/."):
		abs += "/."
	case strings.HasSuffix(p, "/") && abs != "/":
		abs += "/"
	}
	root, err := os.Open("/")
	return files.Place{Root: root, Path: abs}, err
}

// inRoot does something with a container's root: of one that has processes as they see it, with
// all that is mounted there, of another what it has written and what its image brought.
func (e *Engine) inRoot(ctx context.Context, id string, do func(context.Context, *os.File) error) error {
	return e.stillThere(ctx, id, func(ctx context.Context, l *link, c api.Container, letGo func()) error {
		if c.Pid != 0 {
			letGo() // a long copy must not keep it from being stopped
			return withRoot(ctx, filepath.Join("/proc", fmt.Sprint(c.Pid), "root"), do)
		}
		rec, err := l.snapshotOf(ctx, c, "copying files of "+c.DisplayName()+", which does not run")
		if err != nil {
			return err
		}
		mounts, err := l.client.SnapshotService(rec.Snapshotter).Mounts(ctx, rec.SnapshotKey)
		if err != nil {
			return fmt.Errorf("find the container's files: %w", err)
		}
		return mount.WithTempMount(ctx, mounts, func(dir string) error { return withRoot(ctx, dir, do) })
	})
}

// stillThere does something with a container's files while it has the container's lock: nobody may
// start it meanwhile, since its files must not be mounted twice. It may let go of it before.
func (e *Engine) stillThere(ctx context.Context, id string, do func(ctx context.Context, l *link, c api.Container, letGo func()) error) error {
	l, err := e.need(ctx)
	if err != nil {
		return err
	}
	ctx = e.in(ctx)
	unlock, err := l.records.Lock(ctx, id)
	if err != nil {
		return err
	}
	letGo := sync.OnceFunc(unlock)
	defer letGo()
	c, ok, err := e.load(ctx, l, id)
	switch {
	case err != nil:
		return err
	case !ok:
		return &api.NotFoundError{Kind: "container", Name: id}
	}
	if err := ownersOnly(api.ActCopy, c); err != nil {
		return err
	}
	return do(ctx, l, c, letGo)
}

func withRoot(ctx context.Context, dir string, do func(context.Context, *os.File) error) error {
	root, err := os.OpenFile(dir, unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return fmt.Errorf("open the container's root: %w", err)
	}
	defer root.Close()
	return do(ctx, root)
}
