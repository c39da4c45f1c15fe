package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

// downTime is how long the daemon may take to end by itself before it is killed.
const downTime = 10 * time.Second

// Down ends the embedded daemon of a data root and waits until it is gone. Containers
// run on: their shims are found again at the next Up. A daemon that is not up is no
// error; a system engine is an *api.UnsupportedError.
func Down(ctx context.Context, cfg Config, ep Endpoint) error {
	if ep.Kind != api.EngineEmbedded {
		return &api.UnsupportedError{What: "stopping " + ep.Address, Reason: "it is the system's containerd; stop it with the system's own means"}
	}
	cfg = cfg.withDefaults()
	if cfg.euid() != 0 {
		return &api.UnavailableError{Address: ep.Address, Cause: api.NotRoot}
	}
	pid := holder(ep.DataRoot)
	if pid == 0 {
		if locked(ep.DataRoot) {
			return fmt.Errorf("the engine of %s is just being started; try again", ep.DataRoot)
		}
		return nil
	}
	pidfd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("watch the engine (pid %d): %w", pid, err)
	}
	defer unix.Close(pidfd)
	if holder(ep.DataRoot) != pid { // it ended, and the number may be another's by now
		return nil
	}
	return end(ctx, pid, pidfd)
}

// end asks, waits, and insists.
func end(ctx context.Context, pid, pidfd int) error {
	for _, sig := range []unix.Signal{unix.SIGTERM, unix.SIGKILL} {
		if err := unix.PidfdSendSignal(pidfd, sig, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("stop the engine (pid %d): %w", pid, err)
		}
		gone, err := await(ctx, pidfd, downTime)
		if err != nil {
			return fmt.Errorf("wait for the engine (pid %d) to end: %w", pid, err)
		}
		if gone {
			reap(pid)
			return nil
		}
	}
	return fmt.Errorf("the engine (pid %d) does not end, not even by SIGKILL", pid)
}

// await waits until the process has ended; a pidfd becomes readable then.
func await(ctx context.Context, pidfd int, limit time.Duration) (bool, error) {
	const slice = 50 // milliseconds, so that an ended ctx is noticed
	for until := time.Now().Add(limit); time.Now().Before(until); {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, slice)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return false, err
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, nil
}
