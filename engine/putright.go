package engine

import (
	"context"
	"time"

	"gantry/engine/api"
	"gantry/engine/record"
)

// putRightTime bounds putting one recreate right.
const putRightTime = 2 * time.Minute

// sweepRecreations ends the recreates of gantrys that were killed.
func (e *Engine) sweepRecreations(ctx context.Context, l *link) error {
	return l.records.Recreations(ctx, func(ctx context.Context, n *record.Recreation) error {
		// Half of it is no use: a gantry that ends now finishes it first.
		if !l.use.TryAcquire(1) {
			return context.Canceled
		}
		defer l.use.Release(1)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), putRightTime)
		defer cancel()
		e.log.Info("put a recreate right", "id", n.ID, "new", n.New, "done", n.Done)
		return e.putRight(ctx, l, n)
	})
}

// putRight goes forward where the new container had the old one's place, else back.
func (e *Engine) putRight(ctx context.Context, l *link, n *record.Recreation) error {
	old, ok, err := e.load(ctx, l, n.ID)
	if err != nil || !ok {
		return err
	}
	if n.Done {
		if n.Keep || old.State.Alive() { // somebody has started it: it is not ours to remove
			return nil
		}
		return e.discard(ctx, old)
	}
	fresh, ok, err := e.load(ctx, l, n.New)
	if err != nil {
		return err
	}
	if ok && fresh.Owner == api.OwnerGantry {
		run := e.newRun("remove", nil, api.Observer{})
		err := e.remove(ctx, run, n.New, api.RemoveOptions{Force: true, Volumes: true})
		if run.End(err); err != nil {
			return err
		}
	}
	if n.Away != "" && old.Name == n.Away || l.records.NameOwner(n.Away) == n.ID {
		if err := renameTo(ctx, l, n.ID, n.Away, n.Name); err != nil {
			return err
		}
	}
	if !n.Running || !n.Stopping || old.State.Alive() && old.StartedAt.After(n.Began) {
		return nil
	}
	err = e.runAgain(ctx, n.ID)
	if err != nil && !isLost(ctx, err) {
		// It is as stopped as it can be; its error stands with it.
		e.log.Error("start again after a recreate", "id", n.ID, "err", err)
		return nil
	}
	return err
}
