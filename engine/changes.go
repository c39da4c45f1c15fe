package engine

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/containerd/v2/core/mount"
	"github.com/containerd/continuity/fs"
	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/engine/files"
	"gantry/engine/record"
)

// Changes are what a container changed of its image's files, by path, as docker diff has them:
// a directory counts as changed when something in it is. What is mounted is not its own.
func (e *Engine) Changes(ctx context.Context, id string) ([]container.FilesystemChange, error) {
	var out []container.FilesystemChange
	err := e.onSnapshot(ctx, id, "comparing the files of ", func(ctx context.Context, l *link, rec containers.Container) (err error) {
		out, err = e.changes(ctx, l, rec)
		return err
	})
	return out, err
}

func (e *Engine) changes(ctx context.Context, l *link, rec containers.Container) (out []container.FilesystemChange, err error) {
	// The view of the image's files is a snapshot of its own, which must go also when this is killed.
	run := e.newRun("diff", nil, api.Observer{})
	defer func() {
		if rerr := run.Rollback(ctx); rerr != nil {
			e.log.Warn("undo of a diff", "id", rec.ID, "err", rerr)
		}
		run.End(err)
	}()
	j := joined{e: e, l: l}
	leased, _, err := j.lease(ctx, run, map[string]string{labelPurpose: "diff"})
	if err != nil {
		return nil, err
	}
	sn := l.client.SnapshotService(rec.Snapshotter)
	info, err := sn.Stat(ctx, rec.SnapshotKey)
	if err != nil {
		return nil, fmt.Errorf("find the container's files: %w", err)
	}
	key, err := record.NewID(e.random)
	if err != nil {
		return nil, err
	}
	run.Undo("remove the view", j.undo(func(ctx context.Context, l *link) error {
		return ignoreNotFound(l.client.SnapshotService(rec.Snapshotter).Remove(ctx, key))
	}))
	before, err := sn.View(leased, key, info.Parent)
	if err != nil {
		return nil, fmt.Errorf("find the image's files: %w", err)
	}
	after, err := sn.Mounts(ctx, rec.SnapshotKey)
	if err != nil {
		return nil, fmt.Errorf("find the container's files: %w", err)
	}
	err = mount.WithReadonlyTempMount(ctx, before, func(a string) error {
		return mount.WithReadonlyTempMount(ctx, after, func(b string) error {
			out, err = compare(ctx, a, b)
			return err
		})
	})
	return out, err
}

// compare tells what became of the files of a directory in another one.
func compare(ctx context.Context, a, b string) ([]container.FilesystemChange, error) {
	kinds := map[string]container.ChangeType{}
	err := fs.Changes(ctx, a, b, func(k fs.ChangeKind, p string, st os.FileInfo, err error) error {
		if err != nil || p == "/" || p == "" {
			return err
		}
		switch k {
		case fs.ChangeKindAdd:
			if madeByStart(p, st) {
				return nil
			}
			kinds[p] = container.ChangeAdd
		case fs.ChangeKindDelete:
			kinds[p] = container.ChangeDelete
		case fs.ChangeKindModify:
			kinds[p] = container.ChangeModify
		default:
			return nil
		}
		for dir := path.Dir(p); dir != "/"; dir = path.Dir(dir) {
			if _, there := kinds[dir]; there {
				break
			}
			kinds[dir] = container.ChangeModify
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("compare its files with the image's: %w", err)
	}
	var out []container.FilesystemChange
	for p, k := range kinds {
		out = append(out, container.FilesystemChange{Kind: k, Path: p})
	}
	slices.SortFunc(out, func(a, b container.FilesystemChange) int { return cmp.Compare(a.Path, b.Path) })
	return out, nil
}

// madeByStart reports whether a start made it, as a place for what is mounted there, where
// Docker has a layer of its own for them.
func madeByStart(p string, st os.FileInfo) bool {
	switch p {
	case "/etc/hosts", "/etc/hostname", "/etc/resolv.conf":
		return st.Size() == 0
	case "/dev", "/proc", "/sys":
		return st.IsDir()
	}
	return strings.HasPrefix(p, "/dev/") && st.Size() == 0
}

// Export writes a container's files as a tar: the image's with what it changed. What is mounted
// in it is not its own, and stays out. It may run meanwhile.
func (e *Engine) Export(ctx context.Context, id string, w io.Writer) error {
	return e.onSnapshot(ctx, id, "exporting ", func(ctx context.Context, l *link, rec containers.Container) error {
		mounts, err := l.client.SnapshotService(rec.Snapshotter).Mounts(ctx, rec.SnapshotKey)
		if err != nil {
			return fmt.Errorf("find the container's files: %w", err)
		}
		return mount.WithReadonlyTempMount(ctx, mounts, func(dir string) error {
			return withRoot(ctx, dir, func(ctx context.Context, root *os.File) error { return files.Export(ctx, root, w) })
		})
	})
}

// onSnapshot does something with the files that containerd keeps for a container; what it does
// ends in the container's name. Nobody starts it meanwhile; one that runs may end.
func (e *Engine) onSnapshot(ctx context.Context, id, what string, do func(context.Context, *link, containers.Container) error) error {
	return e.stillThere(ctx, id, func(ctx context.Context, l *link, c api.Container, letGo func()) error {
		rec, err := l.snapshotOf(ctx, c, what+c.DisplayName())
		if err != nil {
			return err
		}
		if c.State.Alive() {
			letGo()
		}
		return do(ctx, l, rec)
	})
}
