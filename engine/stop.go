package engine

import (
	"cmp"
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/moby/sys/signal"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/engine/task"
)

const (
	// stopTimeout is Docker's default between the stop signal and SIGKILL.
	stopTimeout = 10 * time.Second
	// killPatience is how long a killed process may take to go; longer means it hangs in the kernel.
	killPatience = 10 * time.Second
)

// Stop sends the stop signal, waits, and kills what has not ended by then. A container
// that is not running is left alone, as Docker does.
func (e *Engine) Stop(ctx context.Context, id string, opt api.StopOptions, o api.Observer) error {
	run := e.newRun("stop", []string{"state", "signal", "wait", "kill"}, o)
	err := e.stop(ctx, run, id, opt)
	t := run.End(err)
	e.account(t, "", err)
	e.remember(t)
	return err
}

// stopping is one stop on its way.
type stopping struct {
	e       *Engine
	l       *link
	c       api.Container
	sig     syscall.Signal
	timeout time.Duration // negative waits for ever
	gone    chan error    // receives when the process has ended
}

func (e *Engine) stop(ctx context.Context, run *path.Run, id string, opt api.StopOptions) error {
	l, err := e.need(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(e.in(ctx))
	defer cancel()
	s := &stopping{e: e, l: l, gone: make(chan error, 1)}
	done := false
	err = run.Do(ctx, "state", func(ctx context.Context, sc *path.Scope) error {
		done, err = s.state(ctx, run, sc, id, opt)
		return err
	})
	if err == nil && done {
		e.releaseNerdctl(ctx, l, s.c)
	}
	if err != nil || done {
		return err
	}
	defer l.records.State(id).Mark()()
	e.done.Go(func() {
		_, _, err := task.Wait(ctx, l.client, id)
		s.gone <- err
	})
	ended := false
	if s.timeout != 0 {
		if err := run.Do(ctx, "signal", s.signal); err != nil {
			return err
		}
		err := run.Do(ctx, "wait", func(ctx context.Context, sc *path.Scope) error {
			ended, err = s.wait(ctx, sc)
			return err
		})
		if err != nil {
			return err
		}
	}
	err = run.Do(ctx, "kill", func(ctx context.Context, sc *path.Scope) error {
		if ended {
			sc.Skip("not needed")
			return nil
		}
		return s.kill(ctx, sc)
	})
	if err == nil {
		e.releaseNerdctl(ctx, l, s.c)
	}
	return err
}

// state finds out what is to be stopped and how; done means it is not running.
func (s *stopping) state(ctx context.Context, run *path.Run, sc *path.Scope, id string, opt api.StopOptions) (done bool, err error) {
	c, ok, err := s.e.load(ctx, s.l, id)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, &api.NotFoundError{Kind: "container", Name: id}
	}
	s.c = c
	run.Subject(c.ID, c.Name)
	if err := ownersOnly(api.ActStop, c); err != nil {
		return false, err
	}
	labels, err := s.e.labels(ctx, s.l, id)
	if err == nil {
		err = leaveStopped(ctx, s.l, id, labels)
	}
	if err != nil {
		return false, err
	}
	if !c.State.Alive() {
		sc.Skip("already stopped")
		return true, nil
	}
	name := opt.Signal
	if name == "" {
		name = labels.StopSignal
	}
	if name == "" {
		name = "SIGTERM"
	}
	if s.sig, err = signal.ParseSignal(name); err != nil {
		return false, api.FieldErrors{{Field: "signal", Value: name, Reason: "no such signal", Fix: "SIGTERM, or a number from 1 to 64"}}
	}
	s.timeout = stopTimeout
	if labels.StopTimeout != nil {
		s.timeout = *labels.StopTimeout
	}
	if opt.Timeout != nil {
		s.timeout = *opt.Timeout
	}
	sc.Detail("%s", c.State)
	return false, nil
}

