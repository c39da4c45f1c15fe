package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/errdefs"
	"github.com/containerd/typeurl/v2"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/engine/record"
	"gantry/engine/task"
)

// starting is one start on its way.
type starting struct {
	joined
	run *path.Run
	opt api.StartOptions

	c        api.Container
	rec      containers.Container // as it was when the start began
	info     record.Info          // of its labels
	box      client.Container
	stateDir string
	task     client.Task
	exit     <-chan client.ExitStatus
	session  *session
	began    bool // the process was started
}

// Start starts a container that was created or has ended. One that runs already is left
// alone, as Docker does. When it fails no task is left; the container stays, with its error.
func (e *Engine) Start(ctx context.Context, id string, opt api.StartOptions, o api.Observer) (api.Session, error) {
	run := e.newRun("start", startSteps[:], o)
	e.hub.age()
	s, err := e.start(ctx, run, id, opt)
	t := run.End(err)
	e.account(t, "", err)
	e.remember(t)
	return sessionOrNil(s), err
}

// Run is Create and Start in one trace. A container whose start failed stays, as with
// docker run, unless it was to be removed at its end anyway.
func (e *Engine) Run(ctx context.Context, req api.CreateRequest, opt api.StartOptions, o api.Observer) (api.Created, api.Session, error) {
	run := e.newRun("run", append(append([]string(nil), createSteps[:]...), startSteps[:]...), o)
	made, err := e.create(ctx, run, req, o)
	var s *session
	if err == nil {
		s, err = e.start(ctx, run, made.ID, opt)
	}
	t := run.End(err)
	e.account(t, imageOf(req), err)
	e.remember(t)
	if err != nil && made.ID != "" && req.HostConfig.AutoRemove {
		rctx := context.WithoutCancel(ctx)
		if rerr := e.Remove(rctx, made.ID, api.RemoveOptions{Force: true, Volumes: true}, api.Observer{}); rerr != nil {
			e.log.Warn("remove after a failed start", "id", made.ID, "err", rerr)
		}
	}
	return made, sessionOrNil(s), err
}

// sessionOrNil keeps a nil *session from becoming a non-nil interface.
func sessionOrNil(s *session) api.Session {
	if s == nil {
		return nil
	}
	return s
}

func (e *Engine) start(ctx context.Context, run *path.Run, id string, opt api.StartOptions) (*session, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	ctx = e.in(ctx)
	unlock, err := l.records.Lock(ctx, id)
	if err != nil {
		return nil, err
	}
	defer unlock()
	s := &starting{joined: joined{e: e, l: l}, run: run, opt: opt}
	err = s.steps(ctx, id)
	if errors.Is(err, errAlreadyRunning) {
		return nil, nil
	}
	if err != nil {
		err = l.lostUnder(ctx, err)
		if s.session != nil {
			s.session.abandon()
		}
		if uerr := run.Rollback(ctx); uerr != nil {
			e.log.Error("undo of a start", "id", id, "err", uerr)
		}
		s.fail(ctx, err)
		return nil, err
	}
	run.Commit()
	return s.session, nil
}

// errAlreadyRunning ends the steps of a start that has nothing to do.
var errAlreadyRunning = errors.New("already running")

func (s *starting) steps(ctx context.Context, id string) error {
	if err := s.run.Do(ctx, "state", func(ctx context.Context, sc *path.Scope) error { return s.state(ctx, sc, id) }); err != nil {
		return err
	}
	if s.c.State == api.StateRunning {
		return errAlreadyRunning
	}
	for _, st := range []struct {
		name string
		do   func(context.Context, *path.Scope) error
	}{
		{"mounts", s.mounts},
		{"network", s.network},
		{"security", s.security},
		{"task", s.newTask},
		{"wait", s.wait},
		{"run", s.runTask},
		{"restart", s.restart},
	} {
		if err := s.run.Do(ctx, st.name, st.do); err != nil {
			return err
		}
	}
	return nil
}

