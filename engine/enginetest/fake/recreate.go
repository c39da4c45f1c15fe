package fake

import (
	"context"
	"slices"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/engine/path"
)

// bringing is how many of the steps of a create come before the old container is touched.
const bringing = 5

// Recreate implements backend.Runner.
func (e *Engine) Recreate(ctx context.Context, id string, req api.CreateRequest, opt api.RecreateOptions, o api.Observer) (api.Recreated, error) {
	if err := e.record("Recreate", id+" "+req.Name); err != nil {
		return api.Recreated{}, err
	}
	old, err := e.Peek(id)
	if err != nil {
		return api.Recreated{}, err
	}
	create, start := CreateSteps(), StartSteps()
	steps := slices.Concat([]string{"old"}, create[:bringing], []string{"stop old", "rename old"}, create[bringing:])
	if !opt.NoStart {
		steps = slices.Concat(steps, start, []string{"check"})
	}
	r := e.run("recreate", append(steps, "remove old"), o)
	if req.Name == "" {
		req.Name = old.Name
	}
	made, err := e.replace(ctx, r, old, req, opt, o)
	e.finish(r.Trace().Container, r, err)
	return made, err
}

// replace runs the steps; the old container comes back when one fails.
func (e *Engine) replace(ctx context.Context, r *path.Run, old api.Container, req api.CreateRequest, opt api.RecreateOptions, o api.Observer) (out api.Recreated, err error) {
	m := &creation{e: e, r: r, req: req, o: o, c: e.draft(req)}
	steps := m.steps(ctx)
	seq := slices.Concat(
		[]named{{"old", func(s *path.Scope) error {
			r.Subject(old.ID, old.Name)
			s.Detail("%s, %s", old.Name, old.State)
			return nil
		}}},
		steps[:bringing],
		[]named{{"stop old", func(s *path.Scope) error { return e.stopOld(s, old) }}, {"rename old", func(s *path.Scope) error { return e.renameOld(s, old, req) }}},
		steps[bringing:],
	)
	if err = e.all(ctx, r, seq); err == nil {
		r.Undo("remove the new one", func(context.Context) error { e.Drop(m.c.ID); return nil })
		out.Created = m.made()
		if !opt.NoStart {
			err = e.all(ctx, r, e.startSteps(r, m.c.ID))
		}
	}
	if err == nil && !opt.NoStart {
		err = e.step(ctx, r, "check", func(s *path.Scope) error { return e.holdsOut(s, m.c.ID) })
	}
	if err != nil {
		err = rolledBack(ctx, r, err)
		r.Subject(old.ID, old.Name)
		return api.Recreated{}, err
	}
	r.Commit()
	return out, e.step(ctx, r, "remove old", func(s *path.Scope) error {
		if !opt.Keep {
			e.Drop(old.ID)
			return nil
		}
		c, err := e.Peek(old.ID)
		out.OldName = c.Name
		s.Skip("kept as %s", c.Name)
		return err
	})
}

func (e *Engine) stopOld(s *path.Scope, old api.Container) error {
	if !old.State.Alive() {
		s.Skip("does not run")
		return nil
	}
	s.Undo("started again", func(context.Context) error {
		e.Change(old.ID, func(c *api.Container) { *c = old.Clone() })
		return nil
	})
	e.Exit(old.ID, 0)
	return nil
}

func (e *Engine) renameOld(s *path.Scope, old api.Container, req api.CreateRequest) error {
	if req.Name != old.Name {
		s.Skip("keeps its name")
		return nil
	}
	s.Undo("called "+old.Name+" again", func(context.Context) error {
		e.Change(old.ID, func(c *api.Container) { c.Name = old.Name })
		return nil
	})
	s.Detail("%s-old", old.Name)
	e.Change(old.ID, func(c *api.Container) { c.Name = old.Name + "-old" })
	return nil
}

// holdsOut says whether the new container still runs.
func (e *Engine) holdsOut(s *path.Scope, id string) error {
	c, err := e.Peek(id)
	if err == nil && !c.State.Alive() && c.ExitCode != 0 {
		err = &api.StartError{Name: c.DisplayName(), Command: "the command", Cause: api.CauseEnded, Code: c.ExitCode}
	}
	s.Detail("runs")
	return err
}

// Remembered implements backend.Finder: the fake remembers what it created, and nothing of
// what was put there otherwise.
func (e *Engine) Remembered(ctx context.Context, id string) (api.Remembered, error) {
	req, err := e.Request(ctx, id)
	if err != nil || req.Config != nil {
		return api.Remembered{Request: req, Exact: err == nil}, err
	}
	c, err := e.Peek(id)
	return api.Remembered{Request: requestOf(c), Unread: []string{"only its name, image and command are known"}}, err
}

// requestOf is what a container shows of how it was created.
func requestOf(c api.Container) api.CreateRequest {
	return api.CreateRequest{
		Name:       c.Name,
		Config:     &container.Config{Image: familiar(c.Image), Cmd: c.Command, Tty: c.Tty, OpenStdin: c.OpenStdin},
		HostConfig: &container.HostConfig{},
	}
}
