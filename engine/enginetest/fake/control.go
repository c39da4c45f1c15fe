package fake

import (
	"context"

	"gantry/engine/api"
	"gantry/engine/path"
)

// Stop implements backend.Controller: the container ends with 0.
func (e *Engine) Stop(ctx context.Context, id string, _ api.StopOptions, o api.Observer) error {
	if err := e.asked("Stop", id, api.ActStop, id); err != nil {
		return err
	}
	r := e.run("stop", []string{"state", "signal", "exit"}, o)
	err := e.all(ctx, r, []named{
		{"state", func(*path.Scope) error { return e.running(r, "stop", id) }},
		{"signal", func(s *path.Scope) error { s.Detail("SIGTERM"); return nil }},
		{"exit", func(s *path.Scope) error { s.Detail("code 0"); e.Exit(id, 0); return nil }},
	})
	e.finish(id, r, err)
	return err
}

// Kill implements backend.Controller: the container ends with 137.
func (e *Engine) Kill(_ context.Context, id, signal string) error {
	if signal == "" {
		signal = "SIGKILL"
	}
	if err := e.asked("Kill", id+" "+signal, api.ActKill, id); err != nil {
		return err
	}
	if err := e.running(nil, "kill", id); err != nil {
		return err
	}
	e.Exit(id, 137)
	return nil
}

// Remove implements backend.Controller.
func (e *Engine) Remove(ctx context.Context, id string, opt api.RemoveOptions, o api.Observer) error {
	arg := id
	if opt.Force {
		arg += " force"
	}
	if err := e.asked("Remove", arg, api.ActRemove, id); err != nil {
		return err
	}
	r := e.run("remove", []string{"state", "task", "rootfs", "record"}, o)
	err := e.all(ctx, r, []named{
		{"state", func(*path.Scope) error {
			c, err := e.Peek(id)
			if err == nil && c.State.Alive() && !opt.Force {
				return &api.StateError{Action: "remove", Name: c.DisplayName(), State: c.State, Fix: "stop it first, or remove it by force"}
			}
			r.Subject(c.ID, c.Name)
			return err
		}},
		{"task", nil},
		{"rootfs", nil},
		{"record", func(*path.Scope) error { e.Drop(id); return nil }},
	})
	e.finish(id, r, err)
	return err
}

// Wait implements backend.Controller.
func (e *Engine) Wait(ctx context.Context, id string) (int, error) {
	if err := e.record("Wait", id); err != nil {
		return 0, err
	}
	return e.wait(ctx, id)
}

func (e *Engine) wait(ctx context.Context, id string) (int, error) {
	for {
		e.mu.Lock()
		b, err := e.find(id)
		if err != nil {
			e.mu.Unlock()
			return 0, err
		}
		c, changed := b.c, b.changed
		e.mu.Unlock()
		if !c.State.Alive() {
			return c.ExitCode, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

type named struct {
	name string
	fn   func(*path.Scope) error
}

func (e *Engine) all(ctx context.Context, r *path.Run, steps []named) error {
	for _, st := range steps {
		if err := e.step(ctx, r, st.name, st.fn); err != nil {
			return err
		}
	}
	return nil
}

// running checks that the container runs and names it in the trace.
func (e *Engine) running(r *path.Run, action, id string) error {
	c, err := e.Peek(id)
	if err != nil {
		return err
	}
	if r != nil {
		r.Subject(c.ID, c.Name)
	}
	if !c.State.Alive() {
		return &api.StateError{Action: action, Name: c.DisplayName(), State: c.State}
	}
	return nil
}
