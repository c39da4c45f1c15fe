package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/containerd/errdefs"

	"gantry/engine/api"
	"gantry/engine/network/native"
	"gantry/engine/network/plugin"
	"gantry/engine/path"
	"gantry/engine/record"
	"gantry/engine/stdio"
	"gantry/engine/task"
)

// Remove removes a container and everything that is its own: task, record, snapshot, name,
// state dir. A running one is refused unless opt.Force is set. What an interrupted remove
// leaves, the next one or the sweep at connect takes away.
func (e *Engine) Remove(ctx context.Context, id string, opt api.RemoveOptions, o api.Observer) error {
	run := e.newRun("remove", []string{"state", "task", "record", "rootfs", "volumes", "files"}, o)
	err := e.remove(ctx, run, id, opt)
	e.account(run.End(err), "", err)
	return err
}

func (e *Engine) remove(ctx context.Context, run *path.Run, id string, opt api.RemoveOptions) error {
	l, err := e.need(ctx)
	if err != nil {
		return err
	}
	ctx = e.in(ctx)
	unlock, err := l.records.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	var c api.Container
	err = run.Do(ctx, "state", func(ctx context.Context, sc *path.Scope) error {
		c, err = e.removable(ctx, l, id, opt.Force)
		run.Subject(c.ID, c.Name)
		sc.Detail("%s", c.State)
		return err
	})
	if err != nil {
		return err
	}
	rec, err := l.recordOf(ctx, id)
	if err != nil {
		return err
	}
	// From here on it is finished whatever happens to the caller: half a container is no use.
	if !l.use.TryAcquire(1) {
		return context.Canceled // the engine is being closed
	}
	defer l.use.Release(1)
	ctx = context.WithoutCancel(ctx)
	if err := l.records.State(id).SetMadeVolumes(nil); err != nil {
		return fmt.Errorf("keep its volumes: %w", err)
	}
	// The records go last, and only when all else has gone: they tell the next remove, or the
	// sweep, of what is left.
	for _, step := range []struct {
		name string
		do   func(context.Context, *path.Scope) error
	}{
		{"task", func(ctx context.Context, sc *path.Scope) error {
			return errors.Join(leaveStopped(ctx, l, id, record.Read(rec.Labels)), task.Delete(ctx, l.client, id),
				stdio.LetGo(ctx, l.records.Dir(id)))
		}},
		{"record", func(ctx context.Context, sc *path.Scope) error {
			return ignoreNotFound(l.client.ContainerService().Delete(ctx, id))
		}},
		{"rootfs", func(ctx context.Context, sc *path.Scope) error {
			if rec.SnapshotKey == "" {
				sc.Skip("none")
				return nil
			}
			return ignoreNotFound(l.client.SnapshotService(rec.Snapshotter).Remove(ctx, rec.SnapshotKey))
		}},
		{"volumes", func(ctx context.Context, sc *path.Scope) error {
			return e.removeVolumes(ctx, sc, l, id, record.Read(rec.Labels), opt.Volumes)
		}},
		{"files", func(ctx context.Context, sc *path.Scope) error {
			if err := native.ReleaseDead(ctx, l.records.Dir(id), plugin.Runner{}); err != nil {
				return err
			}
			unmountShm(l.records.Dir(id))
			return l.records.Remove(id) // frees its name too
		}},
	} {
		if err := run.Do(ctx, step.name, step.do); err != nil {
			if isLost(ctx, err) {
				e.sweepAfter(l)
			}
			return l.lostUnder(ctx, err)
		}
	}
	return nil
}

// removeVolumes removes the container's anonymous volumes if that is wanted; those that another
// container has too stay.
func (e *Engine) removeVolumes(ctx context.Context, sc *path.Scope, l *link, id string, info record.Info, wanted bool) error {
	n := len(info.AnonymousVolumes)
	switch {
	case n == 0:
		sc.Skip("none")
		return nil
	case !wanted:
		sc.Skip("%d stay", n)
		return nil
	}
	var err error
	for _, name := range info.AnonymousVolumes {
		err = errors.Join(err, removeUnused(ctx, l, name, id))
	}
	sc.Detail("%d", n)
	return err
}

// removable says whether a container may be removed as asked.
func (e *Engine) removable(ctx context.Context, l *link, id string, force bool) (api.Container, error) {
	c, ok, err := e.load(ctx, l, id)
	if err == nil && !ok {
		err = &api.NotFoundError{Kind: "container", Name: id}
	}
	if err == nil {
		err = ownersOnly(api.ActRemove, c)
	}
	switch {
	case err != nil:
		return c, err
	case c.State == api.StatePaused && !force:
		return c, &api.StateError{Action: "remove", Name: c.DisplayName(), State: c.State, Fix: "unpause and stop it, or remove it by force"}
	case c.State.Alive() && !force:
		return c, &api.StateError{Action: "remove", Name: c.DisplayName(), State: c.State, Fix: "stop it, or remove it by force"}
	}
	return c, nil
}

func ignoreNotFound(err error) error {
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}

// autoRemove removes a container that was to go at its end, unless somebody still reads its
// output and so will remove it, or it may yet be brought back. Another gantry, or nerdctl, may have been quicker.
func (e *Engine) autoRemove(ctx context.Context, l *link, id string) {
	if attached(l.records.Dir(id)) || l.records.State(id).Recreating() {
		return
	}
	err := e.Remove(ctx, id, api.RemoveOptions{Force: false, Volumes: true}, api.Observer{})
	var gone *api.NotFoundError
	if err != nil && !errors.As(err, &gone) {
		e.log.Warn("remove at its end", "id", id, "err", err)
	}
}

// removeEnded removes those that were to go at their end, also when that came while nobody
// watched.
func (e *Engine) removeEnded(ctx context.Context, l *link, all []api.Container) {
	for _, c := range all {
		if c.AutoRemove && c.State == api.StateExited && c.Owner == api.OwnerGantry {
			e.done.Go(func() { e.autoRemove(ctx, l, c.ID) })
		}
	}
}
