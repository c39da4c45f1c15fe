package engine

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/pkg/namespaces"
	specs "github.com/opencontainers/runtime-spec/specs-go"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
	"google.golang.org/grpc"

	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/host"
	"gantry/engine/image"
	"gantry/engine/network"
	"gantry/engine/option"
	"gantry/engine/path"
	"gantry/engine/record"
	"gantry/engine/task"
	"gantry/engine/volume"
)

// The pauses between attempts to connect: doubled from the first to the last.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 2 * time.Second
)

// link is what there is while containerd can be talked to.
type link struct {
	client   *client.Client
	end      daemon.Endpoint
	caps     daemon.Caps
	facts    option.Facts
	info     api.EngineInfo
	images   *image.Store
	records  *record.Store
	networks *network.Networks
	volumes  *volume.Store
	use      *semaphore.Weighted // held by what must not be left half done
}

const (
	// manyUses is more than there are ever at once.
	manyUses = 1 << 30
	// settleTime is how long the end of an engine waits for what it has begun by itself.
	settleTime = 5 * time.Second
)

// settle waits for what must not be left half done, so that the client is not closed under it.
func (l *link) settle() {
	ctx, cancel := context.WithTimeout(context.Background(), settleTime)
	defer cancel()
	_ = l.use.Acquire(ctx, manyUses) // an end that came late is no more than a warning in the log
}

// keepConnected connects, follows, and begins again, until ctx ends.
func (e *Engine) keepConnected(ctx context.Context) {
	pause := firstPause
	for ctx.Err() == nil {
		l, err := e.connect(ctx)
		if err == nil {
			pause = firstPause
			err = e.attend(ctx, l)
			if ctx.Err() != nil {
				l.settle()
			}
			if e.whole == nil {
				if cerr := l.client.Close(); cerr != nil {
					e.log.Warn("close connection", "err", cerr)
				}
			}
		}
		if ctx.Err() != nil {
			return
		}
		e.log.Warn("no connection", "err", err)
		conn := e.connection()
		conn.State, conn.Err = api.ConnLost, unavailable(conn.Info.Address, err)
		e.setConn(nil, conn)
		select {
		case <-time.After(pause):
		case <-e.retry:
		case <-ctx.Done():
			return
		}
		pause = min(2*pause, lastPause)
	}
}

// unavailable makes sure that a lost connection has a typed reason.
func unavailable(address string, err error) error {
	var u *api.UnavailableError
	if errors.As(err, &u) {
		return err
	}
	return &api.UnavailableError{Address: address, Cause: api.UnavailableAny, Err: err}
}

func (e *Engine) connection() api.Connection {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.conn
}

// connect finds the engine, brings the embedded one up if that is the choice, and asks
// what it can do.
func (e *Engine) connect(ctx context.Context) (*link, error) {
	if e.whole != nil {
		return e.share(ctx)
	}
	dc := e.cfg.Daemon
	end, err := daemon.Choose(ctx, dc)
	if err != nil {
		return nil, err
	}
	info := api.EngineInfo{
		Kind: end.Kind, Address: end.Address, Namespace: e.cfg.Namespace,
		DataRoot: end.DataRoot, RecordRoot: end.RecordRoot,
	}
	dc.Report = func(t path.Trace) {
		conn := e.connection()
		if conn.State != api.ConnLost {
			conn.State = api.ConnStarting
		}
		if !conn.Known() { // else what is lost is still what it was
			conn.Info = info
		}
		conn.Trace = t
		e.setConn(nil, conn)
	}
	if err := daemon.Up(ctx, dc, end); err != nil {
		return nil, err
	}
	c, err := daemon.Open(ctx, end, e.told()...)
	if err != nil {
		return nil, err
	}
	l := &link{client: c, end: end, info: info, use: semaphore.NewWeighted(manyUses)}
	l.records = record.Open(end.RecordStore, e.cfg.Namespace)
	if !e.cfg.Brief {
		e.ahead = e.lookAhead(ctx, l)
	}
	if err := e.learn(ctx, l); err != nil {
		e.ahead.end()
		e.ahead = nil
		return nil, errors.Join(err, c.Close())
	}
	e.enter(l)
	return l, nil
}

