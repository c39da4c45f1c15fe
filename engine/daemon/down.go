package daemon

import (
	"context"
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
	pidfd, err := watch(pid)
	if err != nil || pidfd < 0 {
		return err
	}
	defer unix.Close(pidfd)
	if holder(ep.DataRoot) != pid { // it ended, and the number may be another's by now
		return nil
	}
	return end(ctx, pid, pidfd, downTime, unix.SIGTERM, unix.SIGKILL)
}