// state says whether the container may be started, and clears away the task of its last
// run: NewTask refuses while there is one.
func (s *starting) state(ctx context.Context, sc *path.Scope, id string) error {
	box, has, err := s.load(ctx, id)
	if err != nil {
		return err
	}
	c := s.c
	s.run.Subject(c.ID, c.Name)
	if err := ownersOnly(api.ActStart, c); err != nil {
		return err
	}
	switch c.State {
	case api.StateRunning:
		sc.Skip("already running")
		return nil
	case api.StatePaused:
		return &api.StateError{Action: "start", Name: c.DisplayName(), State: c.State, Fix: "unpause it"}
	}
	sc.Detail("%s", c.State)
	if s.info.RestartStatus != "" { // the monitor must not start it at the same moment
		if err := relabel(ctx, s.l, id, map[string]string{record.LabelRestartStatus: ""}); err != nil {
			return fmt.Errorf("have it not restarted: %w", err)
		}
	}
	if has {
		if err := task.Delete(ctx, s.l.client, id); err != nil {
			return err
		}
	}
	s.box, s.stateDir = box, s.l.records.Dir(id) // from here on an error is the container's
	return nil
}

// load reads the container once for all steps: its lock is held. It reports whether there is a
// task of it.
func (s *starting) load(ctx context.Context, id string) (box client.Container, has bool, err error) {
	box, err = s.l.client.LoadContainer(ctx, id)
	if errdefs.IsNotFound(err) {
		return nil, false, &api.NotFoundError{Kind: "container", Name: id}
	}
	if err == nil {
		s.rec, err = box.Info(ctx, client.WithoutRefreshedMetadata)
	}
	if err != nil {
		return nil, false, fmt.Errorf("load container: %w", err)
	}
	p, has, err := task.Get(ctx, s.l.client, id)
	if err != nil {
		return nil, false, err
	}
	s.info = record.Read(s.rec.Labels)
	if has {
		s.c = s.e.derive(s.l, s.rec, &p)
	} else {
		s.c = s.e.derive(s.l, s.rec, nil)
	}
	return box, has, nil
}

// mounts refreshes what is mounted into the container from its state dir.
func (s *starting) mounts(ctx context.Context, sc *path.Scope) error {
	if err := s.rejoin(ctx, sc); err != nil {
		return err
	}
	if err := s.remount(); err != nil {
		return err
	}
	if err := s.l.records.RefreshFiles(s.c.ID); err != nil {
		return err
	}
	sc.Detail("hosts, resolv.conf, hostname")
	if n := len(s.info.Mounts); n > 0 {
		sc.Detail("%d of its own, hosts, resolv.conf, hostname", n)
	}
	return nil
}

// network plans the container's networks anew; the hook sets them up when the task is made.
func (s *starting) network(ctx context.Context, sc *path.Scope) error {
	with, err := s.share(ctx)
	if err != nil {
		return err
	}
	if with != "" {
		sc.Detail("that of %s", with)
		return nil
	}
	plan, has, err := s.replan(ctx)
	if err != nil {
		return err
	}
	if has {
		sc.Detail("%s, %s", strings.Join(s.c.Networks, ", "), portText(plan.Ports))
		return nil
	}
	mode := "none"
	if len(s.c.Networks) > 0 {
		mode = s.c.Networks[0]
	}
	sc.Skip("%s", mode)
	return nil
}

// security names what confines the process.
func (s *starting) security(ctx context.Context, sc *path.Scope) error {
	var sp specs.Spec
	if err := typeurl.UnmarshalTo(s.rec.Spec, &sp); err != nil {
		return fmt.Errorf("read spec: %w", err)
	}
	what := "unconfined"
	if sp.Linux != nil && sp.Linux.Seccomp != nil {
		what = "seccomp"
	}
	if sp.Process != nil && sp.Process.ApparmorProfile != "" {
		what += ", AppArmor " + sp.Process.ApparmorProfile
	}
	sc.Detail("%s", what)
	return nil
}

// fail writes the reason down with the container, where every list and inspect finds it.
func (s *starting) fail(ctx context.Context, err error) {
	var lost *api.UnavailableError
	if s.box == nil || errors.Is(err, context.Canceled) || errors.As(err, &lost) {
		return // the container itself did not fail
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	s.setError(ctx, err.Error())
}

func (s *starting) setError(ctx context.Context, text string) {
	if _, err := s.box.SetLabels(ctx, map[string]string{record.LabelError: record.ErrorLabel(text)}); err != nil {
		s.e.log.Warn("record a failed start", "id", s.c.ID, "err", err)
	}
}

// startFailed says why containerd could not start it; that containerd went away is no fault
// of the container's.
func (s *starting) startFailed(ctx context.Context, err error) error {
	if isLost(ctx, err) {
		return err
	}
	return task.StartFailed(s.c.DisplayName(), command(s.c), err)
}

// command is the program that a container runs, for messages.
func command(c api.Container) string {
	if len(c.Command) == 0 {
		return "the command"
	}
	return c.Command[0]
}
