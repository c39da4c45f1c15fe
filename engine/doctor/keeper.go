package doctor

import (
	"context"
	"errors"
	"fmt"

	"github.com/containerd/containerd/v2/pkg/namespaces"

	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/daemon/keeper"
	"gantry/engine/record"
)

// keeper says who starts the embedded engine again when it ends.
func (e *examination) keeper(context.Context) []api.Finding {
	const what = "keeper"
	st := e.status
	switch {
	case st.Endpoint.Kind != api.EngineEmbedded:
		return nil
	case st.Keeping.Phase == keeper.Failed:
		return one(bad(what, st.Kept(), "mend that, then gantry engine up"))
	case st.Keeper == 0 && st.Running && e.euid() != 0:
		return one(note(what, "ask as root", ""))
	case st.Keeper == 0 && st.Running:
		return one(warn(what, st.Kept(), "gantry engine up"))
	case st.Keeper == 0:
		return nil // the engine's finding says that it does not run
	case st.Keeping.Phase == keeper.Waiting:
		return one(bad(what, st.Kept(), "see "+keeper.LogFile(e.home())))
	}
	return one(ok(what, st.Kept()))
}

// boot says whether the embedded engine is started at boot. That it is not matters where
// containers are to be restarted.
func (e *examination) boot(ctx context.Context) []api.Finding {
	const what = "at boot"
	st := e.status
	if st.Endpoint.Kind != api.EngineEmbedded {
		return nil
	}
	if st.Boot == daemon.BootEnabled {
		return one(ok(what, st.AtBoot()))
	}
	fix, say := "gantry engine enable", "the engine is not started at boot"
	if st.Boot == daemon.BootUnknown {
		fix, say = "put this line into the boot scripts: "+daemon.BootLine(st.Endpoint), "this host does not run systemd, so gantry cannot have the engine started at boot"
	}
	if n, err := e.withPolicy(ctx); err == nil && n > 0 {
		return one(warn(what, fmt.Sprintf("%s, and containers with a restart policy are not either: %d", say, n), fix))
	}
	return one(note(what, say, fix))
}

// restarts says whether somebody is there to honour the restart policies of containers.
func (e *examination) restarts(ctx context.Context) []api.Finding {
	const what = "restarts"
	if !e.status.Running {
		return nil
	}
	n, err := e.withPolicy(ctx)
	if err != nil {
		return one(note(what, "not looked at: "+err.Error(), ""))
	}
	caps, err := e.caps(ctx)
	count := fmt.Sprintf("containers with a restart policy: %d", n)
	switch {
	case err != nil:
		return one(note(what, count+"; the engine cannot be asked whether it restarts them: "+err.Error(), ""))
	case n > 0 && !caps.Restart:
		return one(warn(what, count+", and this containerd has no restart monitor: nobody restarts them", "switch the plugin restart on in its configuration, or use gantry's own engine"))
	case n > 0 && e.status.Endpoint.Kind == api.EngineEmbedded && e.status.Keeper == 0 && e.euid() == 0:
		return one(warn(what, count+", and nobody keeps up the engine that restarts them", "gantry engine up"))
	}
	return one(ok(what, count))
}

// caps asks the engine what it can do.
func (e *examination) caps(ctx context.Context) (caps daemon.Caps, err error) {
	c, err := daemon.Dial(ctx, e.status.Endpoint)
	if err != nil {
		return caps, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return daemon.Probe(ctx, c)
}

// withPolicy counts the containers that are to be restarted; 0 while the engine is down.
func (e *examination) withPolicy(ctx context.Context) (n int, err error) {
	if !e.status.Running {
		return 0, nil
	}
	c, err := daemon.Dial(ctx, e.status.Endpoint)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	all, err := c.ContainerService().List(namespaces.WithNamespace(ctx, e.Namespace))
	for _, box := range all {
		if p := box.Labels[record.LabelRestartPolicy]; p != "" && p != "no" {
			n++
		}
	}
	return n, err
}

// logins says whose logins are used, where that may surprise: under sudo. Whose settings
// are is said where those are read.
func (e *examination) logins(context.Context) []api.Finding {
	const what = "logins"
	who := e.Daemon.Getenv("SUDO_USER")
	if who == "" || e.euid() != 0 {
		return nil
	}
	dir := e.clientDir()
	if dir == "" {
		return one(note(what, "run by "+who+" through sudo, without HOME: no logins are read", "sudo -H"))
	}
	return one(note(what, fmt.Sprintf("run by %s through sudo: logins and proxies are read from %s", who, dir),
		"for those of "+who+": sudo DOCKER_CONFIG=~"+who+"/.docker gantry …"))
}
