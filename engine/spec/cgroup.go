package spec

import (
	"path"
	"strings"

	"gantry/engine/api"
	"gantry/engine/host"
)

// Cgroup is where a container's processes are counted.
type Cgroup struct {
	Path    string // for Input.CgroupsPath
	Systemd bool   // the runtime must be told to go by systemd (runc's SystemdCgroup)
}

// CgroupsPath chooses it. The embedded engine has a parent of its own and makes the groups
// itself; on a system engine systemd does where it manages cgroup v2, as with Docker and
// nerdctl, and else the path is nerdctl's. parent is --cgroup-parent; "" is the default.
func CgroupsPath(h host.Facts, embedded bool, namespace, id, parent string) (Cgroup, error) {
	if !embedded && h.Systemd && h.CgroupMode == host.CgroupV2 {
		if parent == "" {
			parent = "system.slice"
		}
		if !strings.HasSuffix(parent, ".slice") || strings.Contains(parent, "/") {
			return Cgroup{}, api.FieldErrors{{Field: "cgroup-parent", Value: parent, Reason: "with systemd it is the name of a slice", Fix: "xxx.slice"}}
		}
		return Cgroup{Path: parent + ":gantry:" + id, Systemd: true}, nil
	}
	switch {
	case parent != "":
		return Cgroup{Path: path.Join("/", parent, id)}, nil
	case embedded:
		return Cgroup{Path: path.Join("/gantry", namespace, id)}, nil
	}
	return Cgroup{Path: path.Join("/", namespace, id)}, nil
}
