package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/containerd/containerd/v2/core/mount"
	"github.com/containerd/containerd/v2/core/snapshots"
	"github.com/containerd/errdefs"
	"github.com/opencontainers/image-spec/identity"

	"gantry/engine/path"
	"gantry/engine/spec"
)

// rootfs prepares the container's writable snapshot on top of the image's layers.
func (c *creation) rootfs(ctx context.Context, s *path.Scope) error {
	layers, err := c.image.RootFS(ctx)
	if err != nil {
		return fmt.Errorf("read the image's layers: %w", err)
	}
	parent := identity.ChainID(layers).String()
	s.Undo("remove the snapshot", c.undo(func(ctx context.Context, l *link) error {
		return ignoreNotFound(l.client.SnapshotService(l.caps.Snapshotter).Remove(ctx, c.id))
	}))
	// Without the label the garbage collector may take it before the container refers to it.
	// A lease would be one more write before, and one after.
	kept := snapshots.WithLabels(map[string]string{"containerd.io/gc.root": c.e.cfg.Now().UTC().Format(time.RFC3339)})
	snapshots := c.l.client.SnapshotService(c.l.caps.Snapshotter)
	c.mounts, err = snapshots.Prepare(ctx, c.id, parent, kept)
	if errdefs.IsNotFound(err) { // the layers are no snapshots yet
		if err := c.l.images.EnsureUnpacked(ctx, c.image); err != nil {
			return err
		}
		c.mounts, err = snapshots.Prepare(ctx, c.id, parent, kept)
	}
	if err != nil {
		return fmt.Errorf("prepare the root filesystem: %w", err)
	}
	s.Detail("%s", c.l.caps.Snapshotter)
	return nil
}

// user looks the user up in the image's own passwd and group files. For most images that needs
// no mount, which is many times slower, and the more so the more containers run.
func (c *creation) user(ctx context.Context) (u spec.User, err error) {
	name := c.req.Config.User
	if name == "" {
		name = c.config.Config.User
	}
	if layers, ok := spec.LayersOf(c.mounts); ok {
		u, err = spec.LookupUserInLayers(layers, name, c.req.HostConfig.GroupAdd...)
		if !errors.Is(err, spec.ErrMount) {
			return u, err
		}
	}
	// The mount is read-only and private to this call; mount.WithTempMount unmounts also when ctx ended.
	err = mount.WithReadonlyTempMount(ctx, c.mounts, func(root string) error {
		u, err = spec.LookupUser(root, name, c.req.HostConfig.GroupAdd...)
		return err
	})
	return u, err
}
