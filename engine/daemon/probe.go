package daemon

import (
	"context"
	"fmt"
	"slices"
	"strings"

	introspection "github.com/containerd/containerd/api/services/introspection/v1"
	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/errdefs"
	"github.com/opencontainers/runtime-spec/specs-go/features"
	"golang.org/x/sync/errgroup"
)

// runcVersion is the annotation in which runc names its version.
const runcVersion = "org.opencontainers.runc.version"

// restartCapability is listed by every restart monitor that lists any.
const restartCapability = "no"

// Caps is what a containerd can do.
type Caps struct {
	Version      string
	Revision     string
	Snapshotters []string // those that work, sorted
	Snapshotter  string   // the one to use: overlayfs, else native, else any; "" if there is none
	// Restart says whether there is a restart monitor. RestartPolicies are those it honours:
	// one that lists none (containerd 1.6) knows only always.
	Restart         bool
	RestartPolicies []string
	Transfer        bool // the transfer and the streaming service are there
	Sandboxes       bool
}

// Probe asks a containerd what it is and what it can do. It asks for plugins, never
// concludes from the version.
func Probe(ctx context.Context, c *client.Client) (Caps, error) {
	var caps Caps
	var v client.Version
	var ask errgroup.Group
	ask.Go(func() (err error) {
		if v, err = c.Version(ctx); err != nil {
			return fmt.Errorf("ask for the version of containerd: %w", err)
		}
		return nil
	})
	resp, err := c.IntrospectionService().Plugins(ctx, asked...)
	if verr := ask.Wait(); verr != nil {
		return caps, verr
	}
	if err != nil {
		return caps, fmt.Errorf("ask for the plugins of containerd: %w", err)
	}
	caps.Version, caps.Revision = strings.TrimPrefix(v.Version, "v"), v.Revision
	caps.read(resp.Plugins)
	return caps, nil
}

// asked are filters for the plugins that read looks at: a containerd has some fifty, and tells much
// of each.
var asked = []string{"type==io.containerd.snapshotter.v1", "id==restart", "id==transfer", "id==streaming", "id==sandboxes"}

// read takes what the plugins tell. Plugins that failed to load do not count.
func (caps *Caps) read(plugins []*introspection.Plugin) {
	var transfer, streaming bool
	for _, p := range plugins {
		if p.InitErr != nil {
			continue
		}
		switch {
		case p.Type == "io.containerd.snapshotter.v1":
			caps.Snapshotters = append(caps.Snapshotters, p.ID)
		case p.ID == "restart": // its type changed between versions
			caps.Restart = true
			caps.RestartPolicies = policies(p.Capabilities)
		case p.Type == "io.containerd.grpc.v1" && p.ID == "transfer":
			transfer = true
		case p.Type == "io.containerd.grpc.v1" && p.ID == "streaming":
			streaming = true
		case p.Type == "io.containerd.grpc.v1" && p.ID == "sandboxes":
			caps.Sandboxes = true
		}
	}
	caps.Transfer = transfer && streaming
	slices.Sort(caps.Snapshotters)
	caps.Snapshotter = pick(caps.Snapshotters)
}

func policies(capabilities []string) []string {
	if !slices.Contains(capabilities, restartCapability) {
		return []string{"no", "always"}
	}
	return slices.Clone(capabilities)
}

func pick(snapshotters []string) string {
	for _, want := range []string{"overlayfs", "native"} {
		if slices.Contains(snapshotters, want) {
			return want
		}
	}
	if len(snapshotters) > 0 {
		return snapshotters[0]
	}
	return ""
}

// Runtime is what the server's default runtime says of itself.
type Runtime struct {
	Version string // of runc; "" if the server cannot tell
	Seccomp *bool  // nil if the server cannot tell
}

// ProbeRuntime asks the default runtime for its features. It is apart from Probe
// because the server runs the shim and runc to answer. Servers before 2.0 cannot tell;
// a runtime that is missing is for the first start to report.
func ProbeRuntime(ctx context.Context, c *client.Client) (Runtime, error) {
	var rt Runtime
	info, err := c.RuntimeInfo(ctx, "", nil)
	if err != nil {
		if ctx.Err() != nil || errdefs.IsUnavailable(err) {
			return rt, fmt.Errorf("ask for the runtime of containerd: %w", err)
		}
		return rt, nil
	}
	f, ok := info.Features.(*features.Features)
	if !ok {
		return rt, nil
	}
	rt.Version = f.Annotations[runcVersion]
	if f.Linux != nil && f.Linux.Seccomp != nil {
		rt.Seccomp = f.Linux.Seccomp.Enabled
	}
	return rt, nil
}
