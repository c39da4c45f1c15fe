package image

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/containerd/containerd/v2/core/diff"
	"github.com/containerd/containerd/v2/core/mount"
	"github.com/containerd/containerd/v2/core/snapshots"
	"github.com/containerd/errdefs"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

func canRebase(caps []string) bool { return slices.Contains(caps, snapshots.RebaseCap) }

// watchedUnpack joins what the snapshotter and the applier of one pull are asked for.
type watchedUnpack struct {
	pull *pull
	mu   sync.Mutex
	keys map[string]string // where a layer is written → key of the active snapshot
}

// watchedSnapshotter notices layers that are unpacked already, and which snapshot is
// written where.
type watchedSnapshotter struct {
	snapshots.Snapshotter
	w *watchedUnpack
}

func (s watchedSnapshotter) Prepare(ctx context.Context, key, parent string, opts ...snapshots.Opt) ([]mount.Mount, error) {
	mounts, err := s.Snapshotter.Prepare(ctx, key, parent, opts...)
	if errdefs.IsAlreadyExists(err) {
		if d, ok := s.w.pull.layerOf(key); ok {
			s.w.pull.track.exists(d)
		}
	}
	if err == nil {
		s.w.mu.Lock()
		defer s.w.mu.Unlock()
		s.w.keys[target(mounts)] = key
	}
	return mounts, err
}

// target is the directory that an active snapshot's mounts write to.
func target(mounts []mount.Mount) string {
	if len(mounts) == 0 {
		return ""
	}
	m := mounts[len(mounts)-1]
	for _, o := range m.Options {
		if dir, ok := strings.CutPrefix(o, "upperdir="); ok {
			return dir
		}
	}
	return m.Source
}

// watchedApplier takes turns over all pulls and tells how far each layer is.
type watchedApplier struct {
	diff.Applier
	w *watchedUnpack
}

func (a watchedApplier) Apply(ctx context.Context, d ocispec.Descriptor, mounts []mount.Mount, opts ...diff.ApplyOpt) (ocispec.Descriptor, error) {
	p := a.w.pull
	if err := p.store.unpacks.Acquire(ctx, 1); err != nil {
		return ocispec.Descriptor{}, err
	}
	defer p.store.unpacks.Release(1)
	p.track.unpacking(d.Digest, 0)
	a.w.mu.Lock()
	key := a.w.keys[target(mounts)]
	a.w.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := p.gauge(ctx, d, key, cancel)
	applied, err := a.Applier.Apply(ctx, d, mounts, opts...)
	stop()
	if bomb := (*bombError)(nil); errors.As(context.Cause(ctx), &bomb) {
		return applied, bomb
	}
	if err == nil {
		p.track.unpacked(d.Digest)
	}
	return applied, err
}
