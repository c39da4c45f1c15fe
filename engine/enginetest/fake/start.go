package fake

import (
	"context"
	"errors"

	"gantry/engine/api"
	"gantry/engine/path"
)

// start runs the start steps. When one fails the container stays, with the error.
func (e *Engine) start(ctx context.Context, r *path.Run, id string) error {
	err := e.all(ctx, r, e.startSteps(r, id))
	if err == nil {
		return nil
	}
	err = rolledBack(ctx, r, err)
	var state *api.StateError
	if !errors.As(err, &state) {
		e.Change(id, func(c *api.Container) { c.Error = err.Error() })
	}
	return err
}

func (e *Engine) startSteps(r *path.Run, id string) []named {
	return []named{
		{"state", func(*path.Scope) error { return e.startable(r, id) }},
		{"mounts", nil},
		{"network", func(s *path.Scope) error { s.Skip("none"); return nil }},
		{"security", func(s *path.Scope) error { s.Detail("seccomp"); return nil }},
		{"task", func(s *path.Scope) error { s.Detail("shim, runc create"); e.undone(s, "task deleted"); return nil }},
		{"wait", nil},
		{"run", func(s *path.Scope) error { return e.nowRuns(s, id) }},
		{"restart", func(s *path.Scope) error {
			if c, err := e.Peek(id); err == nil && c.RestartPolicy != "" {
				s.Detail("%s", c.RestartPolicy)
			}
			return nil
		}},
	}
}

// startable checks the state and clears the last start's error.
func (e *Engine) startable(r *path.Run, id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	b, err := e.find(id)
	if err != nil {
		return err
	}
	r.Subject(b.c.ID, b.c.Name)
	if b.c.State.Alive() {
		return &api.StateError{Action: "start", Name: b.c.DisplayName(), State: b.c.State}
	}
	b.c.Error = ""
	return nil
}

// nowRuns makes the container run, and end at once if the script says so.
func (e *Engine) nowRuns(s *path.Scope, id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	b, err := e.find(id)
	if err != nil {
		return err
	}
	pid := uint32(41000 + e.serial)
	s.Detail("pid %d", pid)
	e.change(b.c.ID, func(c *api.Container) {
		c.State, c.Pid, c.StartedAt = api.StateRunning, pid, e.clock.Now()
		if x, ok := e.exits[familiar(c.Image)]; ok {
			ended(c, x.code, c.StartedAt.Add(x.after))
		}
	})
	return nil
}

// Peek is a container as it is, without a call being recorded.
func (e *Engine) Peek(nameOrID string) (api.Container, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	b, err := e.find(nameOrID)
	if err != nil {
		return api.Container{}, err
	}
	return b.c.Clone(), nil
}

// session is an attached container of the fake: its output is its log.
type session struct {
	e  *Engine
	id string
}

// Wait implements api.Session.
func (s *session) Wait() (int, error) { return s.e.wait(context.Background(), s.id) }

// Close implements api.Session.
func (s *session) Close() error { return nil }
