package shimtest

import (
	"net"
	"sync"
)

// cuttable is a listener whose connections can be cut from outside, as the kernel does
// with those of a killed process. Closing the ttrpc server is not that: it waits for a
// call that came in at the same moment.
type cuttable struct {
	net.Listener
	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

// Accept remembers the connection, and refuses it when all were cut.
func (c *cuttable) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut {
		_ = conn.Close() // it has sent nothing yet
		return nil, net.ErrClosed
	}
	c.conns = append(c.conns, conn)
	return conn, nil
}

// cutAll cuts every connection, those of now and those to come.
func (c *cuttable) cutAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	for _, conn := range c.conns {
		_ = conn.Close() // the server may have closed it before
	}
}
