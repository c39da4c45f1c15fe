package engine

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/containerd/containerd/v2/pkg/cio"
	"github.com/containerd/errdefs"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/engine/stdio"
	"gantry/engine/stdio/wire"
	"gantry/engine/task"
)

// taskTime bounds the calls that must not be cancelled in the middle: containerd leaves a
// half-made task behind when its client goes away during one.
const taskTime = 2 * time.Minute

// newTask makes the shim and runs runc create. It must not be interrupted, so ctx's end
// is looked at only afterwards.
func (s *starting) newTask(ctx context.Context, sc *path.Scope) error {
	restore := keepLastExit(s.stateDir)
	if err := wire.ClearTrouble(s.stateDir); err != nil {
		return err
	}
	sc.Undo("delete the task", s.undo(func(ctx context.Context, l *link) error {
		err := task.Delete(ctx, l.client, s.c.ID)
		if err == nil && !s.began {
			// The shim has waited for the logger, so its record is there by now.
			err = restore()
		}
		return err
	}))
	tctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), taskTime)
	defer cancel()
	create, holder, err := s.io(tctx)
	if err != nil {
		return err
	}
	if holder != nil {
		defer holder.Close()
	}
	s.task, err = s.box.NewTask(tctx, create)
	if errdefs.IsAlreadyExists(err) {
		return &api.StateError{Action: "start", Name: s.c.DisplayName(), State: api.StateUnknown, Fix: "a task of it is left behind; remove the container by force"}
	}
	if err != nil {
		return s.startFailed(ctx, err)
	}
	if holder != nil {
		if err := holder.Made(s.task.Pid()); err != nil {
			return fmt.Errorf("hold the container's streams: %w", err)
		}
	}
	if !stdio.Logging(s.stateDir) {
		return task.StartFailed(s.c.DisplayName(), command(s.c), wire.ReadTrouble(s.stateDir))
	}
	sc.Detail("shim, runc create")
	return ctx.Err()
}

// io sends the streams to the logger; a terminal's input comes by a pipe in the state dir. A
// shim gives a logger no other input, so that without a terminal a holder has all three.
func (s *starting) io(ctx context.Context) (cio.Creator, *stdio.Holder, error) {
	uri, err := url.Parse(stdio.LogURI(s.l.end.Helper, s.stateDir))
	if err != nil {
		return nil, nil, fmt.Errorf("log address: %w", err)
	}
	cfg := cio.Config{Terminal: s.c.Tty, Stdout: uri.String()}
	var holder *stdio.Holder
	switch {
	case !s.c.Tty && !s.c.OpenStdin:
		return cio.LogURI(uri), nil, nil
	case !s.c.Tty:
		if holder, err = stdio.Hold(ctx, s.l.end.Helper, s.stateDir, s.e.cfg.Namespace, s.c.ID); err == nil {
			cfg.Stdin, cfg.Stdout, cfg.Stderr = holder.Stdin, holder.Stdout, holder.Stderr
		}
	case s.c.OpenStdin:
		cfg.Stdin, err = stdio.MakeStdin(s.stateDir)
	}
	return func(string) (cio.IO, error) { return fixedIO(cfg), nil }, holder, err
}

// fixedIO tells containerd where the streams go; nothing is copied by this process.
type fixedIO cio.Config

func (f fixedIO) Config() cio.Config { return cio.Config(f) }

func (f fixedIO) Cancel() {}

func (f fixedIO) Wait() {}

func (f fixedIO) Close() error { return nil }

// wait is registered before the process starts, so that no exit is missed, and so are the
// caller's streams.
func (s *starting) wait(ctx context.Context, sc *path.Scope) error {
	// The channel outlives this call: a session waits on it.
	exit, err := s.task.Wait(context.WithoutCancel(ctx))
	if err != nil {
		return fmt.Errorf("wait for the task: %w", err)
	}
	s.exit = exit
	if s.opt.Attach == nil {
		return nil
	}
	s.session, err = s.e.attach(ctx, s)
	if err != nil {
		return err
	}
	sc.Detail("attached")
	return nil
}

func (s *starting) runTask(ctx context.Context, sc *path.Scope) error {
	tctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), taskTime)
	defer cancel()
	// A process may end before Start returns: the recorded start must lie before its exit.
	began := s.e.cfg.Now()
	if err := s.task.Start(tctx); err != nil {
		return s.startFailed(ctx, err)
	}
	s.began = true
	s.beginHealth(ctx)
	sc.Detail("pid %d", s.task.Pid())
	if err := s.l.records.SetStarted(s.c.ID, began); err != nil {
		s.e.log.Warn("record the start", "id", s.c.ID, "err", err)
	}
	if s.c.Error != "" {
		s.setError(ctx, "")
	}
	return nil
}
