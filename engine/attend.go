package engine

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"

	"gantry/engine/api"
)

const (
	// sweepEvery is how often the engines of single commands sweep when nothing tells them to.
	sweepEvery = time.Minute
	// sweepTime is how long the one whose turn it is may take for it after its own work.
	sweepTime = 5 * time.Second
	// listAge is how old the list may be that a create and the start after it go by.
	listAge = time.Second
)

// errHungUp says that containerd has ended the connection.
var errHungUp = errors.New("containerd has hung up")

// attend looks after a connection until it ends: it keeps the live list, and for a single
// command that needs none it only sees whether containerd is still there.
func (e *Engine) attend(ctx context.Context, l *link) error {
	if !e.cfg.Brief {
		return e.follow(ctx, l)
	}
	e.connected(l)
	// Engines that nobody watches live too short for a sweep beside them, so that one in a while
	// has to end it: settle waits for it.
	if l.records.SweepDue(sweepEvery) && l.use.TryAcquire(1) {
		e.done.Go(func() {
			defer l.use.Release(1)
			e.sweepWhole(ctx, l)
		})
	}
	watch, cancel := context.WithCancel(ctx)
	defer cancel()
	select {
	case <-e.watched:
		return e.follow(ctx, l)
	case <-e.hungUp(watch, l):
		return errHungUp
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sweepWhole sweeps by a list that is read for it, to the end.
func (e *Engine) sweepWhole(ctx context.Context, l *link) {
	ctx = e.in(ctx)
	if err := e.relist(ctx, l); err != nil {
		if ctx.Err() == nil {
			e.log.Warn("read the list for a sweep", "err", err)
		}
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sweepTime)
	defer cancel()
	e.sweep(ctx, l)
}

// connected says that there is a connection now.
func (e *Engine) connected(l *link) {
	conn := e.connection()
	conn.State, conn.Err, conn.Info = api.ConnReady, nil, l.info
	e.setConn(l, conn)
}

// hungUp is closed when containerd has ended the connection, or ctx has.
func (e *Engine) hungUp(ctx context.Context, l *link) <-chan struct{} {
	ended := make(chan struct{})
	conn, ok := l.client.Conn().(*grpc.ClientConn)
	if !ok {
		return nil
	}
	e.done.Go(func() {
		defer close(ended)
		for conn.GetState() == connectivity.Ready && conn.WaitForStateChange(ctx, connectivity.Ready) {
		}
	})
	return ended
}

// known is the list of containers: the live one, or where nobody keeps that, one read just now.
func (e *Engine) known(ctx context.Context, l *link) ([]api.Container, error) {
	if e.cfg.Brief && !e.hub.listedSince(e.cfg.Now().Add(-listAge)) {
		if err := e.relist(ctx, l); err != nil {
			return nil, err
		}
	}
	return e.hub.list(), nil
}
