package api

import (
	"io"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"gantry/engine/path"
)

// The pull modes of docker run --pull.
const (
	PullMissing = "missing" // the default
	PullAlways  = "always"
	PullNever   = "never"
)

// CreateRequest is what create takes and what a container remembers: Docker's own
// request types, and what the Docker CLI passes beside them.
type CreateRequest struct {
	Name             string                    `json:"name,omitempty"`
	Platform         string                    `json:"platform,omitempty"` // os/arch[/variant]; "" is the host's
	Pull             string                    `json:"pull,omitempty"`     // PullMissing when empty
	Config           *container.Config         `json:"config"`
	HostConfig       *container.HostConfig     `json:"hostConfig"`
	NetworkingConfig *network.NetworkingConfig `json:"networkingConfig,omitempty"`
	// EnvFromHost lists names given as --env NAME: their value was read from the
	// caller's environment, or they were dropped because it had none. A proxy variable
	// of the client config is never put over one of them.
	EnvFromHost []string `json:"envFromHost,omitempty"`
	// CgroupConf are files of the container's cgroup (v2) with what is to be written to them;
	// Docker has no place for it.
	CgroupConf map[string]string `json:"cgroupConf,omitempty"`
	// RdtClass is the resctrl group that the container is put into, by its name; neither has Docker.
	RdtClass string `json:"rdtClass,omitempty"`
	// NetworkOrder has the networks beside the first one in the order of the container's
	// interfaces, when there are several: NetworkingConfig has them in none.
	NetworkOrder []string `json:"networkOrder,omitempty"`
}

// Created is the result of a create.
type Created struct {
	ID       string
	Name     string
	Warnings []string // one sentence each
}

// Observer is told how an operation goes. Every function may be nil; they are called
// from goroutines of the engine, must be fast, and receive full snapshots.
type Observer struct {
	Trace func(path.Trace)
	Pull  func(PullProgress)
	// Registered is called once, when a created container exists in containerd.
	Registered func(Created)
}

// StartOptions says how a container is started.
type StartOptions struct {
	// Attach connects to the container's streams before its process starts, so that no
	// byte is lost. Nil starts it detached.
	Attach *Streams
}

// Streams are a caller's ends of a container's streams.
type Streams struct {
	Stdin      io.Reader // nil: none
	Stdout     io.Writer
	Stderr     io.Writer // with a tty all output comes on Stdout
	Resize     <-chan Size
	DetachKeys string // Docker's notation; "" is ctrl-p,ctrl-q
}

// Size is a terminal's size in cells.
type Size struct{ Width, Height uint16 }

// Session is an attached container.
type Session interface {
	// Wait blocks until the process has ended and all of its output was written, or the
	// user detached (ErrDetached), or ctx given at start ended. It returns the exit code.
	Wait() (int, error)
	// Close lets go of the streams; the container goes on.
	Close() error
}

// ExecRequest is a further process in a running container, as docker exec takes it.
type ExecRequest struct {
	Args       []string
	Tty        bool
	User       string   // "name", "uid", "name:group", "uid:gid"; "" is the container's
	WorkingDir string   // "" is the container's
	Env        []string // NAME=value, over the container's
	Privileged bool     // with every capability
}

// StopOptions says how a container is stopped. Zero values mean the container's own.
type StopOptions struct {
	Signal  string         // "" is the container's stop signal, else the image's, else SIGTERM
	Timeout *time.Duration // nil is the container's, else 10 s; 0 kills at once; negative waits for ever
}

// RemoveOptions says how a container is removed.
type RemoveOptions struct {
	Force   bool // kill it first if it runs
	Volumes bool // remove its anonymous volumes too
}
