// Package doctor looks at a host and says what keeps gantry from working on it, or may
// do so. It changes nothing and starts nothing, and works for every user: what it was
// not allowed to look at it says.
package doctor

import (
	"context"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/bundle"
	"gantry/engine/daemon"
	"gantry/engine/host"
)

const (
	probeTime = 3 * time.Second // how long one probe may take
	// probeGrace is how much later a probe may say itself that its time was up: it knows
	// better what did not answer.
	probeGrace = 250 * time.Millisecond
)

// Config says what is looked at. The zero value is this host with gantry's defaults.
type Config struct {
	Daemon    daemon.Config
	Namespace string // containerd namespace; "" is "default"
	// DockerConfigDir holds the client config; "" is $DOCKER_CONFIG, else ~/.docker.
	DockerConfigDir string
	HostDirs        []string // of registries; nil: /etc/containerd/certs.d, /etc/docker/certs.d

	root    string // above proc, sys, run and lib; tests have their own
	euid    func() int
	payload func() (bundle.Manifest, error)
	statfs  func(path string, st *unix.Statfs_t) error
	limit   time.Duration // of one probe
}

func (c Config) withDefaults() Config {
	if c.Daemon.DataRoot == "" {
		c.Daemon.DataRoot = daemon.DefaultDataRoot
	}
	if c.Daemon.Mode == "" {
		c.Daemon.Mode = daemon.Auto
	}
	if c.Daemon.Getenv == nil {
		c.Daemon.Getenv = os.Getenv
	}
	if c.Namespace == "" {
		c.Namespace = "default"
	}
	if c.HostDirs == nil {
		c.HostDirs = []string{"/etc/containerd/certs.d", "/etc/docker/certs.d"}
	}
	if c.root == "" {
		c.root = "/"
	}
	if c.euid == nil {
		c.euid = os.Geteuid
	}
	if c.payload == nil {
		c.payload = bundle.Contents
	}
	if c.statfs == nil {
		c.statfs = unix.Statfs
	}
	if c.limit == 0 {
		c.limit = probeTime
	}
	return c
}

// examination is one look at a host: the facts that several probes go by.
type examination struct {
	Config
	facts     host.Facts
	factsErr  error
	status    daemon.Status
	statusErr error // why there is no status; not that the engine is down
}

// probe looks at one thing.
type probe struct {
	what string
	look func(*examination, context.Context) []api.Finding
}

// probes are in the order of the findings: from the host to what is kept for containers.
func probes() []probe {
	return []probe{
		{"user", (*examination).user},
		{"kernel", (*examination).kernel},
		{"cgroups", (*examination).cgroups},
		{"overlayfs", (*examination).overlay},
		{"seccomp", (*examination).seccomp},
		{"AppArmor", (*examination).appArmor},
		{"programs", (*examination).programs},
		{"engine", (*examination).engine},
		{"keeper", (*examination).keeper},
		{"at boot", (*examination).boot},
		{"restarts", (*examination).restarts},
		{"socket", (*examination).socket},
		{"engine log", (*examination).engineLog},
		{"other engines", (*examination).others},
		{"data root", (*examination).dataRoot},
		{"free space", (*examination).space},
		{"leftovers", (*examination).leftovers},
		{"for nerdctl", (*examination).nerdctl},
		{"logins", (*examination).logins},
		{"client config", (*examination).clientConfig},
		{"registries", (*examination).registries},
	}
}

// Examine looks at everything. Each probe has 3 s; one that is late, or that ctx ends,
// is a finding like the others. A probe that hangs in the kernel (a dead network file
// system) is left behind, and ends when the kernel lets it go.
func Examine(ctx context.Context, cfg Config) []api.Finding {
	e := &examination{Config: cfg.withDefaults()}
	e.facts, e.factsErr = host.ReadRoot(ctx, e.root)
	type current struct {
		status daemon.Status
		err    error
	}
	now, err := bounded(ctx, e.limit, func(ctx context.Context) current {
		st, err := daemon.Current(ctx, e.Daemon)
		return current{st, err}
	})
	e.status, e.statusErr = now.status, now.err
	if err != nil {
		e.statusErr = err
	}
	all := probes()
	found := make([][]api.Finding, len(all))
	var wg sync.WaitGroup
	for i, p := range all {
		wg.Go(func() {
			out, err := bounded(ctx, e.limit, func(ctx context.Context) []api.Finding { return p.look(e, ctx) })
			if err != nil {
				out = []api.Finding{warn(p.what, "not looked at: "+late(ctx, e.limit), "")}
			}
			found[i] = out
		})
	}
	wg.Wait()
	var list []api.Finding
	for _, f := range found {
		list = append(list, f...)
	}
	return list
}

// bounded runs fn for at most limit. A late answer is thrown away.
func bounded[T any](ctx context.Context, limit time.Duration, fn func(context.Context) T) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	answer := make(chan T, 1)
	go func() {
		defer cancel()
		answer <- fn(ctx)
	}()
	select {
	case a := <-answer:
		return a, nil
	case <-ctx.Done():
	}
	select {
	case a := <-answer:
		return a, nil
	case <-time.After(probeGrace):
		var none T
		return none, ctx.Err()
	}
}

// late says why a probe has no answer.
func late(ctx context.Context, limit time.Duration) string {
	if ctx.Err() != nil {
		return "cancelled"
	}
	return "no answer within " + limit.String()
}

func ok(what, detail string) api.Finding {
	return api.Finding{Level: api.FindingOK, What: what, Detail: detail}
}

func note(what, detail, fix string) api.Finding {
	return api.Finding{Level: api.FindingNote, What: what, Detail: detail, Fix: fix}
}

func warn(what, detail, fix string) api.Finding {
	return api.Finding{Level: api.FindingWarn, What: what, Detail: detail, Fix: fix}
}

func bad(what, detail, fix string) api.Finding {
	return api.Finding{Level: api.FindingBad, What: what, Detail: detail, Fix: fix}
}

func one(f api.Finding) []api.Finding { return []api.Finding{f} }
