package image

import (
	"context"
	"errors"
	"time"

	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/leases"
	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/errdefs"
	"github.com/containerd/platforms"
	"github.com/opencontainers/image-spec/identity"

	"gantry/engine/api"
)

const (
	// leaseTime is how long containerd keeps what a pull has fetched if gantry dies or
	// the registry fails.
	leaseTime = time.Hour
	// leaseLabel marks the leases of pulls; its value is the image's full name.
	leaseLabel = "gantry/pull"
	// clearTime bounds the clearing away after a pull.
	clearTime = 10 * time.Second
)

// leased runs the pull under a lease of its own: those of its callers may go while
// others still wait for it.
func (p *pull) leased(ctx context.Context) (images.Image, error) {
	ls := p.store.client.LeasesService()
	l, err := ls.Create(ctx, leases.WithRandomID(), leases.WithExpiration(leaseTime),
		leases.WithLabel(leaseLabel, p.ref.Full))
	if err != nil {
		return images.Image{}, err
	}
	img, err := p.bring(leases.WithLease(ctx, l.ID))
	// What follows must happen even though ctx has ended.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearTime)
	defer cancel()
	switch {
	case err == nil:
		// An error in deleting is of no use to anybody: a lease ends by itself.
		_ = ls.Delete(ctx, l)
		for _, id := range p.store.takeKept(p.key) {
			_ = ls.Delete(ctx, leases.Lease{ID: id})
		}
	case p.resumable(err):
		p.store.keep(p.key, l.ID)
	default:
		p.abort(leases.WithLease(ctx, l.ID))
		_ = ls.Delete(ctx, l, leases.SynchronousDelete)
	}
	return img, err
}

// resumable reports whether a later pull can go on with what this one has.
func (p *pull) resumable(err error) bool {
	p.mu.Lock()
	got := len(p.opened) > 0
	p.mu.Unlock()
	if !got || errors.Is(err, context.Canceled) {
		return false
	}
	var pe *api.PullError
	if !errors.As(p.explain(context.Background(), err), &pe) {
		return false
	}
	switch pe.Cause {
	case api.PullUnreachable, api.PullDNS, api.PullServer, api.PullRateLimit, api.PullEngine:
		return true
	}
	return false
}

// keep remembers the lease of a failed pull, for the next one that succeeds to end. Those
// of other gantrys end by themselves: whether they are in use cannot be seen from here.
func (s *Store) keep(key flightKey, lease string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[key] = append(s.kept[key], lease)
}

func (s *Store) takeKept(key flightKey) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.kept[key]
	delete(s.kept, key)
	return kept
}

// abort throws away downloads that were broken off, but for those that another pull has
// taken over or waits for.
func (p *pull) abort(ctx context.Context) {
	p.mu.Lock()
	opened := p.opened
	p.mu.Unlock()
	for _, d := range opened {
		key := "blob://" + d.Digest.String()
		if !p.store.locks.TryLock(key) {
			continue
		}
		// Not found is what is hoped for: the download had been completed.
		_ = p.store.client.ContentStore().Abort(ctx, remotes.MakeRefKey(ctx, d))
		p.store.locks.Unlock(key)
	}
}

// hold adds an image to the lease that ctx carries, if there is one.
func (s *Store) hold(ctx context.Context, img images.Image, match platforms.MatchComparer) error {
	id, ok := leases.FromContext(ctx)
	if !ok {
		return nil
	}
	ls := s.client.LeasesService()
	lease := leases.Lease{ID: id}
	err := ls.AddResource(ctx, lease, leases.Resource{ID: img.Target.Digest.String(), Type: "content"})
	if err != nil && !errdefs.IsAlreadyExists(err) {
		return err
	}
	diffs, err := img.RootFS(ctx, s.client.ContentStore(), match)
	if err != nil {
		return err
	}
	chain := identity.ChainID(diffs).String()
	err = ls.AddResource(ctx, lease, leases.Resource{ID: chain, Type: "snapshots/" + s.cfg.Snapshotter})
	if errdefs.IsAlreadyExists(err) {
		return nil
	}
	return err
}
