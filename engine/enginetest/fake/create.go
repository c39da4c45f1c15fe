package fake

import (
	"context"
	"errors"
	"slices"
	"strings"

	"gantry/engine/api"
	"gantry/engine/path"
)

// Create implements backend.Runner.
func (e *Engine) Create(ctx context.Context, req api.CreateRequest, o api.Observer) (api.Created, error) {
	if err := e.record("Create", req.Name); err != nil {
		return api.Created{}, err
	}
	r := e.run("create", CreateSteps(), o)
	made, err := e.create(ctx, r, req, o)
	e.finish(made.ID, r, err)
	return made, err
}

// Start implements backend.Runner.
func (e *Engine) Start(ctx context.Context, id string, opt api.StartOptions, o api.Observer) (api.Session, error) {
	if err := e.asked("Start", id, api.ActStart, id); err != nil {
		return nil, err
	}
	r := e.run("start", StartSteps(), o)
	err := e.start(ctx, r, id)
	e.finish(id, r, err)
	if err != nil || opt.Attach == nil {
		return nil, err
	}
	return &session{e, id}, nil
}

// Run implements backend.Runner.
func (e *Engine) Run(ctx context.Context, req api.CreateRequest, opt api.StartOptions, o api.Observer) (api.Created, api.Session, error) {
	if err := e.record("Run", req.Name); err != nil {
		return api.Created{}, nil, err
	}
	r := e.run("run", append(CreateSteps(), StartSteps()...), o)
	made, err := e.create(ctx, r, req, o)
	if err == nil {
		err = e.start(ctx, r, made.ID)
	}
	e.finish(made.ID, r, err)
	if err != nil || opt.Attach == nil {
		return made, nil, err
	}
	return made, &session{e, made.ID}, nil
}

// finish closes a trace, which the container remembers if it exists.
func (e *Engine) finish(id string, r *path.Run, err error) {
	t := r.End(err)
	e.mu.Lock()
	defer e.mu.Unlock()
	if b := e.boxes[id]; b != nil {
		b.remember(t)
	}
	a := e.metrics.Actions[t.Operation]
	a.Count++
	if err != nil {
		a.Failures++
	}
	e.metrics.Actions[t.Operation] = a
}

// creation is one create under way.
type creation struct {
	e    *Engine
	r    *path.Run
	req  api.CreateRequest
	o    api.Observer
	c    api.Container
	here bool // the image is on the host
}

// create runs the create steps; what a failure leaves is taken back.
func (e *Engine) create(ctx context.Context, r *path.Run, req api.CreateRequest, o api.Observer) (api.Created, error) {
	m := &creation{e: e, r: r, req: req, o: o, c: e.draft(req)}
	if err := e.all(ctx, r, m.steps(ctx)); err != nil {
		return api.Created{}, rolledBack(ctx, r, err)
	}
	r.Commit()
	return m.made(), nil
}

// made tells of the new container.
func (m *creation) made() api.Created {
	made := api.Created{ID: m.c.ID, Name: m.c.Name}
	if m.o.Registered != nil {
		m.o.Registered(made)
	}
	return made
}

func (m *creation) steps(ctx context.Context) []named {
	e := m.e
	return []named{
		{"config", nil},
		{"options", func(*path.Scope) error { return checkName(m.c.Name) }},
		{"supported", nil},
		{"image", m.image},
		{"pull", func(s *path.Scope) error { return m.pull(ctx, s) }},
		{"identity", m.identity},
		{"rootfs", func(s *path.Scope) error { s.Detail("overlayfs"); e.undone(s, "snapshot removed"); return nil }},
		{"volumes", func(s *path.Scope) error { s.Skip("none"); return nil }},
		{"spec", nil},
		{"register", m.register},
	}
}

// rolledBack takes back what was done and returns err, with what that failed at.
func rolledBack(ctx context.Context, r *path.Run, err error) error {
	if undo := r.Rollback(ctx); undo != nil {
		return errors.Join(err, undo)
	}
	return err
}

