// Package backend declares what the screens and the command line need of an engine.
//
// The interfaces are small and named after what they do; Engine is their sum, which
// *engine.Engine and the scripted fake both satisfy. Calls block until done, take a
// context first and may be made from any goroutine. Observer functions are called
// from goroutines of the engine and must be fast.
package backend

import (
	"context"
	"io"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/engine/path"
)

// Watcher follows the containers live.
type Watcher interface {
	// Watch sends the connection's state and the full list, then changes, until ctx ends;
	// then it closes the channel. Changes that come faster than they are received are
	// merged by ID, so a slow receiver holds nothing up and sees the latest state.
	Watch(ctx context.Context) <-chan api.Update
}

// Describer tells about the engine and the host.
type Describer interface {
	Info(ctx context.Context) (api.EngineInfo, error)
	// Facts are what requests are checked against.
	Facts(ctx context.Context) (option.Facts, error)
	// Metrics are the engine's own counters since it was opened.
	Metrics() api.Metrics
}

// Spacer looks beyond the namespace that the engine is in.
type Spacer interface {
	// Namespaces are all of containerd's, by name, with what is in them.
	Namespaces(ctx context.Context) ([]api.Namespace, error)
	// In is the same engine in another namespace: its Watch and everything else are about
	// what is there. It costs little, lives as long as this engine, and must not be closed.
	In(namespace string) Engine
}

// Finder finds containers by name, ID or a unique beginning of an ID.
type Finder interface {
	Containers(ctx context.Context) ([]api.Container, error)
	Find(ctx context.Context, nameOrID string) (api.Container, error)
	Inspect(ctx context.Context, id string) (*container.InspectResponse, error)
	// Request is what the container was created with, as far as it is remembered.
	Request(ctx context.Context, id string) (api.CreateRequest, error)
	// Remembered is Request, made up from what else is known where that is not remembered.
	Remembered(ctx context.Context, id string) (api.Remembered, error)
	// Traces are the container's last operations, newest first.
	Traces(ctx context.Context, id string) ([]path.Trace, error)
}

// Runner creates and starts containers.
type Runner interface {
	Create(ctx context.Context, req api.CreateRequest, o api.Observer) (api.Created, error)
	// Start starts a created or ended container. The session is nil unless opt.Attach is set.
	Start(ctx context.Context, id string, opt api.StartOptions, o api.Observer) (api.Session, error)
	// Run is Create and Start in one trace. When the start fails the container stays.
	Run(ctx context.Context, req api.CreateRequest, opt api.StartOptions, o api.Observer) (api.Created, api.Session, error)
	// Recreate puts a new container in the place of an old one, in one trace; when anything
	// fails the old one is brought back.
	Recreate(ctx context.Context, id string, req api.CreateRequest, opt api.RecreateOptions, o api.Observer) (api.Recreated, error)
}

// Controller acts on existing containers.
type Controller interface {
	Stop(ctx context.Context, id string, opt api.StopOptions, o api.Observer) error
	Kill(ctx context.Context, id, signal string) error // "" is SIGKILL
	Remove(ctx context.Context, id string, opt api.RemoveOptions, o api.Observer) error
	Pause(ctx context.Context, id string) error
	Unpause(ctx context.Context, id string) error
	Restart(ctx context.Context, id string, opt api.StopOptions, o api.Observer) error
	Rename(ctx context.Context, id, name string) error
	// Update changes limits and the restart policy, at once if the container runs.
	Update(ctx context.Context, id string, change option.Draft) error
	// Wait blocks until the container is not running and returns its exit code.
	Wait(ctx context.Context, id string) (int, error)
}

// Entrant goes into running containers.
type Entrant interface {
	// Exec starts a further process; the session is nil without streams.
	Exec(ctx context.Context, id string, req api.ExecRequest, st *api.Streams) (api.Session, error)
	// Attach connects to what the container's own process reads and writes.
	Attach(ctx context.Context, id string, st *api.Streams) (api.Session, error)
	// Shell is the shell that the container has; a *UnsupportedError when it has none.
	Shell(ctx context.Context, id string) (string, error)
}

// Logger reads logs.
type Logger interface {
	// Logs calls each with batches of lines, in order, until the log's end, or with Follow
	// until the container has ended and its last line was delivered, or ctx ends, or each fails.
	Logs(ctx context.Context, id string, opt api.LogOptions, each func([]api.LogLine) error) error
}

