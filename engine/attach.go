package engine

import (
	"context"
	"fmt"

	"gantry/engine/api"
)

// Attach connects to a running container's streams: what it writes from now on, and its
// terminal's input if it has one. Several may be attached at once, from several gantrys. With
// a terminal it is made to draw itself anew. The container goes on when the session ends.
func (e *Engine) Attach(ctx context.Context, id string, st *api.Streams) (api.Session, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	ctx = e.in(ctx)
	c, err := e.running(ctx, l, api.ActAttach, id)
	if err != nil {
		return nil, err
	}
	s := &starting{joined: joined{e: e, l: l}, c: c, stateDir: l.records.Dir(id), opt: api.StartOptions{Attach: st}, began: true}
	if s.box, err = l.client.LoadContainer(ctx, id); err != nil {
		return nil, fmt.Errorf("load container: %w", err)
	}
	if s.task, err = s.box.Task(ctx, nil); err != nil {
		return nil, fmt.Errorf("load task: %w", err)
	}
	if s.exit, err = s.task.Wait(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("wait for the task: %w", err)
	}
	joined, err := e.attach(ctx, s)
	return sessionOrNil(joined), err
}

// running is a container that runs, for an action that needs one.
func (e *Engine) running(ctx context.Context, l *link, action api.Act, id string) (api.Container, error) {
	c, ok, err := e.load(ctx, l, id)
	if err == nil && !ok {
		err = &api.NotFoundError{Kind: "container", Name: id}
	}
	if err == nil {
		err = ownersOnly(action, c)
	}
	switch {
	case err != nil:
		return c, err
	case c.State == api.StatePaused:
		return c, &api.StateError{Action: action.Verb(), Name: c.DisplayName(), State: c.State, Fix: "unpause it"}
	case !c.State.Alive():
		return c, &api.StateError{Action: action.Verb(), Name: c.DisplayName(), State: c.State, Fix: "start it"}
	}
	return c, nil
}
