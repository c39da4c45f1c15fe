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

// addressEnv names the socket for containerd's own tools, and for gantry.
const addressEnv = "CONTAINERD_ADDRESS"

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
		return one(bad(what, e.statusErr.Error(), e.noStatusFix()))
	}
	st := e.status
	name := string(st.Endpoint.Kind) + ", " + e.why() + ": "
	switch {
	case st.Err != nil && e.socketLength() > maxSocketPath:
		return one(bad(what, name+"the path of its socket is too long", "see below"))
	case st.Err != nil:
		return one(bad(what, name+st.Err.Error(), e.engineFix(st.Err)))
	case !st.Running:
		return one(note(what, name+"not running; the next gantry starts it", ""))
	}
	detail := name + "containerd " + strings.TrimPrefix(st.Version, "v")
	if st.PID > 0 {
		detail += fmt.Sprintf(", pid %d, up %s", st.PID, st.Uptime.Round(time.Second))
	}
	if st.Skew != "" {
		return one(warn(what, detail+"; "+st.Skew, "gantry engine restart"))
	}
	return one(ok(what, detail))
}

// noStatusFix says what to do when it cannot even be told which engine is used.
func (e *examination) noStatusFix() string {
	file := filepath.Join(e.home(), choiceFile)
	switch {
	case errors.Is(e.statusErr, context.DeadlineExceeded), errors.Is(e.statusErr, context.Canceled):
		return "try again; if it goes on, restart containerd"
	case strings.Contains(e.statusErr.Error(), file):
		return "rm " + file
	}
	return "see whether " + e.home() + " is well"
}

// why says what led to this engine, in the order in which daemon.Choose goes.
func (e *examination) why() string {
	system := e.status.Endpoint.Kind == api.EngineSystem
	env := e.Daemon.Getenv(addressEnv)
	switch {
	case e.Daemon.Address != "" && e.Daemon.Address != env: // the flag's default is the variable
		return "by --address"
	case e.Daemon.Address != "", e.Daemon.Mode == daemon.Auto && env != "":
		return "by " + addressEnv
	case e.Daemon.Mode == daemon.Embedded:
		return "by --engine"
	}
	seen, err := e.remembered()
	switch {
	case err != nil:
		return "a guess, since " + filepath.Join(e.home(), choiceFile) + " may not be read"
	case seen:
		return "as last time"
	case system && e.Daemon.Mode == daemon.System:
		return "by --engine"
	case system:
		return "found on this host"
	}
	return "since no containerd of the host serves"
}

// remembered says whether an engine is remembered for this data root; the error is that
// this user may not know. Only opening the file tells: its folder may be open, and it not.
func (e *examination) remembered() (bool, error) {
	f, err := os.Open(filepath.Join(e.home(), choiceFile))
	switch {
	case errors.Is(err, fs.ErrPermission):
		return false, err
	case err != nil:
		return false, nil
	}
	return true, f.Close()
}

// guessed says that another user may get another engine: nobody asked for this one, and
// what is remembered may not be read.
func (e *examination) guessed() bool {
	asked := e.Daemon.Address != "" || e.Daemon.Mode == daemon.Embedded ||
		e.Daemon.Mode == daemon.Auto && e.Daemon.Getenv(addressEnv) != ""
	_, err := e.remembered()
	return !asked && err != nil
}

// engineFix says what to do about an engine that cannot be used. An address that was
// asked for counts more than --engine, so it must go first.
func (e *examination) engineFix(err error) string {
	other := "take gantry's own engine: --engine embedded"
	switch env := e.Daemon.Getenv(addressEnv); {
	case env != "" && (e.Daemon.Address == "" || e.Daemon.Address == env):
		other = "unset " + addressEnv
	case e.Daemon.Address != "":
		other = "leave --address out"
	}
	var u *api.UnavailableError
	if !errors.As(err, &u) {
		return "look into its log"
	}
	switch u.Cause {
	case api.Denied, api.NotRoot:
		return "run it with sudo"
	case api.NoSocket, api.Refused, api.EngineDown:
		return "start that containerd, or " + other
	case api.NotContainerd:
		return "give containerd's socket with --address"
	}
	if fix := e.illFix(u.Cause); fix != "" {
		return fix
	}
	return "look into its log, or restart it"
}

// illFix says what to do about an engine that cannot run, or runs and does not answer.
func (e *examination) illFix(cause api.UnavailableCause) string {
	data := filepath.Join(e.home(), "containerd")
	switch cause {
	case api.EngineFull:
		return "free some space below " + e.home() + ", or choose another folder with --data-root"
	case api.EngineReadOnly:
		return "mount " + e.home() + " writable, or choose another folder with --data-root"
	case api.EngineDamaged:
		return "restore " + data + " from a backup, or begin anew: mv " + data + " " + data + ".damaged"
	case api.EngineNewer:
		return "use the gantry that wrote it, or another folder with --data-root"
	case api.EngineHung:
		if e.status.Endpoint.Kind == api.EngineEmbedded {
			return "gantry engine restart"
		}
		return "restart that containerd; its containers run on"
	case api.EngineFailed, api.EngineDying:
		return "see " + filepath.Join(e.home(), engineLogFile) + ", then gantry engine restart"
	}
	return ""
}

// nerdctl is the line with which nerdctl sees the same containers.
func (e *examination) nerdctl(context.Context) []api.Finding {
	const what = "for nerdctl"
	ep := e.status.Endpoint
	if ep.Address == "" {
		return nil
	}
	line := "nerdctl --address " + ep.Address + " --data-root " + ep.RecordRoot
	if ep.Kind == api.EngineEmbedded { // networks of its own
		line += " --cni-netconfpath " + ep.NetworkDir()
	}
	if e.Namespace != "default" {
		line += " --namespace " + e.Namespace
	}
	switch {
	case e.guessed():
		return one(note(what, "ask as root: the engine above is a guess", ""))
	case !e.status.Running:
		return one(note(what, line, ""))
	}
	return one(ok(what, line))
}
