package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/bundle"
	"gantry/engine/daemon/keeper"
	"gantry/engine/path"
)

const (
	upTime = 15 * time.Second     // how long the embedded engine may take to serve
	upPoll = 2 * time.Millisecond // raw dials are cheap, and nothing else tells
)

// Up makes sure that the endpoint serves and remembers it for its data root. The
// embedded engine is started with its keeper unless it runs; of several gantrys that try
// at once exactly one starts it and all wait for it. One that runs without a keeper is
// given one. A system engine is only asked. The steps go to cfg.Report as the operation
// "engine".
//
// Its error is an *api.UnavailableError where the engine is to blame; a daemon that ends
// while starting has its last words in it, and nothing of it is left running.
func Up(ctx context.Context, cfg Config, ep Endpoint) error {
	cfg = cfg.withDefaults()
	steps := []string{"unpack", "lock", "start", "serve"}
	if ep.Kind == api.EngineSystem {
		steps = []string{"unpack", "serve"}
	}
	u := &ascent{cfg: cfg, ep: ep, child: child{logAt: -1}, run: path.New("engine", steps, path.Config{Report: cfg.Report})}
	do := u.embedded
	if ep.Kind == api.EngineSystem {
		do = u.system
	}
	err := do(ctx)
	if err != nil {
		if uerr := u.run.Rollback(ctx); uerr != nil {
			cfg.Log.Error("stop the engine that did not start", "err", uerr)
		}
	} else if rerr := remember(ep); rerr != nil {
		// The engine can be used all the same; it is only looked for anew next time.
		cfg.Log.Warn("remember the engine", "err", rerr)
	}
	u.run.End(err)
	return err
}

// ascent is one call of Up.
type ascent struct {
	cfg   Config
	ep    Endpoint
	run   *path.Run
	files bundle.Files
	lock  *os.File // held by us; nil while somebody else holds it
	child child    // the keeper that we started; pid 0 and logAt -1 if we did not
}

func (u *ascent) binDir() string { return filepath.Join(u.ep.DataRoot, "bin") }

