package image

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	dockerconfig "github.com/containerd/containerd/v2/core/remotes/docker/config"
	"github.com/pelletier/go-toml/v2"
)

// remote is one pull's way to its registry.
type remote struct {
	resolver remotes.Resolver
	hosts    docker.RegistryHosts
	logins   *logins
	patience Patience
	notes    notes
	now      func() time.Time
	say      func(string) // what holds the pull up
	serves   func(string) // which host gave the manifest; may be nil
	cfg      *Config

	mu         sync.Mutex
	transports []*http.Transport
	known      map[string][]docker.RegistryHost
}

// remote sets the way to the registries up: mirrors, certificates and plain HTTP from the
// host directories, logins from Docker's config file, HTTP on loopback, proxies from
// gantry's environment.
func (s *Store) remote(ctx context.Context, track *tracker) *remote {
	r := &remote{
		logins:   &logins{ctx: ctx, dir: s.cfg.DockerConfigDir, limit: s.cfg.Patience.Helper},
		patience: s.cfg.Patience, notes: notes{realms: map[string]bool{}}, now: s.cfg.Now,
		say: track.say, serves: track.source, cfg: &s.cfg, known: map[string][]docker.RegistryHost{},
	}
	options := dockerconfig.HostOptions{
		HostDir:      hostDir(s.cfg.HostDirs),
		Credentials:  r.logins.Credentials,
		UpdateClient: r.watch,
	}
	usual := dockerconfig.ConfigureHosts(ctx, options)
	options.DefaultScheme = "http" // with TLS configured, HTTPS is tried first
	options.DefaultTLS = &tls.Config{InsecureSkipVerify: true}
	insecure := dockerconfig.ConfigureHosts(ctx, options)
	r.hosts = func(host string) ([]docker.RegistryHost, error) {
		r.mu.Lock()
		found, ok := r.known[host]
		r.mu.Unlock()
		if ok {
			return found, nil
		}
		if err := readable(s.cfg.HostDirs, host); err != nil {
			return nil, err
		}
		configure := usual
		if slices.Contains(s.cfg.Insecure, host) {
			configure = insecure
		}
		found, err := configure(host)
		if err != nil {
			return nil, &configError{fmt.Errorf("the settings of %s: %w", host, err)}
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.known[host] = found
		return found, nil
	}
	r.resolver = docker.NewResolver(docker.ResolverOptions{
		Hosts:   r.hosts,
		Headers: http.Header{"User-Agent": {"gantry"}},
	})
	return r
}

// configError is a file of this host that says how to reach a registry, and is damaged.
type configError struct{ err error }

func (e *configError) Error() string { return e.err.Error() }

// readable checks the file with a registry's mirrors: containerd's reader would only log
// that it cannot read it, and go past the mirror.
func readable(dirs []string, host string) error {
	dir, err := hostDir(dirs)(host)
	if err != nil || dir == "" {
		return err
	}
	name := filepath.Join(dir, "hosts.toml")
	raw, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return nil
	}
	if err == nil {
		var any map[string]any
		err = toml.Unmarshal(raw, &any)
	}
	if err != nil {
		return &configError{fmt.Errorf("%s cannot be read: %w", name, err)}
	}
	return nil
}

// watch puts a wire between the client and its transport.
func (r *remote) watch(c *http.Client) error {
	if _, ok := c.Transport.(*wire); ok {
		return nil
	}
	w := &wire{base: c.Transport, remote: r}
	if t, ok := c.Transport.(*http.Transport); ok {
		r.mu.Lock()
		r.transports = append(r.transports, t)
		r.mu.Unlock()
		if r.cfg.Proxy != nil {
			t.Proxy = r.cfg.Proxy
		}
		w.proxy = t.Proxy
		t.OnProxyConnectResponse = proxyAnswer
		// The wire watches over silence, from the look-up of the name on.
		t.ResponseHeaderTimeout, t.TLSHandshakeTimeout = 0, 0
	}
	c.Transport = w
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
