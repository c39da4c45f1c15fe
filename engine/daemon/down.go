package daemon

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
)

// Down ends the embedded daemon of a data root, and its keeper before it, and waits until
// they are gone. Containers run on: their shims are found again at the next Up. A daemon
// that is not up is no error; a system engine is an *api.UnsupportedError.
func Down(ctx context.Context, cfg Config, ep Endpoint) error {
	if ep.Kind != api.EngineEmbedded {
		return &api.UnsupportedError{What: "stopping " + ep.Address, Reason: "it is the system's containerd; stop it with the system's own means"}
	}
	cfg = cfg.withDefaults()
	if cfg.euid() != 0 {
		return &api.UnavailableError{Address: ep.Address, Cause: api.NotRoot}
	}
	// The keeper takes its daemon along; one that was killed meanwhile does not.
	kept, err := endHolder(ctx, ep, keeper.Of, keeper.EndTime)
	if err != nil {
		return err
	}
	found, err := endHolder(ctx, ep, keeper.Daemon, keeper.DownTime)
	if err != nil {
		return err
	}
	if !kept && !found && keeper.Locked(ep.DataRoot) {
		return fmt.Errorf("the engine of %s is just being started; try again", ep.DataRoot)
	}
	keeper.Forget(ep.StateDir)
	return nil
}

// Restart ends the embedded daemon and starts it anew as this gantry's. Containers run on.
func Restart(ctx context.Context, cfg Config, ep Endpoint) error {
	if err := Down(ctx, cfg, ep); err != nil {
		return err
	}
	return Up(ctx, cfg, ep)
}

// endHolder ends the process that who finds for the data root, if there is one.
func endHolder(ctx context.Context, ep Endpoint, who func(string) int, limit time.Duration) (found bool, err error) {
	pid := who(ep.DataRoot)
	if pid == 0 {
		return false, nil
	}
	pidfd, err := keeper.Watch(pid)
	if err != nil || pidfd < 0 {
		return true, err
	}
	defer unix.Close(pidfd)
	if who(ep.DataRoot) != pid { // it ended, and the number may be another's by now
		return true, nil
	}
	return true, keeper.End(ctx, pid, pidfd, limit, unix.SIGTERM, unix.SIGKILL)
}
