package api

import (
	"fmt"
	"strings"
	"time"
)

// Volume is what a list shows of a volume.
type Volume struct {
	Name       string
	Mountpoint string            // the directory with its data
	Labels     map[string]string // the user's; that it is anonymous is told by Anonymous
	Anonymous  bool              // made for a container that did not name it
	CreatedAt  time.Time         // zero when it is not known
	UsedBy     []string          // names of the containers that have it, running or not
}

// VolumeCreate is what a volume is made from, as docker volume create takes it.
type VolumeCreate struct {
	Name    string            // "" is a new anonymous one
	Driver  string            // "" or "local"
	Options map[string]string // of the driver; local has none here
	Labels  map[string]string
}

// VolumeInUseError is a volume that cannot be removed.
type VolumeInUseError struct {
	Name string
	By   []string // names of containers; none when one is being made
}

func (e *VolumeInUseError) Error() string {
	if len(e.By) == 0 {
		return "volume " + e.Name + " is used by a container that is being made"
	}
	return fmt.Sprintf("volume %s is used by %s", e.Name, strings.Join(e.By, ", "))
}

// MountError is a mount of a container that cannot be made as things are now.
type MountError struct {
	Source string // path on the host, or name of a volume
	Target string // path in the container
	Reason string // completes "SOURCE …", lower case, no full stop
	Fix    string // what to do; may be empty
}

func (e *MountError) Error() string {
	s := fmt.Sprintf("cannot mount %s at %s: it %s", e.Source, e.Target, e.Reason)
	if e.Fix != "" {
		s += " (" + e.Fix + ")"
	}
	return s
}
