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
	"gantry/engine/path"
)

const (
	upTime = 15 * time.Second     // how long the embedded engine may take to serve
	upPoll = 2 * time.Millisecond // raw dials are cheap, and nothing else tells
)

// Up makes sure that the endpoint serves and remembers it for its data root. The
// embedded engine is started unless it runs; of several gantrys that try at once
// exactly one starts it and all wait for it. A system engine is only asked. The steps
// go to cfg.Report as the operation "engine".
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
	child child    // the daemon that we started; pid 0 and logAt -1 if we did not
}

func (u *ascent) binDir() string { return filepath.Join(u.ep.DataRoot, "bin") }

// system leaves the engine alone; only the helper that its containers will need is laid out.
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
		_, err := bundle.Ensure(ctx, u.binDir())
		return err
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
	if err == nil && files.Fresh {
		s.Detail("%s", u.binDir())
	}
	return err
}

func (u *ascent) takeLock(ctx context.Context, s *path.Scope) error {
	if err := os.MkdirAll(u.ep.DataRoot, 0o700); err != nil {
		return fmt.Errorf("make the data root: %w", err)
	}
	if pid := holder(u.ep.DataRoot); pid > 0 {
		reap(pid) // one of ours that has ended would still be there as a zombie
	}
	for served := 0; ; {
		lock, err := tryLock(u.ep.DataRoot)
		if err != nil {
			return err
		}
		serves := knock(ctx, u.ep.Address) == nil
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
		s.Skip("it runs")
		return nil
	}
	for _, dir := range []string{filepath.Dir(u.ep.StateDir), u.ep.StateDir} {
		// 0711 as containerd's own: processes of user namespaces pass through here.
		if err := os.MkdirAll(dir, 0o711); err != nil {
			return fmt.Errorf("make the state dir: %w", err)
		}
	}
	child, err := u.cfg.spawn(u.ep, u.files.Dir, u.lock)
	if err != nil {
		return err
	}
	s.Undo("engine stopped", func(ctx context.Context) error { return u.kill(ctx) })
	u.child = child
	s.Detail("pid %d", child.pid)
	return u.releaseLock() // the daemon has its own hold on it
}

func (u *ascent) serve(ctx context.Context, s *path.Scope) error {
	for knock(ctx, u.ep.Address) != nil {
		if u.child.pid > 0 {
			if ended, how := reap(u.child.pid); ended {
				u.child.pid = 0
				return u.failed(ending(how))
			}
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
	s.Detail("%s", u.ep.Address)
	return nil
}

// errSlow is why the whole took too long.
var errSlow = fmt.Errorf("not serving after %s", upTime)

func pause(ctx context.Context) error {
	select {
	case <-time.After(upPoll):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// explain gives an engine that was too slow its error; others stay as they are.
func (u *ascent) explain(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && errors.Is(context.Cause(ctx), errSlow) {
		return u.failed(errSlow.Error())
	}
	return err
}

func (u *ascent) failed(how string) error {
	words := ""
	if u.child.logAt >= 0 {
		words = lastWords(u.ep.DataRoot, u.child.logAt)
	}
	if words == "" {
		words = how
	}
	return &api.UnavailableError{Address: u.ep.Address, Cause: api.EngineFailed,
		Detail: words + " (log: " + logFile(u.ep.DataRoot) + ")"}
}

func ending(how unix.WaitStatus) string {
	if how.Signaled() {
		return "killed by " + unix.SignalName(how.Signal())
	}
	return fmt.Sprintf("ended with code %d", how.ExitStatus())
}

// kill ends the daemon that this call started, if it has not ended by itself. It is our
// child and not yet collected, so its number cannot be another's.
func (u *ascent) kill(ctx context.Context) error {
	if u.child.pid == 0 {
		return nil
	}
	pidfd, err := watch(u.child.pid)
	if err != nil || pidfd < 0 {
		return err
	}
	defer unix.Close(pidfd)
	return end(ctx, u.child.pid, pidfd, downTime, unix.SIGKILL)
}

func (u *ascent) releaseLock() error {
	if u.lock == nil {
		return nil
	}
	f := u.lock
	u.lock = nil
	return f.Close()
}
