package stdio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"gantry/engine/stdio/wire"
)

// The pauses between attempts to reach a logger that is not there yet.
const (
	attachFirst = 2 * time.Millisecond
	attachMost  = 50 * time.Millisecond
)

// AttachOption changes what an attached client is given.
type AttachOption func(*attachOptions)

type attachOptions struct {
	flags  byte
	lagged func(missed int64)
}

// WithReplay has the last 64 KiB of output come before what is new.
func WithReplay() AttachOption {
	return func(o *attachOptions) { o.flags |= wire.WithRing }
}

// WithInput has the container's input end with this client's, at EndInput or when it goes: it
// is the one for whom the input is open.
func WithInput() AttachOption {
	return func(o *attachOptions) { o.flags |= wire.WithInput }
}

// WithLagged is called during Copy with the number of bytes that were left out because
// the client had read nothing for half a minute. Without it, Copy writes a line about
// it to stderr.
func WithLagged(f func(missed int64)) AttachOption {
	return func(o *attachOptions) { o.lagged = f }
}

// Client receives the raw output of one container.
type Client struct {
	conn     net.Conn
	stateDir string
	lagged   func(int64)
	since    time.Time
}

// Attach connects to the logger of a container, and waits for it to be there until ctx
// ends. When it returns, the client is registered: every byte that the container writes
// from then on arrives, so a client made after the task was created and before it is
// started misses nothing. The connection does not depend on ctx afterwards.
//
// The logger holds the container up rather than dropping bytes while the client does not
// read, as Docker's attach does, but for no more than half a minute.
func Attach(ctx context.Context, stateDir string, opts ...AttachOption) (*Client, error) {
	var o attachOptions
	for _, f := range opts {
		f(&o)
	}
	pause := attachFirst
	for {
		conn, err := connect(ctx, stateDir, o.flags)
		if err == nil {
			return &Client{conn: conn, stateDir: stateDir, lagged: o.lagged, since: time.Now()}, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("attach to the container's output: %w", errors.Join(ctx.Err(), err))
		case <-time.After(pause):
		}
		pause = min(2*pause, attachMost)
	}
}

// connect makes one attempt: a socket, and the logger's answer that it has us.
func connect(ctx context.Context, stateDir string, flags byte) (net.Conn, error) {
	d, err := wire.OpenDir(stateDir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", d.Socket())
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	var answer [1]byte
	_, err = conn.Write([]byte{wire.Version, flags})
	if err == nil {
		_, err = io.ReadFull(conn, answer[:])
	}
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// EndInput says that this client has no more input for the container; it still reads.
func (c *Client) EndInput() error {
	u, ok := c.conn.(*net.UnixConn)
	if !ok {
		return errors.ErrUnsupported
	}
	return u.CloseWrite()
}

// Close ends the session; a Copy under way returns net.ErrClosed. The container goes on.
func (c *Client) Close() error { return c.conn.Close() }
