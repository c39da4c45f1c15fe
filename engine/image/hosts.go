package image

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	dockerconfig "github.com/containerd/containerd/v2/core/remotes/docker/config"
	"github.com/containerd/containerd/v2/core/transfer"
)

// remote is one pull's way to its registry.
type remote struct {
	resolver remotes.Resolver
	logins   *logins
	limits   *limitNote

	mu         sync.Mutex
	transports []*http.Transport
}

// remote sets the way to the registries up: mirrors, certificates and plain HTTP from the
// host directories, logins from Docker's config file, HTTP on loopback, proxies from
// gantry's environment. Layers are downloaded under the Store's one limit.
func (s *Store) remote(ctx context.Context) *remote {
	r := &remote{logins: &logins{ctx: ctx, dir: s.cfg.DockerConfigDir}, limits: &limitNote{}}
	r.resolver = docker.NewResolver(docker.ResolverOptions{
		Hosts: dockerconfig.ConfigureHosts(ctx, dockerconfig.HostOptions{
			HostDir:      hostDir(s.cfg.HostDirs),
			Credentials:  r.logins.Credentials,
			UpdateClient: r.watch,
		}),
		Headers: http.Header{"User-Agent": {"gantry"}},
	})
	if o, ok := r.resolver.(remotes.ResolverWithOptions); ok {
		o.SetOptions(transfer.WithDownloadLimiter(s.downloads))
	}
	return r
}

// watch puts itself between the client and its transport, to read the headers that a
// registry sends with a refusal.
func (r *remote) watch(c *http.Client) error {
	base := c.Transport
	if t, ok := base.(*http.Transport); ok {
		r.mu.Lock()
		r.transports = append(r.transports, t)
		r.mu.Unlock()
	}
	c.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
		resp, err := base.RoundTrip(req)
		if resp != nil {
			r.limits.note(resp)
		}
		return resp, err
	})
	return nil
}

// close lets the connections go that no other request will use.
func (r *remote) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.transports {
		t.CloseIdleConnections()
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// limitNote keeps what a registry said about its limit on pulls.
type limitNote struct {
	mu    sync.Mutex
	retry string // Retry-After: seconds or a date
}

func (n *limitNote) note(resp *http.Response) {
	if resp.StatusCode != http.StatusTooManyRequests {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.retry = resp.Header.Get("Retry-After")
}

func (n *limitNote) retryAfter() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.retry
}

// hostDir finds a registry's directory in the first root that has one, and only then
// the _default one of a root.
func hostDir(roots []string) func(string) (string, error) {
	return func(host string) (string, error) {
		for _, name := range append(hostNames(host), "_default") {
			for _, root := range roots {
				dir := filepath.Join(root, name)
				if st, err := os.Stat(dir); err == nil && st.IsDir() {
					return dir, nil
				}
			}
		}
		return "", nil
	}
}
