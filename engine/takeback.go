package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/containerd/containerd/v2/core/leases"
	"github.com/containerd/errdefs"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/engine/record"
	"gantry/engine/task"
)

// undoPatience is how long an undo waits for a containerd that went away: a keeper has it
// back within this time, if anybody does.
const undoPatience = 3 * time.Second

// errLater says that what a failed create has made is removed when containerd is back.
var errLater = errors.New("left for when containerd is back")

// takeBack undoes what a failed create has done. What containerd was not there for is done
// when it is back, by this gantry or by the next one.
func (c *creation) takeBack(ctx context.Context) {
	if err := c.run.Rollback(ctx); err != nil {
		c.e.log.Error("undo of a create", "id", c.id, "err", err)
	}
	if !c.stuck {
		return
	}
	// The sweep at the next connection may have come already, and found this create at work.
	c.unlock()
	c.unlock = func() {}
	lost := c.l
	c.e.done.Go(func() {
		if l := c.e.after(c.e.life, lost); l != nil {
			c.e.sweep(c.e.in(c.e.life), l)
		}
	})
}

// joined is an operation's link, which an undo may have to change for the next one.
type joined struct {
	e     *Engine
	l     *link
	stuck bool // an undo has failed: the rest is for later
}

// undo makes of fn an undo that outlives the loss of containerd: it is tried once more on
// the next link.
func (j *joined) undo(fn func(context.Context, *link) error) func(context.Context) error {
	return func(ctx context.Context) error {
		err := fn(ctx, j.l)
		if isLost(ctx, err) && !j.stuck {
			wait, cancel := context.WithTimeout(ctx, undoPatience)
			defer cancel()
			if next := j.e.after(wait, j.l); next != nil {
				j.l = next
				err = fn(ctx, next)
			}
		}
		j.stuck = j.stuck || err != nil
		return err
	}
}

// removeRecords is the last undo of a container's own: while something of it is left in
// containerd the records stay, and say that it is to go.
func (c *creation) removeRecords(context.Context) error {
	if !c.stuck {
		return c.l.records.Remove(c.id)
	}
	return errors.Join(errLater, c.l.records.State(c.id).Doom())
}

// isLost tells the loss of containerd from what it answers. The client of a link that was
// given up says "canceled".
func isLost(ctx context.Context, err error) bool {
	return errdefs.IsUnavailable(err) || ctx.Err() == nil && errdefs.IsCanceled(err)
}

// lostUnder gives the error of an operation that containerd went away under its type.
func (l *link) lostUnder(ctx context.Context, err error) error {
	var u *api.UnavailableError
	var pull *api.PullError
	if !isLost(ctx, err) || errors.As(err, &u) || errors.As(err, &pull) {
		return err
	}
	return &api.UnavailableError{Address: l.end.Address, Cause: api.UnavailableAny, Err: err}
}

// holding is the claim of an operation, by which a sweep knows what those have left that were
// killed, and the lease under its name where one was needed.
type holding struct {
	j      *joined
	claim  *record.Claim
	leased bool
	ended  bool
	drop   func(context.Context) error
}

// hold makes the claim of an operation; release gives it back when all went well.
func (j *joined) hold(run *path.Run) (*holding, error) {
	claim, err := j.l.records.Claim()
	if err != nil {
		return nil, err
	}
	h := &holding{j: j, claim: claim}
	h.drop = j.undo(func(ctx context.Context, l *link) error { return dropLease(ctx, l, claim.ID) })
	run.Undo("drop the lease", h.end)
	return h, nil
}

// lease opens the lease, with labels that say what it is for.
func (h *holding) lease(ctx context.Context, labels map[string]string) (context.Context, error) {
	h.leased = true
	lease, err := h.j.l.client.LeasesService().Create(ctx, leases.WithID(h.claim.ID), leases.WithExpiration(leaseTime), leases.WithLabels(labels))
	if err != nil {
		return ctx, fmt.Errorf("create lease: %w", err)
	}
	return leases.WithLease(ctx, lease.ID), nil
}

func (h *holding) end(ctx context.Context) error {
	if h.ended {
		return nil
	}
	h.ended = true
	var err error
	if h.leased {
		err = h.drop(ctx)
	}
	return errors.Join(err, h.claim.Release(err == nil))
}

func (h *holding) release(ctx context.Context) {
	// What it was for is made: that its lease lasts a little longer is no reason to fail.
	if err := h.end(context.WithoutCancel(ctx)); err != nil {
		h.j.e.log.Warn("delete lease", "id", h.claim.ID, "err", err)
	}
}

// lease opens the lease of an operation, and is hold and lease in one.
func (j *joined) lease(ctx context.Context, run *path.Run, labels map[string]string) (context.Context, func(context.Context), error) {
	h, err := j.hold(run)
	if err == nil {
		ctx, err = h.lease(ctx, labels)
	}
	if err != nil {
		return ctx, nil, err
	}
	return ctx, h.release, nil
}

func dropLease(ctx context.Context, l *link, id string) error {
	if err := ignoreNotFound(l.client.LeasesService().Delete(ctx, leases.Lease{ID: id})); err != nil {
		return fmt.Errorf("delete lease: %w", err)
	}
	return nil
}

// sweepLease drops the lease of an operation whose gantry is gone, and has a container go on
// that it had paused.
func (e *Engine) sweepLease(ctx context.Context, l *link, id string) error {
	found, err := l.client.LeasesService().List(ctx, "id=="+id)
	if err != nil {
		return fmt.Errorf("look for a lease: %w", err)
	}
	for _, lease := range found {
		if box := lease.Labels[labelPaused]; box != "" {
			if err := resume(ctx, l, box); err != nil {
				return err
			}
		}
	}
	return dropLease(ctx, l, id)
}

// sweepDoomed takes back a container whose create failed while containerd was not there.
// One that somebody has started meanwhile is spared.
func (e *Engine) sweepDoomed(ctx context.Context, l *link, id string) error {
	c, ok, err := e.load(ctx, l, id)
	if err != nil {
		return err
	}
	if ok && c.State.Alive() {
		return l.records.State(id).Spare()
	}
	err = task.Delete(ctx, l.client, id)
	return errors.Join(err, ignoreNotFound(l.client.ContainerService().Delete(ctx, id)))
}
