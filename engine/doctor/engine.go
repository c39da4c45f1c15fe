package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/engine/bundle"
	"gantry/engine/daemon"
)

// choiceFile is where the engine that was used last is remembered, below the data root.
const choiceFile = "engine.json"

// programs says whether this gantry brought what containers need beside it.
func (e *examination) programs(context.Context) []api.Finding {
	const what = "programs"
	m, err := e.payload()
	if err == nil {
		var names []string
		for _, f := range m.Files {
			names = append(names, strings.TrimSpace(f.Name+" "+f.Version))
		}
		return one(ok(what, strings.Join(names, ", ")))
	}
	fix := "go generate ./... && go build"
	if !errors.Is(err, bundle.ErrNoPayload) {
		return one(bad(what, err.Error(), fix))
	}
	if _, err := os.Stat(e.status.Endpoint.Helper); err == nil && e.status.Running {
		return one(warn(what, "gantry was built without; those of an earlier one are used", fix))
	}
	return one(bad(what, "gantry was built without runc, shim and helper: no container can be started", fix))
}

// engine says which engine is used, why, and how it is.
func (e *examination) engine(context.Context) []api.Finding {
	const what = "engine"
	switch e.Daemon.Mode {
	case daemon.Auto, daemon.System, daemon.Embedded:
	default:
		return one(bad(what, fmt.Sprintf("--engine %q is not known", e.Daemon.Mode), "use auto, system or embedded"))
	}
	if e.statusErr != nil {
		fix := "see whether " + e.home() + " is well"
		if errors.Is(e.statusErr, context.DeadlineExceeded) || errors.Is(e.statusErr, context.Canceled) {
			return one(bad(what, "not looked at: "+e.statusErr.Error(), "try again; if it goes on, restart containerd"))
		}
		if file := filepath.Join(e.home(), choiceFile); strings.Contains(e.statusErr.Error(), file) {
			fix = "rm " + file
		}
		return one(bad(what, e.statusErr.Error(), fix))
	}
	st := e.status
	name := string(st.Endpoint.Kind)
	if st.Endpoint.Kind == api.EngineSystem {
		name += " at " + st.Endpoint.Address
	}
	switch {
	case st.Err != nil:
		return one(bad(what, name+", "+e.why()+": "+st.Err.Error(), e.engineFix(st.Err)))
	case !st.Running:
		return one(note(what, name+", "+e.why()+": not running; the next gantry starts it", ""))
	}
	detail := name + ", " + e.why() + ": containerd " + strings.TrimPrefix(st.Version, "v")
	if st.PID > 0 {
		detail += fmt.Sprintf(", pid %d, up %s", st.PID, st.Uptime.Round(time.Second))
	}
	return one(ok(what, detail))
}

// why says what led to this engine, in the order in which daemon.Choose goes.
func (e *examination) why() string {
	system := e.status.Endpoint.Kind == api.EngineSystem
	switch {
	case e.Daemon.Address != "":
		return "by --address"
	case e.Daemon.Mode == daemon.Auto && e.Daemon.Getenv("CONTAINERD_ADDRESS") != "":
		return "by CONTAINERD_ADDRESS"
	case e.Daemon.Mode == daemon.Embedded:
		return "by --engine"
	}
	_, err := os.Stat(filepath.Join(e.home(), choiceFile))
	switch {
	case err == nil:
		return "as last time"
	case errors.Is(err, fs.ErrPermission):
		return "as far as can be told without a look into " + e.home()
	case system && e.Daemon.Mode == daemon.System:
		return "by --engine"
	case system:
		return "found on this host"
	}
	return "since no containerd of the host serves"
}

func (e *examination) engineFix(err error) string {
	var u *api.UnavailableError
	if !errors.As(err, &u) {
		return "look into its log"
	}
	switch u.Cause {
	case api.NoSocket:
		return "give the path of a socket that is there, or take gantry's own engine: --engine embedded"
	case api.Denied, api.NotRoot:
		return "run it with sudo"
	case api.Refused, api.EngineDown:
		return "start that containerd, or take gantry's own engine: --engine embedded"
	case api.NotContainerd:
		return "give containerd's socket with --address"
	}
	return "look into its log, or restart it"
}

// nerdctl is the line with which nerdctl sees the same containers.
func (e *examination) nerdctl(context.Context) []api.Finding {
	const what = "for nerdctl"
	ep := e.status.Endpoint
	if ep.Address == "" {
		return nil
	}
	line := "nerdctl --address " + ep.Address + " --data-root " + ep.RecordRoot
	if e.Namespace != "default" {
		line += " --namespace " + e.Namespace
	}
	return one(ok(what, line))
}
