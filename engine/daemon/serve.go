package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/daemon/keeper"
	"gantry/engine/path"
)

// patience is that with a keeper whose daemon does not serve.
type patience struct {
	urged    bool
	failures int
}

// with urges a keeper that pauses to try at once, and gives up when that failed too.
func (p *patience) with(u *ascent, pid int) error {
	st, ok := keeper.ReadStatus(u.ep.StateDir)
	switch {
	case !ok || st.PID != pid:
		return nil
	case p.urged && st.Failures > p.failures:
		return u.dying(st)
	case !p.urged && st.Phase == keeper.Waiting:
		p.urged, p.failures = true, st.Failures
		return urge(u.ep, pid)
	}
	return nil
}

// urge has a keeper start its daemon without the pause that is due.
func urge(ep Endpoint, pid int) error {
	fd, err := keeper.Watch(pid)
	if err != nil || fd < 0 {
		return err
	}
	defer unix.Close(fd)
	if keeper.Of(ep.DataRoot) != pid {
		return nil
	}
	if err := unix.PidfdSendSignal(fd, unix.SIGHUP, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("urge the engine's keeper: %w", err)
	}
	return nil
}

func (u *ascent) serve(ctx context.Context, s *path.Scope) error {
	for knock(ctx, u.ep.Address) != nil {
		if u.child.pid > 0 {
			if ended, how := keeper.Reap(u.child.pid); ended {
				u.child.pid = 0
				if how.ExitStatus() != 0 || how.Signaled() {
					return u.failed("its keeper " + keeper.Ending(how))
				}
				// Another one was there first.
			}
		}
		if u.child.unit {
			if st, ok := keeper.ReadStatus(u.ep.StateDir); ok && st.Phase == keeper.Failed {
				return u.failed("")
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
