package daemon

import (
	"cmp"
	"fmt"

	"gantry/engine/api"
	"gantry/engine/bundle"
	"gantry/engine/daemon/keeper"
)

// Skew says how the embedded daemon that runs differs from this gantry: "the engine is of
// gantry X with containerd Y, …". It is "" where both are the same build, where the daemon
// is a system's, and where it cannot be told.
func Skew(ep Endpoint) string {
	if ep.Kind != api.EngineEmbedded {
		return ""
	}
	pid := keeper.Daemon(ep.DataRoot)
	if pid == 0 {
		return ""
	}
	exe := fmt.Sprintf("/proc/%d/exe", pid)
	same, err := bundle.SameBuild("/proc/self/exe", exe)
	if err != nil || same {
		return ""
	}
	theirs, err := bundle.ReadBuild(exe)
	if err != nil {
		return "" // not a program of Go's: a test's stand-in
	}
	ours, err := bundle.ReadBuild("/proc/self/exe")
	if err != nil {
		return ""
	}
	if theirs == ours {
		return "the engine was started by another build of gantry"
	}
	name := func(b bundle.Build) string {
		return cmp.Or(b.Version, "(unknown)") + " with containerd " + cmp.Or(b.Containerd, "(unknown)")
	}
	return "the engine is of gantry " + name(theirs) + ", and this is " + name(ours)
}
