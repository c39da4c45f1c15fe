package api

import "time"

// The things that events are about.
const (
	EventContainer = "container"
	EventImage     = "image"
)

// Those by whom something is done, beside the names of other programs: nerdctl, kubelet, dockerd.
const (
	ByThis   = "this gantry"
	ByGantry = "gantry" // another one
	ByPolicy = "restart policy"
	ByItself = "itself"
	ByKernel = "out of memory"
)

// Event is something that happened, in Docker's words.
type Event struct {
	At     time.Time
	Type   string // EventContainer, EventImage
	Action string // "create", "start", "die", "pause", "exec_start", …
	ID     string // of the container; the image's name
	// Attributes are what Docker tells along: name, image, exitCode, execID, and a container's labels.
	Attributes map[string]string
	// By is who did it, as far as that is known; else "".
	By string
}
