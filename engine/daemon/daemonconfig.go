package daemon

import (
	"fmt"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"
)

const (
	// configVersion is the config format of the payload's containerd.
	configVersion = 4
	// restartInterval is how often the restart monitor looks; containerd's own 10 s are
	// long for somebody who watches.
	restartInterval = "2s"
	// maxSocketPath is what fits into a unix socket address, with its closing zero.
	maxSocketPath = 107
	// maxShimDir is the longest folder that containerd takes for the shims' sockets.
	maxShimDir = 42
)

// daemonConfig is the configuration file of the embedded daemon.
type daemonConfig struct {
	Version int            `toml:"version"`
	Root    string         `toml:"root"`
	State   string         `toml:"state"`
	Temp    string         `toml:"temp"`
	Debug   debugConfig    `toml:"debug"`
	Plugins map[string]any `toml:"plugins"`
}

type debugConfig struct {
	Level string `toml:"level"`
}

// renderConfig writes the daemon's configuration: everything of its own, below the data
// root and the state dir, so that it shares nothing with a containerd of the system.
func renderConfig(ep Endpoint) ([]byte, error) {
	ttrpc := ep.Address + ".ttrpc"
	if len(ttrpc) > maxSocketPath {
		return nil, fmt.Errorf("%s is too long for a socket: at most %d characters fit, choose a shorter run root", ttrpc, maxSocketPath)
	}
	plugins := map[string]any{
		"io.containerd.server.v1.grpc":               map[string]any{"address": ep.Address},
		"io.containerd.server.v1.ttrpc":              map[string]any{"address": ttrpc},
		"io.containerd.monitor.container.v1.restart": map[string]any{"interval": restartInterval},
		// Nobody scrapes this daemon: metrics are asked for task by task.
		"io.containerd.monitor.task.v1.cgroups": map[string]any{"no_prometheus": true},
	}
	// A longer path is left to containerd's own folder, where names cannot clash: they
	// are hashes over this daemon's address.
	if dir := filepath.Join(ep.StateDir, "s"); len(dir) <= maxShimDir {
		plugins["io.containerd.shim.v1.manager"] = map[string]any{"socket_dir": dir}
	}
	raw, err := toml.Marshal(daemonConfig{
		Version: configVersion,
		Root:    filepath.Join(ep.DataRoot, "containerd"),
		State:   filepath.Join(ep.StateDir, "containerd"),
		Temp:    filepath.Join(ep.DataRoot, "tmp"),
		Debug:   debugConfig{Level: "warn"},
		Plugins: plugins,
	})
	if err != nil {
		return nil, fmt.Errorf("write containerd's configuration: %w", err)
	}
	return raw, nil
}