// learn asks what the engine and this host are and can do.
func (e *Engine) learn(ctx context.Context, l *link) error {
	var h host.Facts
	var local errgroup.Group // while containerd is asked
	local.Go(func() (err error) { h, err = host.Read(ctx); return err })
	caps, err := daemon.Ask(ctx, l.end, l.client)
	if herr := local.Wait(); err != nil || herr != nil {
		return errors.Join(err, herr)
	}
	l.caps = caps
	l.info.Version, l.info.Snapshotter = caps.Version, caps.Snapshotter
	l.info.CgroupMode = "cgroup v1"
	if h.CgroupMode == host.CgroupV2 {
		l.info.CgroupMode = "cgroup v2"
	}
	l.facts = option.Facts{Host: h, Server: option.Server{
		Version: caps.Version, Embedded: l.end.Kind == api.EngineEmbedded,
		Snapshotter: caps.Snapshotter, RestartPolicies: caps.RestartPolicies,
	}}
	return nil
}

// enter opens what belongs to the engine's namespace, beside the records.
func (e *Engine) enter(l *link) {
	l.images = image.New(l.client, image.Config{Snapshotter: l.caps.Snapshotter, DockerConfigDir: e.cfg.DockerConfigDir, Insecure: e.cfg.Insecure, Now: e.cfg.Now})
	l.networks = openNetworks(l.end, l.records, e.cfg.Namespace)
	l.volumes = volume.Open(l.end.RecordStore, e.cfg.Namespace)
}

// told has Calls told of every call.
func (e *Engine) told() []grpc.DialOption {
	if e.cfg.Calls == nil {
		return nil
	}
	return []grpc.DialOption{
		grpc.WithChainUnaryInterceptor(func(ctx context.Context, method string, in, out any, c *grpc.ClientConn, call grpc.UnaryInvoker, opts ...grpc.CallOption) error {
			e.cfg.Calls(method)
			return call(ctx, method, in, out, c, opts...)
		}),
		grpc.WithChainStreamInterceptor(func(ctx context.Context, d *grpc.StreamDesc, c *grpc.ClientConn, method string, call grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
			e.cfg.Calls(method)
			return call(ctx, d, c, method, opts...)
		}),
	}
}

// in puts the engine's containerd namespace into a context.
func (e *Engine) in(ctx context.Context) context.Context {
	return namespaces.WithNamespace(ctx, e.cfg.Namespace)
}

// Info is the engine at hand; it waits for the first connection.
func (e *Engine) Info(ctx context.Context) (api.EngineInfo, error) {
	l, err := e.need(ctx)
	if err != nil {
		return api.EngineInfo{}, err
	}
	return l.info, nil
}

// Facts are what requests are checked against; it waits for the first connection.
func (e *Engine) Facts(ctx context.Context) (option.Facts, error) {
	if e.cfg.Brief {
		e.done.Go(learn)
	}
	l, err := e.need(ctx)
	if err != nil {
		return option.Facts{}, err
	}
	return l.facts, nil
}

// learn has encoding/json find out how a request and a spec are written, which takes it milliseconds
// at the first time, while there is no connection yet. Who asks for the facts is going to make a
// container.
func learn() {
	for _, v := range []any{api.CreateRequest{}, specs.Spec{}} {
		_, _ = json.Marshal(v)
	}
}

// bootTime falls back to now: start times of processes are then wrong, but nothing else.
func bootTime(cfg Config) time.Time {
	t, err := task.BootTime()
	if err != nil {
		cfg.Log.Warn("boot time", "err", err)
		return cfg.Now()
	}
	return t
}
