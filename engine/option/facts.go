package option

import "gantry/engine/host"

// Facts are what a request is checked against: the host's, and what the server can do.
type Facts struct {
	Host   host.Facts
	Server Server
}

// Server is what the containerd at hand can do, as far as options depend on it.
type Server struct {
	Version         string
	Embedded        bool
	Snapshotter     string
	RestartPolicies []string // policies its restart monitor honours; nil when it has no monitor
}
