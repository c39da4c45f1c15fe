package engine

import (
	"context"
	"fmt"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/errdefs"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/engine/record"
)

// Pause freezes a running container's processes where they are.
func (e *Engine) Pause(ctx context.Context, id string) error {
	return e.freeze(ctx, api.ActPause, id, client.Task.Pause)
}

// Unpause has a paused container go on.
func (e *Engine) Unpause(ctx context.Context, id string) error {
	return e.freeze(ctx, api.ActUnpause, id, client.Task.Resume)
}

func (e *Engine) freeze(ctx context.Context, action api.Act, id string, do func(client.Task, context.Context) error) error {
	l, err := e.need(ctx)
	if err != nil {
		return err
	}
	ctx = e.in(ctx)
	c, ok, err := e.load(ctx, l, id)
	switch {
	case err != nil:
		return err
	case !ok:
		return &api.NotFoundError{Kind: "container", Name: id}
	}
	if err := ownersOnly(action, c); err != nil {
		return err
	}
	if paused := c.State == api.StatePaused; paused == (action == api.ActPause) || !c.State.Alive() {
		return &api.StateError{Action: action.Verb(), Name: c.DisplayName(), State: c.State}
	}
	box, err := l.client.LoadContainer(ctx, id)
	if err != nil {
		return fmt.Errorf("load container: %w", err)
	}
	t, err := box.Task(ctx, nil)
	if err != nil {
		return fmt.Errorf("load task: %w", err)
	}
	defer e.begin(string(action), id)()
	if err := do(t, ctx); err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

// Restart stops a container that runs, and starts it.
func (e *Engine) Restart(ctx context.Context, id string, opt api.StopOptions, o api.Observer) error {
	c, err := e.Find(ctx, id)
	if err == nil {
		err = ownersOnly(api.ActRestart, c)
	}
	if err != nil {
		return err
	}
	if c.State.Alive() {
		if err := e.Stop(ctx, c.ID, opt, o); err != nil {
			return err
		}
	}
	_, err = e.Start(ctx, c.ID, api.StartOptions{}, o)
	return err
}

// Rename gives a container another name. Other containers find it by that from its next
// start on.
func (e *Engine) Rename(ctx context.Context, id, name string) error {
	run := e.newRun("rename", []string{"state", "name"}, api.Observer{})
	err := e.rename(ctx, run, id, name)
	e.account(run.End(err), "", err)
	return err
}

func (e *Engine) rename(ctx context.Context, run *path.Run, id, name string) error {
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
	err = run.Do(ctx, "state", func(ctx context.Context, sc *path.Scope) (err error) {
		var ok bool
		if c, ok, err = e.load(ctx, l, id); err == nil && !ok {
			err = &api.NotFoundError{Kind: "container", Name: id}
		}
		run.Subject(id, c.Name)
		if err == nil {
			err = ownersOnly(api.ActRename, c)
		}
		if err == nil && name == c.Name {
			err = api.FieldErrors{{Field: "name", Value: name, Reason: "is its name already"}}
		}
		return err
	})
	if err != nil {
		return err
	}
	return run.Do(ctx, "name", func(ctx context.Context, sc *path.Scope) error {
		exists := func(id string) bool {
			_, err := l.client.ContainerService().Get(ctx, id)
			return !errdefs.IsNotFound(err)
		}
		if err := l.records.AcquireName(name, id, exists); err != nil {
			return err
		}
		if err := relabel(ctx, l, id, map[string]string{record.LabelName: name}); err != nil {
			if rerr := l.records.ReleaseName(name, id); rerr != nil {
				e.log.Warn("release a name", "id", id, "err", rerr)
			}
			return fmt.Errorf("write the name down: %w", err)
		}
		if c.Name == "" {
			return nil
		}
		return l.records.ReleaseName(c.Name, id)
	})
}