func (s *stopping) signal(ctx context.Context, sc *path.Scope) error {
	sc.Detail("%s", unix.SignalName(s.sig))
	_, err := signalTo(ctx, s.l, s.c, s.sig)
	return err
}

// signalTo sends a signal to a container's process; ok is false when it has ended already. A
// paused one is resumed then, as Docker does: frozen, it could not obey.
func signalTo(ctx context.Context, l *link, c api.Container, sig syscall.Signal) (ok bool, err error) {
	ok, err = task.Signal(ctx, l.client, c.ID, sig)
	if err == nil && ok && c.State == api.StatePaused {
		err = task.Resume(ctx, l.client, c.ID)
	}
	return ok, err
}

// wait gives the process its time to end by itself.
func (s *stopping) wait(ctx context.Context, sc *path.Scope) (ended bool, err error) {
	var late <-chan time.Time
	if s.timeout > 0 {
		t := time.NewTimer(s.timeout)
		defer t.Stop()
		late = t.C
	}
	select {
	case err := <-s.gone:
		return err == nil, err
	case <-late:
		sc.Detail("still there after %s", s.timeout)
		return false, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (s *stopping) kill(ctx context.Context, sc *path.Scope) error {
	sc.Detail("SIGKILL")
	if _, err := signalTo(ctx, s.l, s.c, syscall.SIGKILL); err != nil {
		return err
	}
	select {
	case err := <-s.gone:
		return err
	case <-time.After(killPatience):
		return fmt.Errorf("%s (pid %d) is still there %s after SIGKILL: it may hang in the kernel", s.c.DisplayName(), s.c.Pid, killPatience)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Kill sends a signal, SIGKILL when sig is "", and does not wait for its effect.
func (e *Engine) Kill(ctx context.Context, id, sig string) error {
	began := e.cfg.Now()
	end := e.begin("kill", id)
	err := e.kill(ctx, id, sig)
	end()
	e.metrics.note("kill", e.cfg.Now().Sub(began), err)
	return err
}

func (e *Engine) kill(ctx context.Context, id, name string) error {
	l, err := e.need(ctx)
	if err != nil {
		return err
	}
	ctx = e.in(ctx)
	if name == "" {
		name = "SIGKILL"
	}
	sig, err := signal.ParseSignal(name)
	if err != nil {
		return api.FieldErrors{{Field: "signal", Value: name, Reason: "no such signal", Fix: "SIGTERM, or a number from 1 to 64"}}
	}
	c, ok, err := e.load(ctx, l, id)
	if err != nil {
		return err
	}
	if !ok {
		return &api.NotFoundError{Kind: "container", Name: id}
	}
	if err := ownersOnly(api.ActKill, c); err != nil {
		return err
	}
	if !c.State.Alive() {
		return &api.StateError{Action: "kill", Name: c.DisplayName(), State: c.State}
	}
	labels, err := e.labels(ctx, l, id)
	if err != nil {
		return err
	}
	// A signal that ends it, as Docker has it, also ends its being restarted.
	if stops, serr := signal.ParseSignal(cmp.Or(labels.StopSignal, "SIGTERM")); sig == syscall.SIGKILL || serr == nil && sig == stops {
		if err := leaveStopped(ctx, l, id, labels); err != nil {
			return err
		}
	}
	alive, err := signalTo(ctx, l, c, sig)
	if err == nil && !alive {
		return &api.StateError{Action: "kill", Name: c.DisplayName(), State: api.StateExited}
	}
	return err
}

// Wait blocks until the container is not running, and returns its exit code; 0 if it
// never ran.
func (e *Engine) Wait(ctx context.Context, id string) (int, error) {
	l, err := e.need(ctx)
	if err != nil {
		return 0, err
	}
	ctx = e.in(ctx)
	code, ok, err := task.Wait(ctx, l.client, id)
	if err != nil || ok {
		return code, err
	}
	c, ok, err := e.load(ctx, l, id)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, &api.NotFoundError{Kind: "container", Name: id}
	}
	return c.Code(), nil
}