// Meter tells what containers use.
type Meter interface {
	// Stats samples the containers with these IDs, or all when there are none, in one call.
	// Those that do not run are left out. Two samples make a rate: api.Sample.Since.
	Stats(ctx context.Context, ids []string) (map[string]api.Sample, error)
	// Usage is processor time and memory of those containers, as Stats has them and nothing else,
	// at a cost that can be had every other second.
	Usage(ctx context.Context, ids []string) (map[string]api.Sample, error)
	// Top is the processes of a running container as ps shows them, with ps's options.
	Top(ctx context.Context, id string, options []string) (*container.TopResponse, error)
}

// Copier copies files between this host and containers, that run or not.
type Copier interface {
	// CopyFrom copies by docker cp's rules; with opt.Out it writes a tar there, and dst is not looked at.
	CopyFrom(ctx context.Context, id, src, dst string, opt api.CopyOptions) error
	// CopyTo does so the other way; with opt.In it unpacks that tar, and src is not looked at.
	CopyTo(ctx context.Context, id, src, dst string, opt api.CopyOptions) error
}

// Keeper makes of a container's files what outlives it. What is mounted in it is not its own.
type Keeper interface {
	// Commit makes an image: what the container changed on the one that it was made of, and
	// what it was created with as configuration. A bad name or instruction is an api.FieldErrors.
	Commit(ctx context.Context, id, ref string, opt api.CommitOptions, o api.Observer) (api.Committed, error)
	// Changes are what it changed of its image's files, by path.
	Changes(ctx context.Context, id string) ([]container.FilesystemChange, error)
	// Export writes all its files as tar.
	Export(ctx context.Context, id string, w io.Writer) error
}

// Eventer tells what happens.
type Eventer interface {
	// Events tells each what happens from now on, until ctx ends, with its error, or each fails.
	Events(ctx context.Context, each func(api.Event) error) error
}

// Imager handles images.
type Imager interface {
	Images(ctx context.Context) ([]api.Image, error)
	// ImageConfig is what a local image brings along; a *NotFoundError when it is not here.
	ImageConfig(ctx context.Context, ref, platform string) (api.ImageConfig, error)
	Pull(ctx context.Context, ref, platform string, o api.Observer) (api.Image, error)
	// RemoveImage refuses one that containers were made of with an *ImageInUseError, unless
	// force is set.
	RemoveImage(ctx context.Context, ref string, force bool) error
}

// Networker handles networks.
type Networker interface {
	Networks(ctx context.Context) ([]api.Network, error)
	CreateNetwork(ctx context.Context, req api.NetworkCreate) (api.Network, error)
	InspectNetwork(ctx context.Context, name string) (network.Inspect, error)
	// RemoveNetwork refuses one that containers are on with a *NetworkInUseError.
	RemoveNetwork(ctx context.Context, name string) error
	// UnusedNetworks are those that a prune would remove.
	UnusedNetworks(ctx context.Context) ([]api.Network, error)
}

// Volumer handles volumes.
type Volumer interface {
	Volumes(ctx context.Context) ([]api.Volume, error)
	Volume(ctx context.Context, name string) (api.Volume, error)
	// CreateVolume leaves one that is there as it is.
	CreateVolume(ctx context.Context, req api.VolumeCreate) (api.Volume, error)
	// RemoveVolume refuses one that a container has with a *VolumeInUseError.
	RemoveVolume(ctx context.Context, name string) error
	// UnusedVolumes are those that a prune would remove: anonymous ones, or all.
	UnusedVolumes(ctx context.Context, all bool) ([]api.Volume, error)
	// VolumeSize is in bytes; it reads all of the volume.
	VolumeSize(ctx context.Context, name string) (int64, error)
}

// Foreseer tells what a create would meet, and what can be written in its place. All of it is
// asked in the background and may be cancelled; nothing is changed by it.
type Foreseer interface {
	// Check looks at the world that the request would meet: names, ports, networks, mounts.
	Check(ctx context.Context, req api.CreateRequest) (api.Checked, error)
	// Remote asks the registry; what keeps the image from being pulled is a *PullError.
	Remote(ctx context.Context, ref, platform string) (api.RemoteImage, error)
	// Tags are those of a reference's repository, as far as its registry tells them.
	Tags(ctx context.Context, ref string) ([]string, error)
	// Devices are the host's by the names that their vendors have given them: vendor/class=name.
	Devices(ctx context.Context) ([]string, error)
	// HostPaths are the paths of the host that begin with a text.
	HostPaths(ctx context.Context, beginning string) ([]string, error)
}

// Engine is everything a frontend needs.
type Engine interface {
	Watcher
	Describer
	Spacer
	Finder
	Runner
	Controller
	Entrant
	Logger
	Meter
	Copier
	Keeper
	Eventer
	Imager
	Networker
	Volumer
	Foreseer
}