// system leaves the engine alone; only what its containers will need is laid out.
func (u *ascent) system(ctx context.Context) error {
	err := u.run.Do(ctx, "unpack", func(ctx context.Context, s *path.Scope) error {
		switch {
		case !bundle.Present():
			s.Skip("gantry was built without its engine")
			return nil
		case u.cfg.euid() != 0:
			s.Skip("needs root")
			return nil
		}
		files, err := bundle.Ensure(ctx, u.binDir())
		if err != nil {
			return u.trouble(err)
		}
		if err := u.place(ctx); err != nil {
			return u.trouble(err)
		}
		if files.Fresh {
			u.prune(ctx)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return u.run.Do(ctx, "serve", func(ctx context.Context, s *path.Scope) error {
		s.Detail("%s", u.ep.Address)
		c, err := Dial(ctx, u.ep)
		if err != nil {
			return err
		}
		return c.Close()
	})
}

// place puts a copy of this gantry where its containers find it. Who names
// another program to be the daemon (a test) is no gantry.
func (u *ascent) place(ctx context.Context) error {
	if len(u.cfg.Program) > 0 {
		return nil
	}
	_, _, err := bundle.PlaceSelf(ctx, u.binDir())
	return err
}

// prune removes the programs of older gantrys that nothing uses any more.
func (u *ascent) prune(ctx context.Context) {
	if err := bundle.Prune(ctx, u.binDir(), u.ep.StateDir, keeper.PlanFile(u.ep.DataRoot)); err != nil {
		u.cfg.Log.Warn("remove old programs", "err", err)
	}
}

func (u *ascent) embedded(ctx context.Context) error {
	if u.cfg.euid() != 0 {
		return &api.UnavailableError{Address: u.ep.Address, Cause: api.NotRoot}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, upTime, errSlow)
	defer cancel()
	for _, step := range []struct {
		name string
		fn   func(context.Context, *path.Scope) error
	}{{"unpack", u.unpack}, {"lock", u.takeLock}, {"start", u.start}, {"serve", u.serve}} {
		if err := u.run.Do(ctx, step.name, step.fn); err != nil {
			return errors.Join(u.explain(ctx, err), u.releaseLock())
		}
	}
	if u.child.pid > 0 || u.child.unit {
		u.prune(ctx)
	}
	return nil
}

// unpack lays the programs out. With an engine up, the quick check is enough: the daemon
// and its containers use what is there anyway.
func (u *ascent) unpack(ctx context.Context, s *path.Scope) error {
	up := knock(ctx, u.ep.Address) == nil
	if up && !bundle.Present() {
		s.Skip("gantry was built without its engine, but one is up")
		return nil
	}
	do := bundle.Unpack
	if up {
		do = bundle.Ensure
	}
	files, err := do(ctx, u.binDir())
	u.files = files
	if err != nil {
		return err
	}
	if files.Fresh {
		s.Detail("%s", u.binDir())
	}
	return u.place(ctx)
}

func (u *ascent) takeLock(ctx context.Context, s *path.Scope) error {
	if err := os.MkdirAll(u.ep.DataRoot, 0o700); err != nil {
		return fmt.Errorf("make the data root: %w", err)
	}
	for _, pid := range keeper.Named(u.ep.DataRoot) {
		keeper.Reap(pid) // one of ours that has ended would still be there as a zombie
	}
	var kept patience
	for served := 0; ; {
		serves := knock(ctx, u.ep.Address) == nil
		pid := 0
		if !serves {
			pid = keeper.Of(u.ep.DataRoot)
		}
		if pid > 0 { // it starts the daemon again by itself
			if err := kept.with(u, pid); err != nil {
				return err
			}
			s.Detail("its keeper, pid %d, starts it again", pid)
			if err := pause(ctx); err != nil {
				return err
			}
			continue
		}
		lock, err := keeper.Lock(u.ep.DataRoot)
		if err != nil {
			return err
		}
		if lock != nil && !serves {
			u.lock = lock
			return nil
		}
		if lock != nil {
			// Somebody removed the lock file under a living daemon: a second one on its
			// data would do harm. Or it is just ending, and that is soon over.
			if err := lock.Close(); err != nil {
				return err
			}
			served++
		}
		if serves && (lock == nil || served > 10) {
			s.Detail("the engine is up")
			return nil
		}
		// Held, but not serving: by a gantry that is starting the daemon, or by a daemon
		// that is going down.
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

func (u *ascent) start(ctx context.Context, s *path.Scope) error {
	if u.lock == nil {
		return u.adopt(ctx, s)
	}
	for _, dir := range []string{filepath.Dir(u.ep.StateDir), u.ep.StateDir} {
		// 0711 as containerd's own: processes of user namespaces pass through here.
		if err := os.MkdirAll(dir, 0o711); err != nil {
			return fmt.Errorf("make the state dir: %w", err)
		}
	}
	if err := u.cfg.plan(u.ep, u.files.Dir); err != nil {
		return err
	}
	keeper.Forget(u.ep.StateDir)
	lock := u.lock
	u.lock = nil
	child, err := u.cfg.spawn(ctx, u.ep, lock)
	if err != nil {
		return err
	}
	s.Undo("engine stopped", func(ctx context.Context) error { return u.kill(ctx) })
	u.child = child
	if child.unit {
		s.Detail("as a unit of systemd's")
	} else {
		s.Detail("pid %d", child.pid)
	}
	return nil
}

// adopt gives a daemon that runs without a keeper one. That it cannot be had is no reason
// not to use the daemon.
func (u *ascent) adopt(ctx context.Context, s *path.Scope) error {
	if keeper.Of(u.ep.DataRoot) > 0 || !bundle.Present() {
		s.Skip("it runs")
		return nil
	}
	err := u.place(ctx)
	if err == nil {
		if _, perr := keeper.ReadPlan(u.ep.DataRoot); perr != nil {
			err = u.cfg.plan(u.ep, u.files.Dir)
		}
	}
	var child child
	if err == nil {
		child, err = u.cfg.spawn(ctx, u.ep, nil)
	}
	for err == nil && keeper.Of(u.ep.DataRoot) == 0 {
		if child.pid > 0 {
			if ended, how := keeper.Reap(child.pid); ended {
				if how.ExitStatus() != 0 {
					err = fmt.Errorf("the keeper %s", keeper.Ending(how))
				}
				break
			}
		}
		err = pause(ctx)
	}
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		u.cfg.Log.Warn("nobody keeps the engine up", "err", err)
		s.Skip("it runs, but nobody keeps it up: %s", err)
		return nil
	}
	s.Detail("it runs; pid %d keeps it up now", keeper.Of(u.ep.DataRoot))
	return nil
}

// kill ends the keeper that this call started, if it has not ended by itself, and with it
// the daemon.
func (u *ascent) kill(ctx context.Context) error {
	switch {
	case u.child.unit:
		return errors.Join(u.cfg.stopUnit(ctx, u.ep), Down(ctx, u.cfg, u.ep))
	case u.child.pid == 0:
		return nil
	}
	// It is our child and not yet collected, so its number cannot be another's.
	pidfd, err := keeper.Watch(u.child.pid)
	if err != nil || pidfd < 0 {
		return err
	}
	defer unix.Close(pidfd)
	return keeper.End(ctx, u.child.pid, pidfd, keeper.EndTime, unix.SIGTERM, unix.SIGKILL)
}

func (u *ascent) releaseLock() error {
	f := u.lock
	u.lock = nil
	return closeLock(f)
}
