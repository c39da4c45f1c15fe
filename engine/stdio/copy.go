package stdio

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"gantry/engine/stdio/wire"
)

// Copy passes the container's output on, byte for byte, until it has ended. code is the
// exit code if known is true; it is not when the logger was killed or never learnt it.
// err is a failure of a writer, or of the connection (net.ErrClosed after Close). A nil
// writer discards. Both writers are called from this goroutine only.
func (c *Client) Copy(stdout, stderr io.Writer) (code int, known bool, err error) {
	defer c.conn.Close()
	r := bufio.NewReaderSize(c.conn, 64<<10)
	for {
		k, n, err := wire.ReadHeader(r)
		if lost(err) {
			return c.codeFromRecord()
		}
		if err != nil {
			return 0, false, err
		}
		switch k {
		case wire.Stdout:
			err = pass(stdout, r, n)
		case wire.Stderr:
			err = pass(stderr, r, n)
		case wire.Exit, wire.Lagged:
			b := make([]byte, n)
			if _, err = io.ReadFull(r, b); err != nil {
				break
			}
			if k == wire.Exit {
				code, known = wire.DecodeExit(b)
				return code, known, nil
			}
			err = c.tellLagged(stderr, wire.DecodeLagged(b))
		default:
			err = pass(io.Discard, r, n)
		}
		if lost(err) {
			return c.codeFromRecord()
		}
		if err != nil {
			return 0, false, err
		}
	}
}

// writeError keeps a failure of the receiver apart from one of the connection.
type writeError struct{ err error }

func (e *writeError) Error() string { return "write the container's output: " + e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

// pass copies n bytes as soon as they come, without waiting for all of them.
func pass(w io.Writer, r *bufio.Reader, n int) error {
	if w == nil {
		w = io.Discard
	}
	for n > 0 {
		if _, err := r.Peek(1); err != nil {
			return err
		}
		b, _ := r.Peek(min(n, r.Buffered()))
		m, err := w.Write(b)
		if err != nil {
			return &writeError{err}
		}
		r.Discard(m)
		n -= m
	}
	return nil
}

// lost reports whether the logger has gone without an end frame.
func lost(err error) bool {
	var w *writeError
	if errors.As(err, &w) {
		return false
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
}

func (c *Client) tellLagged(stderr io.Writer, missed int64) error {
	if c.lagged != nil {
		c.lagged(missed)
		return nil
	}
	if stderr == nil {
		return nil
	}
	_, err := fmt.Fprintf(stderr, "\ngantry: %d bytes of output were not shown here while this terminal did not read; the log has them\n", missed)
	return err
}

// codeFromRecord looks for the exit code where the logger has written it down, when the
// connection ended without an end frame: a client that lags at the end is not waited for.
func (c *Client) codeFromRecord() (code int, known bool, err error) {
	e, err := wire.ReadLastExit(c.stateDir)
	if err != nil || e.Unknown || e.At.Before(c.since.Add(-clockSlack)) {
		return 0, false, nil
	}
	return e.Code, true, nil
}

// clockSlack covers the difference between the shim's time of exit and ours.
const clockSlack = 10 * time.Millisecond
