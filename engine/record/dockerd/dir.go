package dockerd

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// defaultRoot is where dockerd keeps its data unless it is told otherwise.
const defaultRoot = "/var/lib/docker"

// Dir is where dockerd keeps what it knows of a container. The OCI spec tells: files of the
// container's own folder, or of one beside it, are mounted over /etc/hosts and its like. A
// container without any of them is looked for where the daemon's settings say.
func Dir(spec []byte, id, settings string) string {
	var s struct {
		Mounts []struct {
			Destination string `json:"destination"`
			Source      string `json:"source"`
		} `json:"mounts"`
	}
	_ = json.Unmarshal(spec, &s) // without mounts the settings decide
	for _, m := range s.Mounts {
		switch m.Destination {
		case "/etc/hostname", "/etc/hosts", "/etc/resolv.conf":
		default:
			continue
		}
		box := filepath.Dir(m.Source)
		if all := filepath.Dir(box); filepath.Base(all) == "containers" && filepath.Base(m.Source) == filepath.Base(m.Destination) {
			return filepath.Join(all, id)
		}
	}
	return filepath.Join(root(settings), "containers", id)
}

// root is the data root that a daemon.json names, or the default one.
func root(settings string) string {
	var s struct {
		DataRoot string `json:"data-root"`
		Graph    string `json:"graph"` // its name before Docker 17.05
	}
	if data, err := os.ReadFile(settings); err == nil && json.Unmarshal(data, &s) == nil {
		switch {
		case s.DataRoot != "":
			return s.DataRoot
		case s.Graph != "":
			return s.Graph
		}
	}
	return defaultRoot
}

// Settings is the file that dockerd reads when it starts.
const Settings = "/etc/docker/daemon.json"
