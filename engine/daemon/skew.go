package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gantry/engine/api"
	"gantry/engine/bundle"
	"gantry/engine/daemon/keeper"
)

// Skew says how the embedded engine that runs differs from the one that this gantry carries:
// "the engine is containerd X, and this gantry brings Y". It is "" where both are the same,
// where the daemon is a system's, and where it cannot be told.
func Skew(ep Endpoint) string {
	if ep.Kind != api.EngineEmbedded {
		return ""
	}
	pid := keeper.Daemon(ep.DataRoot)
	m, err := bundle.Contents()
	if pid == 0 || err != nil {
		return ""
	}
	exe := fmt.Sprintf("/proc/%d/exe", pid)
	name, err := os.Readlink(exe)
	if err != nil {
		return ""
	}
	// Its shim and its runc are those of its folder.
	ours, err := filepath.EvalSymlinks(filepath.Join(ep.DataRoot, "bin"))
	if err != nil || filepath.Dir(strings.TrimSuffix(name, " (deleted)")) == bundle.Home(ours) {
		return ""
	}
	theirs, err := bundle.ContainerdIn(exe)
	switch {
	case err != nil:
		return "" // not a program of Go's: a test's stand-in
	case theirs == "" || theirs == m.Version(bundle.Daemon):
		return "the engine was started by another build of gantry"
	}
	return "the engine is containerd " + theirs + ", and this gantry brings " + m.Version(bundle.Daemon)
}
