package logger

import (
	"errors"
	"net"
	"os"
	"time"

	"gantry/engine/stdio/wire"
)

// client is one attached client. Its fields are the hub's, under the hub's lock, and its
// goroutine alone writes to the connection.
type client struct {
	hub  *hub
	conn net.Conn

	queue   [][]byte // frames not yet taken up
	queued  int      // their bytes, and those of the frame being written
	lagging bool
	missed  int64  // bytes of output that were left out while it lagged
	last    []byte // the end frame; nothing follows it
	gone    bool
}

func (c *client) put(frame []byte) {
	c.queue = append(c.queue, frame)
	c.queued += len(frame)
}

// run writes frames until the end frame was written, or the client is gone or gives up.
func (c *client) run() {
	defer c.hub.done.Done()
	defer c.hub.remove(c)
	for {
		frame, end := c.next()
		if frame == nil || !c.write(frame) || end {
			return
		}
	}
}

// next waits for a frame; nil means that the client is gone.
func (c *client) next() (frame []byte, end bool) {
	h := c.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		switch {
		case c.gone:
			return nil, true
		case len(c.queue) > 0:
			frame = c.queue[0]
			c.queue[0] = nil
			c.queue = c.queue[1:]
			return frame, false
		case c.lagging:
			frame = wire.Frame(wire.Lagged, wire.EncodeLagged(c.missed))
			c.lagging, c.missed = false, 0
			c.queued += len(frame)
			return frame, false
		case c.last != nil:
			return c.last, true
		}
		h.change.Wait()
	}
}

// write writes one frame, for as long as the client takes anything.
func (c *client) write(frame []byte) bool {
	all := len(frame)
	for len(frame) > 0 {
		c.arm()
		n, err := c.conn.Write(frame)
		frame = frame[n:]
		if err == nil || errors.Is(err, os.ErrDeadlineExceeded) && (n > 0 || c.lag()) {
			continue
		}
		return false
	}
	h := c.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if !c.lagging {
		c.queued -= all
	}
	h.change.Broadcast()
	return true
}

// arm sets the deadline of the next write: none for a client that lags, except at the end.
func (c *client) arm() {
	h := c.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case !h.limit.IsZero():
		c.conn.SetWriteDeadline(h.limit)
	case c.lagging && !h.ended:
		c.conn.SetWriteDeadline(time.Time{})
	default:
		c.conn.SetWriteDeadline(time.Now().Add(h.stall))
	}
}

// lag leaves a client behind that has taken nothing for too long: what it was to be given
// is counted instead. It reports whether the client may still come back.
func (c *client) lag() bool {
	h := c.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended || c.gone || !h.limit.IsZero() {
		return false
	}
	if c.lagging {
		return true
	}
	c.lagging = true
	for _, f := range c.queue {
		c.missed += int64(len(f) - wire.HeaderLen)
	}
	c.queue, c.queued = nil, 0
	h.change.Broadcast()
	return true
}
