package image

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/log"
	"golang.org/x/sync/semaphore"

	"gantry/engine/api"
)

// Puller brings images here. Store pulls client-side; a puller that leaves the work to
// containerd's transfer service can stand in its place.
type Puller interface {
	// Pull fetches ref for a platform ("" is the host's), unpacks it and stores it under
	// its full name. progress may be nil; it gets full snapshots, one at a time, from a
	// goroutine of the puller, the last one before Pull returns.
	Pull(ctx context.Context, ref, platform string, progress func(api.PullProgress)) (containerd.Image, error)
}

var _ Puller = (*Store)(nil)

// Config says where a Store looks and how hard it works. Zero values are the defaults.
type Config struct {
	Snapshotter     string    // "overlayfs"
	HostDirs        []string  // registry configuration: /etc/containerd/certs.d, /etc/docker/certs.d
	DockerConfigDir string    // where config.json with the logins is: $DOCKER_CONFIG, or ~/.docker
	MaxDownloads    int       // layers downloaded at a time, over all pulls: 3, as Docker
	MaxUnpacks      int       // layers unpacked at a time, over all pulls: one a CPU, at most 4
	Insecure        []string  // registries, as host[:port], that may speak plain HTTP or show any certificate
	Swell           int64     // bytes that any layer may unpack to, beside what compression explains: 2 GiB
	Patience        Patience  // with registries
	Owner           string    // marks the leases of this gantry; default is its process
	Log             io.Writer // where containerd's client packages log to; nil: nowhere
	Now             func() time.Time
	// Proxy chooses the proxy of a request; default is http.ProxyFromEnvironment.
	Proxy func(*http.Request) (*url.URL, error)
}

// Store is the image store of one containerd. Its methods may be called from several
// goroutines; the containerd namespace is the context's.
type Store struct {
	client    *containerd.Client
	cfg       Config
	downloads *semaphore.Weighted
	unpacks   *semaphore.Weighted
	locks     *keyLock

	mu      sync.Mutex
	flights map[flightKey]*flight
}

// New makes a Store over a connection, which stays the caller's. containerd's client
// packages log to standard error, which would tear a screen: New points that logger,
// of which a process has one, at cfg.Log.
func New(client *containerd.Client, cfg Config) *Store {
	if cfg.Snapshotter == "" {
		cfg.Snapshotter = "overlayfs"
	}
	if cfg.HostDirs == nil {
		cfg.HostDirs = []string{"/etc/containerd/certs.d", "/etc/docker/certs.d"}
	}
	if cfg.DockerConfigDir == "" {
		cfg.DockerConfigDir = dockerConfigDir()
	}
	if cfg.MaxDownloads <= 0 {
		cfg.MaxDownloads = 3
	}
	if cfg.MaxUnpacks <= 0 {
		cfg.MaxUnpacks = min(runtime.NumCPU(), 4)
	}
	if cfg.Swell <= 0 {
		cfg.Swell = 2 << 30
	}
	if cfg.Log == nil {
		cfg.Log = io.Discard
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Owner == "" {
		cfg.Owner = thisProcess()
	}
	cfg.Patience = cfg.Patience.withDefaults()
	log.L.Logger.SetOutput(cfg.Log)
	return &Store{
		client:    client,
		cfg:       cfg,
		downloads: semaphore.NewWeighted(int64(cfg.MaxDownloads)),
		unpacks:   semaphore.NewWeighted(int64(cfg.MaxUnpacks)),
		locks:     newKeyLock(),
		flights:   map[flightKey]*flight{},
	}
}

func dockerConfigDir() string {
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".docker")
}
