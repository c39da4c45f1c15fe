// Package engine is what can be done to containers: it finds a containerd or brings up
// its own, keeps the live list, and carries out create, start and the rest straight
// against it.
//
// It knows nothing of screens. A frontend gets plain values of engine/api, traces of
// engine/path, and calls methods that block until done.
package engine

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"sync"
	"time"

	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/task"
)

// Config says which containerd is used and how.
type Config struct {
	Daemon    daemon.Config
	Namespace string // containerd namespace; "" is "default"
	Version   string // gantry's own, kept with what it makes
	// DockerConfigDir holds the client config with proxies and logins; "" is
	// $DOCKER_CONFIG, else ~/.docker.
	DockerConfigDir string
	// Insecure are the registries, as host[:port], that may speak plain HTTP or show any
	// certificate; those on loopback may without.
	Insecure []string
	// CDIDirs are where vendors describe their devices; nil is /etc/cdi and /var/run/cdi.
	CDIDirs []string
	// Brief is for one command that nobody watches: the live list is not kept before Watch is
	// called, and what was killed is swept only when that is due.
	Brief bool
	Log   *slog.Logger // nil discards
	Now   func() time.Time
	// Gap, when set, is called between the steps of every path; tests kill or cancel there.
	Gap func(operation, step string)
	// Calls, when set, is told every call to containerd before it is made; tests count them.
	Calls func(method string)
}

// Engine is a connection to one containerd. Its methods may be called from any goroutine.
type Engine struct {
	cfg    Config
	log    *slog.Logger
	cancel context.CancelFunc
	life   context.Context // ends when Close is called
	done   sync.WaitGroup
	boot   time.Time
	random io.Reader // where container IDs come from

	whole   *Engine            // whose connection a view shares; nil: it has its own
	views   map[string]*Engine // by namespace
	watched chan struct{}      // closed when somebody watches
	watch   sync.Once          // closes it
	closing bool               // views end at once

	ahead *outlook // of a connection that begins; of the goroutine that connects alone

	hub     hub
	feed    feed
	deeds   deeds
	metrics metrics
	meter   task.Meter // of this engine and its views

	mu    sync.Mutex
	link  *link          // nil while there is no connection
	conn  api.Connection // how it is now
	moved chan struct{}  // closed and replaced whenever conn changes
	retry chan struct{}  // one slot: try again at once
}

// Open begins to connect and returns at once; Watch and Ready tell how it goes. The
// engine works until Close.
func Open(cfg Config) *Engine {
	e := unconnected(cfg)
	e.done.Go(func() { e.keepConnected(e.life) })
	return e
}

// unconnected is an engine that nobody connects yet.
func unconnected(cfg Config) *Engine {
	if cfg.Namespace == "" {
		cfg.Namespace = "default"
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	ctx, cancel := context.WithCancel(context.Background())
	e := &Engine{cfg: cfg, log: cfg.Log, cancel: cancel, life: ctx, moved: make(chan struct{}), retry: make(chan struct{}, 1), watched: make(chan struct{})}
	e.conn = api.Connection{State: api.ConnConnecting, Since: cfg.Now(), Info: api.EngineInfo{Namespace: cfg.Namespace}}
	e.boot, e.random = bootTime(cfg), rand.Reader
	e.hub.init()
	e.metrics.init()
	return e
}

// Close ends the connection and waits for the engine's goroutines. What runs in
// containerd runs on.
func (e *Engine) Close() error {
	if e.whole != nil {
		return nil
	}
	e.endViews()
	e.cancel()
	e.done.Wait()
	e.meter.Close()
	return nil
}

// Ready waits until the engine is connected, or fails with why it cannot be: a
// *api.UnavailableError. It does not wait for a lost connection to come back.
func (e *Engine) Ready(ctx context.Context) error {
	_, err := e.need(ctx)
	return err
}

// Retry makes a connection that waits before its next attempt try at once.
func (e *Engine) Retry() {
	if e.whole != nil {
		e.whole.Retry()
	}
	select {
	case e.retry <- struct{}{}:
	default:
	}
}

// need is the connection to work with. It waits while the first attempt is under way.
func (e *Engine) need(ctx context.Context) (*link, error) {
	for {
		e.mu.Lock()
		l, conn, moved := e.link, e.conn, e.moved
		e.mu.Unlock()
		if l != nil {
			return l, nil
		}
		if conn.State == api.ConnLost {
			return nil, conn.Err
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// setConn makes conn the present state of the connection and tells everybody.
func (e *Engine) setConn(l *link, conn api.Connection) {
	e.mu.Lock()
	if conn.State != e.conn.State || conn.Since.IsZero() {
		conn.Since = e.cfg.Now()
	} else {
		conn.Since = e.conn.Since
	}
	e.link, e.conn = l, conn
	close(e.moved)
	e.moved = make(chan struct{})
	e.mu.Unlock()
	e.hub.publish(api.Update{Conn: &conn, At: e.cfg.Now()})
}
