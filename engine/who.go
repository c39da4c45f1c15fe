package engine

import (
	"os"
	"path/filepath"
	"strconv"
	"time"

	"gantry/engine/api"
	"gantry/engine/record"
)

// doer says by whom something was done, as far as that is known for certain; else "". Actor is
// the other program that was at it when it was heard of.
func doer(w happening, c api.Container, labels record.Info, own bool, actor string) string {
	switch {
	case w.image:
		return ""
	case w.action == "oom":
		return api.ByKernel
	case own:
		return api.ByThis
	case w.action == "create":
		return maker(c.Owner)
	case actor != "":
		return actor
	}
	switch w.action {
	case "start":
		if c.Owner == api.OwnerKubernetes || c.Owner == api.OwnerDocker {
			return maker(c.Owner)
		}
		// Everybody else has the container's lock for a start.
		if labels.RestartStatus == "running" && labels.RestartPolicy != "" && labels.RestartPolicy != "no" {
			return api.ByPolicy
		}
	case "die":
		if c.OOMKilled {
			return api.ByKernel
		}
		// Whoever stops one says so in its labels first; one that was killed has a code over 128.
		if c.Owner == api.OwnerGantry && c.ExitKnown && c.ExitCode < 128 && !labels.ExplicitlyStopped {
			return api.ByItself
		}
	}
	return ""
}

// maker is the program that makes containers of an owner.
func maker(o api.Owner) string {
	switch o {
	case api.OwnerGantry:
		return api.ByGantry
	case api.OwnerNerdctl:
		return "nerdctl"
	case api.OwnerKubernetes:
		return "kubelet"
	case api.OwnerDocker:
		return "dockerd"
	case api.OwnerBuildKit:
		return "buildkitd"
	}
	return ""
}

// actor is the program that has a container to itself now, or for an end that ends it, if that is
// another one; "" when there is none, or it is not to be found out.
func (l *link) actor(action, id string) string {
	dir := l.records.State(id)
	pid := 0
	if action == "die" {
		pid = dir.Marker()
	} else {
		pid = dir.Locker()
	}
	if pid < 2 || pid == os.Getpid() {
		return ""
	}
	exe, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "exe"))
	if err != nil {
		return ""
	}
	switch name := filepath.Base(exe); name {
	case "gantry":
		return api.ByGantry
	case "nerdctl":
		return name
	}
	return ""
}

// heard is something that happened, before it is told.
type heard struct {
	happening
	at    time.Time
	own   bool
	actor string
}
