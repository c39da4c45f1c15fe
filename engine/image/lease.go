package image

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
	// platformLabel is the platform that was asked for, ownerLabel the gantry that asked.
	platformLabel = "gantry/pull.platform"
	ownerLabel    = "gantry/pull.owner"
	// clearTime bounds the clearing away after a pull.
	clearTime = 10 * time.Second
)

// leased runs the pull under a lease of its own: those of its callers may go while
// others still wait for it.
func (p *pull) leased(ctx context.Context) (images.Image, error) {
	ls := p.store.client.LeasesService()
	l, err := ls.Create(ctx, leases.WithRandomID(), leases.WithExpiration(leaseTime), leases.WithLabels(map[string]string{
		leaseLabel: p.ref.Full, platformLabel: p.platform, ownerLabel: p.store.cfg.Owner,
	}))
	if err != nil {
		return images.Image{}, err
	}
	inherited, err := p.inherit(ctx, l)
	var img images.Image
	if err == nil {
		img, err = p.bring(leases.WithLease(ctx, l.ID))
	}
	keep := err != nil && (inherited || p.fetched()) && p.resumable(err)
	// What follows must happen even though ctx has ended.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), clearTime)
	defer cancel()
	switch {
	case err == nil && inherited:
		// What an earlier pull had begun to unpack is nobody's now, and goes at once.
		_ = ls.Delete(ctx, l, leases.SynchronousDelete)
	case err == nil:
		// An error in deleting is of no use to anybody: a lease ends by itself.
		_ = ls.Delete(ctx, l)
	case keep:
	default:
		p.abort(leases.WithLease(ctx, l.ID), 0)
		_ = ls.Delete(ctx, l, leases.SynchronousDelete)
	}
	return img, err
}

// inherit takes over what earlier pulls of the image have left that failed, or whose
// gantry has ended, and reports whether there was any. A lease of a gantry that may live
// is left alone.
func (p *pull) inherit(ctx context.Context, heir leases.Lease) (bool, error) {
	ls := p.store.client.LeasesService()
	left, err := ls.List(ctx, fmt.Sprintf("labels.%q==%q", leaseLabel, p.ref.Full))
	if err != nil {
		return false, err
	}
	found := false
	for _, l := range left {
		owner := l.Labels[ownerLabel]
		if l.ID == heir.ID || l.Labels[platformLabel] != p.platform || owner != p.store.cfg.Owner && !ended(owner) {
			continue
		}
		things, err := ls.ListResources(ctx, l)
		if errdefs.IsNotFound(err) {
			continue // it has just run out
		}
		if err != nil {
			return found, err
		}
		for _, thing := range things {
			if err := ls.AddResource(ctx, heir, thing); err != nil && !errdefs.IsAlreadyExists(err) && !errdefs.IsNotFound(err) {
				return found, err
			}
			if ref, ok := strings.CutPrefix(thing.ID, "layer-"); ok && thing.Type == "ingests" {
				p.took(ref)
			}
			found = true
		}
		if err := ls.Delete(ctx, l); err != nil && !errdefs.IsNotFound(err) {
			return found, err
		}
	}
	return found, nil
}

// resumable reports whether a later pull can go on with what this one has.
func (p *pull) resumable(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	var pe *api.PullError
	if !errors.As(p.explain(context.Background(), err), &pe) {
		return false
	}
	switch pe.Cause {
	case api.PullUnreachable, api.PullSilent, api.PullProxy, api.PullDNS, api.PullServer, api.PullRateLimit, api.PullEngine:
		return true
	}
	return false
}

// fetched reports whether any download was begun.
func (p *pull) fetched() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.opened) > 0
}

// abort throws away downloads that were broken off, but for those that another pull has
// taken over or waits for; those that are still being written are waited for.
func (p *pull) abort(ctx context.Context, wait time.Duration) {
	p.mu.Lock()
	refs := map[string]string{} // ingest → digest
	for _, d := range p.opened {
		refs[remotes.MakeRefKey(ctx, d)] = d.Digest.String()
	}
	for _, d := range p.inherited {
		refs["layer-"+d] = d
	}
	p.mu.Unlock()
	for ref, d := range refs {
		key := "blob://" + d
		if !p.store.locks.TryLock(key) && !p.lockSoon(ctx, key, wait) {
			continue
		}
		// Not found is what is hoped for: the download had been completed.
		_ = p.store.client.ContentStore().Abort(ctx, ref)
		p.store.locks.Unlock(key)
	}
}

func (p *pull) lockSoon(ctx context.Context, key string, wait time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return p.store.locks.Lock(ctx, key) == nil
}

// took remembers the download of a layer that an earlier pull has begun.
func (p *pull) took(digest string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inherited = append(p.inherited, digest)
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
