package logger

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"gantry/engine/stdio/wire"
)

// The rules for clients that do not keep up.
const (
	// queueMax is how far a client may be behind before the container has to wait for it.
	queueMax = 128 << 10
	// stallMax is how long it may take nothing at all before it is left behind.
	stallMax = 30 * time.Second
	// helloMax is how long a client may take to say what it wants.
	helloMax = 5 * time.Second
)

// hub passes output on to the attached clients.
//
// A client that does not read holds the container up once its queue is full, so that no
// byte is lost, as Docker's attach does. When it has taken nothing for stall, a suspended
// terminal say, it lags: it holds nobody up any more, what comes meanwhile is counted, and
// when it reads again it is told how much it has missed and goes on with what is new.
type hub struct {
	stall time.Duration

	mu      sync.Mutex
	change  *sync.Cond // a queue has become shorter, or longer, or a client has gone
	clients map[*client]struct{}
	ring    ring
	ended   bool      // nothing more comes, and nobody more may register
	free    bool      // the container has ended: what is left fits in memory, so nothing waits
	limit   time.Time // when every client is left alone; zero is never
	done    sync.WaitGroup
	input   chan<- struct{} // one slot: the container's input is to end
}

func newHub(stall time.Duration) *hub {
	h := &hub{stall: stall, clients: map[*client]struct{}{}}
	h.change = sync.NewCond(&h.mu)
	return h
}

// serve registers clients until the listener is closed.
func (h *hub) serve(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go h.welcome(conn)
	}
}

// welcome reads what a client wants, registers it, and watches for it to leave.
func (h *hub) welcome(conn net.Conn) {
	var hello [2]byte
	conn.SetReadDeadline(time.Now().Add(helloMax))
	if _, err := conn.Read(hello[:1]); err != nil || hello[0] < wire.Version {
		conn.Close()
		return
	}
	if _, err := conn.Read(hello[1:]); err != nil {
		conn.Close()
		return
	}
	conn.SetReadDeadline(time.Time{})
	c := h.register(conn, hello[1]&wire.WithRing != 0)
	if c == nil {
		conn.Close()
		return
	}
	flags := hello[1]
	for {
		_, err := conn.Read(hello[:])
		if err == nil {
			continue
		}
		if flags&wire.WithInput != 0 {
			select {
			case h.input <- struct{}{}:
			default: // it ends already, or never had one
			}
			if errors.Is(err, io.EOF) {
				return // it may go on reading; if it does not, it is found out when something is written
			}
		}
		h.remove(c)
		return
	}
}

// register adds a client: from here on it is given everything.
func (h *hub) register(conn net.Conn, replay bool) *client {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return nil
	}
	c := &client{hub: h, conn: conn}
	c.put([]byte{wire.Version})
	if replay {
		for _, f := range h.ring.frames() {
			c.put(f)
		}
	}
	h.clients[c] = struct{}{}
	h.done.Add(1)
	go c.run()
	return c
}

// remove forgets a client; doing it twice is fine.
func (h *hub) remove(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c.gone = true
	delete(h.clients, c)
	h.change.Broadcast()
	c.conn.Close()
}

// send passes output on. It waits while a client that does not lag is too far behind.
func (h *hub) send(k wire.Kind, b []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for !h.free && h.full() {
		h.change.Wait()
	}
	h.ring.add(k, b)
	if len(h.clients) == 0 {
		return
	}
	frame := wire.Frame(k, b)
	for c := range h.clients {
		if c.lagging {
			c.missed += int64(len(b))
		} else {
			c.put(frame)
		}
	}
	h.change.Broadcast()
}

func (h *hub) full() bool {
	for c := range h.clients {
		if c.queued >= queueMax {
			return true
		}
	}
	return false
}

// release stops waiting for clients: the container has ended, and there is no more to
// come than what is in its pipes.
func (h *hub) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.free = true
	h.change.Broadcast()
}

// end gives every client the end frame after all else.
func (h *hub) end(frame []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended, h.free = true, true
	for c := range h.clients {
		c.last = frame
		if c.lagging {
			c.conn.SetWriteDeadline(time.Now().Add(h.stall))
		}
	}
	h.change.Broadcast()
}

// cut sets a time at which no client is waited for any more.
func (h *hub) cut(at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.limit, h.free = at, true
	for c := range h.clients {
		c.conn.SetWriteDeadline(at)
	}
	h.change.Broadcast()
}

// wait returns when every client has been given everything or given up. Call it after end.
func (h *hub) wait() { h.done.Wait() }