// undone registers an undo that does nothing but pass the gate "undo WHAT", if there is one.
func (e *Engine) undone(s *path.Scope, what string) {
	s.Undo(what, func(ctx context.Context) error {
		e.mu.Lock()
		gate := e.gates["undo "+what]
		e.mu.Unlock()
		if gate == nil {
			return nil
		}
		return gate.pass(ctx)
	})
}

func (m *creation) image(s *path.Scope) error {
	m.here = m.e.hasImage(m.c.Image)
	s.Detail("%s", familiar(m.c.Image))
	if m.req.Pull == api.PullNever && !m.here {
		return &api.PullError{Ref: familiar(m.c.Image), Cause: api.PullNotHere}
	}
	return nil
}

func (m *creation) pull(ctx context.Context, s *path.Scope) error {
	if m.here && m.req.Pull != api.PullAlways {
		s.Skip("already here")
		return nil
	}
	_, err := m.e.pull(ctx, m.c.Image, m.o)
	return err
}

func (m *creation) identity(s *path.Scope) error {
	s.Detail("%s", m.c.Name)
	m.r.Subject(m.c.ID, m.c.Name)
	if err := m.e.nameFree(m.c.Name); err != nil {
		return err
	}
	m.e.undone(s, "name given back")
	return nil
}

func (m *creation) register(*path.Scope) error {
	m.e.mu.Lock()
	defer m.e.mu.Unlock()
	m.c.CreatedAt = m.e.clock.Now()
	if im := m.e.images[familiar(m.c.Image)]; im != nil {
		entry, cmd := im.cfg.Entrypoint, im.cfg.Cmd
		if cfg := m.req.Config; cfg != nil && len(cfg.Entrypoint) > 0 {
			entry, cmd = cfg.Entrypoint, nil
		}
		if len(m.c.Command) > 0 {
			cmd = m.c.Command
		}
		m.c.Command = slices.Concat(entry, cmd)
	}
	m.e.boxes[m.c.ID] = &box{c: m.c, req: m.req, changed: make(chan struct{})}
	m.e.publish(m.c.ID)
	return nil
}

// draft is the container that a request would become.
func (e *Engine) draft(req api.CreateRequest) api.Container {
	e.mu.Lock()
	defer e.mu.Unlock()
	c := api.Container{ID: e.newID(), Name: req.Name, Namespace: "default", State: api.StateCreated, Owner: api.OwnerGantry, Platform: "linux/amd64", RestartPolicy: "no"}
	if req.Config != nil {
		c.Image, c.Command, c.Labels = full(req.Config.Image), req.Config.Cmd, req.Config.Labels
		c.Tty, c.OpenStdin = req.Config.Tty, req.Config.OpenStdin
	}
	if req.HostConfig != nil {
		c.AutoRemove, c.MemoryLimit = req.HostConfig.AutoRemove, req.HostConfig.Memory
		if p := string(req.HostConfig.RestartPolicy.Name); p != "" {
			c.RestartPolicy = p
		}
	}
	if c.Name == "" {
		base := familiar(c.Image)
		if i := strings.LastIndexByte(base, '/'); i >= 0 {
			base = base[i+1:]
		}
		base, _, _ = strings.Cut(base, ":")
		c.Name = base + "-" + c.ID[:5]
	}
	return c
}

func (e *Engine) hasImage(ref string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.images[familiar(ref)] != nil
}

func (e *Engine) nameFree(name string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, b := range e.boxes {
		if b.c.Name == name {
			return &api.NameInUseError{Name: name, ID: id, State: b.c.State}
		}
	}
	return nil
}

// checkName refuses what Docker refuses in a name.
func checkName(name string) error {
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if letter || i > 0 && strings.ContainsRune("_.-", r) {
			continue
		}
		return api.FieldErrors{{Field: "name", Value: name, Reason: "only letters, digits and _ . - are allowed"}}
	}
	return nil
}
