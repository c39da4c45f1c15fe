package engine

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/containerd/errdefs"
)

// sweepRest is how long a screen that has its first list is left alone with drawing it.
const sweepRest = 300 * time.Millisecond

// sweepSoon sweeps when there is time for it.
func (e *Engine) sweepSoon(ctx context.Context, l *link) {
	t := time.NewTimer(sweepRest)
	defer t.Stop()
	select {
	case <-t.C:
		e.sweep(ctx, l)
	case <-ctx.Done():
	}
}

// sweep puts right what a killed gantry left, or one that containerd was lost under: leases,
// state dirs, names and snapshots without a container. It frees only what belongs to an ID in this engine's records.
func (e *Engine) sweep(ctx context.Context, l *link) {
	err := e.sweepRecords(ctx, l)
	if err == nil && ctx.Err() == nil {
		err = l.records.Swept()
	}
	if err != nil && ctx.Err() == nil {
		e.log.Warn("sweep", "err", err)
	}
}

// sweepAfter leaves what an operation could not do, because containerd went away, to a sweep when
// it is there again.
func (e *Engine) sweepAfter(lost *link) {
	e.done.Go(func() {
		if l := e.after(e.life, lost); l != nil {
			e.sweep(e.in(e.life), l)
		}
	})
}

func (e *Engine) sweepRecords(ctx context.Context, l *link) error {
	ask := func(id string) bool {
		_, err := l.client.ContainerService().Get(ctx, id)
		return !errdefs.IsNotFound(err) // when in doubt it exists
	}
	// What the live list has is not asked for, one by one: a thousand containers would be a
	// thousand calls at every start. One that went since is left to the next sweep.
	known := e.hub.ids()
	exists := func(id string) bool { return known[id] || ask(id) }
	left, err := l.records.Leftovers(exists)
	if err != nil {
		return err
	}
	errs := []error{l.records.SweepClaims(ctx, func(ctx context.Context, id string) error { return e.sweepLease(ctx, l, id) })}
	for _, id := range left.IDs {
		errs = append(errs, e.sweepOne(ctx, l, id, ask))
	}
	for _, dir := range left.Dirs {
		errs = append(errs, os.RemoveAll(dir))
	}
	for name, id := range left.Names {
		if !slices.Contains(left.IDs, id) {
			errs = append(errs, l.records.ReleaseName(name, id))
		}
	}
	errs = append(errs, l.volumes.Settle())
	errs = append(errs, e.sweepNetworks(ctx, l, exists))
	errs = append(errs, e.sweepRecreations(ctx, l))
	return errors.Join(errs...)
}

// sweepOne removes the snapshot of an ID without a container, then its records and its name
// with them: they tell of the rest until it is gone.
func (e *Engine) sweepOne(ctx context.Context, l *link, id string, exists func(string) bool) error {
	unlock, err := l.records.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	if l.records.State(id).Doomed() {
		err = e.sweepDoomed(ctx, l, id)
	}
	if err != nil || exists(id) {
		return err
	}
	e.log.Info("sweep", "id", id)
	if err := ignoreNotFound(l.client.SnapshotService(l.caps.Snapshotter).Remove(ctx, id)); err != nil {
		return err
	}
	if err := sweepVolumes(ctx, l, id); err != nil {
		return err
	}
	unmountShm(l.records.Dir(id))
	return l.records.Remove(id)
}
