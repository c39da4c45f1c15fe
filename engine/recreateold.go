package engine

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/containerd/errdefs"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/engine/record"
	"gantry/engine/task"
)

// bringing is how many of the steps of a create come before the old container is touched:
// those that check and fetch.
const bringing = 5

// away is a free name for the old container.
func (r *recreation) away() (string, error) {
	base := r.old.Name
	if base == "" {
		base = api.ShortID(r.old.ID)
	}
	for n := 1; ; n++ {
		name := base + "-old"
		if n > 1 {
			name += strconv.Itoa(n)
		}
		if !record.ValidName(name) {
			return "", api.FieldErrors{{Field: "name", Value: base, Reason: "leaves no room for a name of the old container", Fix: "give the new one another name"}}
		}
		if r.l.records.NameOwner(name) == "" {
			return name, nil
		}
	}
}

// makeWay stops the old container and gives it another name.
func (r *recreation) makeWay(ctx context.Context) error {
	r.touched = r.note.Running || r.note.Away != ""
	if err := r.run.Do(ctx, "stop old", r.stopOld); err != nil {
		return err
	}
	return r.run.Do(ctx, "rename old", func(ctx context.Context, sc *path.Scope) error {
		if r.note.Away == "" {
			sc.Skip("keeps its name")
			return nil
		}
		sc.Undo("called "+r.note.Name+" again", r.undo(func(ctx context.Context, l *link) error {
			return renameTo(ctx, l, r.old.ID, r.note.Away, r.note.Name)
		}))
		sc.Detail("%s", r.note.Away)
		return renameTo(ctx, r.l, r.old.ID, r.note.Name, r.note.Away)
	})
}

func (r *recreation) stopOld(ctx context.Context, sc *path.Scope) error {
	if !r.note.Running {
		sc.Skip("does not run")
		return nil
	}
	r.note.Stopping = true
	if err := r.note.Save(); err != nil {
		return err
	}
	sc.Undo("started again", r.undo(func(ctx context.Context, _ *link) error { return r.e.runAgain(ctx, r.old.ID) }))
	if err := r.e.stopQuietly(ctx, r.old.ID); err != nil {
		return err
	}
	sc.Detail("%s", r.old.DisplayName())
	// With its task its logger ends, and gives back its ports and addresses.
	return task.Delete(ctx, r.l.client, r.old.ID)
}

// stopQuietly is a stop that is a step of something else.
func (e *Engine) stopQuietly(ctx context.Context, id string) error {
	run := e.newRun("stop", nil, api.Observer{})
	err := e.stop(ctx, run, id, api.StopOptions{})
	run.End(err)
	return err
}

// runAgain starts a container that is stopped, or on its way to be.
func (e *Engine) runAgain(ctx context.Context, id string) error {
	if err := e.stopQuietly(ctx, id); err != nil {
		return err
	}
	run := e.newRun("start", nil, api.Observer{})
	_, err := e.start(ctx, run, id, api.StartOptions{})
	run.End(err)
	return err
}

// renameTo changes a container's name; done twice it does no harm.
func renameTo(ctx context.Context, l *link, id, from, to string) error {
	exists := func(id string) bool {
		_, err := l.client.ContainerService().Get(ctx, id)
		return !errdefs.IsNotFound(err)
	}
	if to != "" {
		if err := l.records.AcquireName(to, id, exists); err != nil {
			return err
		}
	}
	if err := relabel(ctx, l, id, map[string]string{record.LabelName: to}); err != nil {
		return fmt.Errorf("write the name down: %w", err)
	}
	if from == "" {
		return nil
	}
	return l.records.ReleaseName(from, id)
}

// back brings the old container back, and says whether it is. What cannot be done now, because
// containerd went away, is done by a sweep when it is there again.
func (r *recreation) back(ctx context.Context) bool {
	err := r.run.Rollback(ctx)
	if r.made != nil {
		r.made.unlock()
	}
	r.run.Subject(r.old.ID, r.old.Name)
	if err == nil {
		err = r.note.End()
		if err != nil {
			r.e.log.Error("forget a recreate", "id", r.old.ID, "err", err)
		}
		return true
	}
	r.e.log.Error("undo of a recreate", "id", r.old.ID, "err", err)
	if again := r.e.putRight(context.WithoutCancel(ctx), r.l, r.note); again == nil {
		if err := r.note.End(); err != nil {
			r.e.log.Error("forget a recreate", "id", r.old.ID, "err", err)
		}
		return true
	}
	if err := r.note.Leave(); err != nil {
		r.e.log.Error("leave a recreate", "id", r.old.ID, "err", err)
	}
	r.e.sweepAfter(r.l)
	return false
}

// giveUpOld removes the old container, unless it is to stay. That it cannot be removed does
// not fail a recreate whose container runs: a sweep removes it.
func (r *recreation) giveUpOld(ctx context.Context, out *api.Recreated) {
	err := r.run.Do(ctx, "remove old", func(ctx context.Context, sc *path.Scope) error {
		if r.opt.Keep {
			sc.Skip("kept as %s", r.oldName())
			return nil
		}
		sc.Detail("%s", r.old.DisplayName())
		return r.e.discard(ctx, r.old)
	})
	if r.opt.Keep {
		out.OldName = r.oldName()
		err = r.note.End()
	}
	_, unavailable := errors.AsType[*api.UnavailableError](err)
	lost := unavailable || isLost(ctx, err)
	if err != nil {
		out.OldName = r.oldName()
		out.Warnings = append(out.Warnings, "the old container could not be removed: "+err.Error())
	}
	if !r.opt.Keep {
		err = r.note.Leave()
	}
	if lost {
		r.e.sweepAfter(r.l)
	}
	if err != nil {
		r.e.log.Error("forget a recreate", "id", r.old.ID, "err", err)
	}
}

func (r *recreation) oldName() string {
	if r.note.Away != "" {
		return r.note.Away
	}
	return r.old.DisplayName()
}

// discard removes the old container of a recreate. Its anonymous volumes stay if they would
// stay at any other end of it.
func (e *Engine) discard(ctx context.Context, old api.Container) error {
	run := e.newRun("remove", nil, api.Observer{})
	err := e.remove(ctx, run, old.ID, api.RemoveOptions{Volumes: old.AutoRemove})
	run.End(err)
	return err
}
