package fake

import (
	"context"
	"strings"

	"gantry/engine/api"
)

// Pause implements backend.Controller.
func (e *Engine) Pause(_ context.Context, id string) error {
	return e.turn("Pause", id, api.StateRunning, api.StatePaused)
}

// Unpause implements backend.Controller.
func (e *Engine) Unpause(_ context.Context, id string) error {
	return e.turn("Unpause", id, api.StatePaused, api.StateRunning)
}

func (e *Engine) turn(call, id string, from, to api.State) error {
	if err := e.asked(call, id, api.ActPause, id); err != nil {
		return err
	}
	c, err := e.Peek(id)
	if err != nil {
		return err
	}
	if c.State != from {
		return &api.StateError{Action: strings.ToLower(call), Name: c.DisplayName(), State: c.State}
	}
	e.Change(id, func(c *api.Container) { c.State = to })
	return nil
}

// Restart implements backend.Controller.
func (e *Engine) Restart(ctx context.Context, id string, opt api.StopOptions, o api.Observer) error {
	if err := e.asked("Restart", id, api.ActRestart, id); err != nil {
		return err
	}
	c, err := e.Peek(id)
	if err == nil && c.State.Alive() {
		err = e.Stop(ctx, id, opt, o)
	}
	if err == nil {
		_, err = e.Start(ctx, id, api.StartOptions{}, o)
	}
	return err
}

// Rename implements backend.Controller.
func (e *Engine) Rename(_ context.Context, id, name string) error {
	if err := e.asked("Rename", id+" "+name, api.ActRename, id); err != nil {
		return err
	}
	if err := checkName(name); err != nil {
		return err
	}
	if _, err := e.Peek(id); err != nil {
		return err
	}
	err := e.nameFree(name)
	if err == nil {
		e.Change(id, func(c *api.Container) { c.Name = name })
	}
	return err
}

// Exec implements backend.Entrant: the process says its command and ends with 0 at once.
func (e *Engine) Exec(_ context.Context, id string, req api.ExecRequest, st *api.Streams) (api.Session, error) {
	if err := e.asked("Exec", id+" "+strings.Join(req.Args, " "), api.ActExec, id); err != nil {
		return nil, err
	}
	if err := e.running(nil, "run a process in", id); err != nil || st == nil {
		return nil, err
	}
	if st.Stdout != nil {
		if _, err := st.Stdout.Write([]byte(strings.Join(req.Args, " ") + "\n")); err != nil {
			return nil, err
		}
	}
	return finished{}, nil
}

// finished is a process that has ended.
type finished struct{}

// Wait implements api.Session.
func (finished) Wait() (int, error) { return 0, nil }

// Close implements api.Session.
func (finished) Close() error { return nil }

// Attach implements backend.Entrant.
func (e *Engine) Attach(_ context.Context, id string, _ *api.Streams) (api.Session, error) {
	if err := e.asked("Attach", id, api.ActAttach, id); err != nil {
		return nil, err
	}
	if err := e.running(nil, "attach to", id); err != nil {
		return nil, err
	}
	return &session{e, id}, nil
}

// Shell implements backend.Entrant: every container has one.
func (e *Engine) Shell(_ context.Context, id string) (string, error) {
	return "/bin/sh", e.asked("Shell", id, api.ActExec, id)
}
