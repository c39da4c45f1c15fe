package api

import (
	"maps"
	"slices"
	"time"
)

// Container is what a list shows of a container.
type Container struct {
	ID            string // 64 hex digits for gantry's; others' as they are
	Name          string // "" when its owner gave none
	Namespace     string // containerd namespace
	Image         string // full reference, with registry and tag or digest
	Command       []string
	State         State
	Status        string // Docker's sentence: "Up 3 minutes", "Exited (137) 2 hours ago"; made by the frontend when empty
	Pid           uint32 // of the init process; 0 when there is none
	ExitCode      int
	ExitKnown     bool // false on an exited container whose code was lost with its task
	OOMKilled     bool
	Health        Health // how its health check finds it while it runs; "" when it has none
	Error         string // why its last start failed; "" when it did not
	CreatedAt     time.Time
	StartedAt     time.Time // zero if it never ran or that is not known
	FinishedAt    time.Time
	Labels        map[string]string // the user's and the image's; gantry's and nerdctl's own left out
	Ports         []Port
	Networks      []string
	RestartPolicy string // "no", "always", "unless-stopped", "on-failure[:N]"
	RestartCount  int
	MemoryLimit   int64 // bytes; 0 is none
	Tty           bool
	OpenStdin     bool
	AutoRemove    bool
	Platform      string // "linux/amd64"
	Owner         Owner
}

// ShortID is the first twelve digits of the ID, as Docker shows it.
func (c Container) ShortID() string { return ShortID(c.ID) }

// ShortID cuts an ID to the twelve digits that Docker shows.
func ShortID(id string) string {
	if len(id) > 12 {
		return id[:12]
	}
	return id
}

// DisplayName is the name, or the short ID of a container without one.
func (c Container) DisplayName() string {
	if c.Name != "" {
		return c.Name
	}
	return c.ShortID()
}

// Clone is a copy that shares no map or slice with c.
func (c Container) Clone() Container {
	c.Command = slices.Clone(c.Command)
	c.Labels = maps.Clone(c.Labels)
	c.Ports = slices.Clone(c.Ports)
	c.Networks = slices.Clone(c.Networks)
	return c
}

// ExitUnknown is the exit code where a number is asked for and none is known: Docker's and
// containerd's, for what ran when their host lost its power. 0 would call it a success.
const ExitUnknown = 255

// Code is the exit code, or ExitUnknown.
func (c Container) Code() int {
	if c.State == StateExited && !c.ExitKnown {
		return ExitUnknown
	}
	return c.ExitCode
}

// Port is one published port.
type Port struct {
	HostIP        string
	HostPort      uint16
	ContainerPort uint16
	Protocol      string // "tcp", "udp", "sctp"
}
