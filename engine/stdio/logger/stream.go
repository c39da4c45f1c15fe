package logger

import (
	"errors"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/stdio/wire"
)

// How long a stream may stay silent, once the container has ended, before it counts as
// drained, and how long draining may take in all.
//
// Without a terminal the processes write into the pipe themselves, and they are gone, so
// nothing can be under way. With one, and for a holder, the shim copies, and closes the pipe
// when it is done.
const (
	quietPipe     = 3 * time.Millisecond
	quietTerminal = 2 * time.Second
	drainMax      = 2 * time.Second
)

// stream is one of the container's streams.
type stream struct {
	kind wire.Kind
	name string // as the log has it
	file *os.File
	fd   int
	out  *output
	// quiet is how long a silence ends the stream once interrupt was called; 0 before.
	quiet atomic.Int64
	lines
}

// newStream takes a pipe over. The descriptor is made non-blocking, which concerns this
// end of the pipe alone.
func newStream(k wire.Kind, name string, fd int, out *output) (*stream, error) {
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, err
	}
	unix.CloseOnExec(fd)
	return &stream{kind: k, name: name, fd: fd, file: os.NewFile(uintptr(fd), name), out: out}, nil
}

// run passes everything on until the stream has ended, or was interrupted and is empty.
func (s *stream) run() {
	if !s.read() {
		s.drain(time.Duration(s.quiet.Load()))
	}
	s.finish()
}

// interrupt has the stream end when nothing has come for quiet. Only the first call counts.
func (s *stream) interrupt(quiet time.Duration) {
	s.quiet.CompareAndSwap(0, int64(quiet))
	s.file.SetReadDeadline(time.Unix(1, 0))
}

// read reports whether the stream has ended; it was interrupted otherwise.
func (s *stream) read() (ended bool) {
	for {
		n, err := s.file.Read(s.room())
		if n > 0 {
			s.take(n)
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return false
		}
		if err != nil {
			return true
		}
	}
}

// drain passes on what is in the pipe. It goes round the runtime's poller, which would
// rather report a deadline than read.
func (s *stream) drain(quiet time.Duration) {
	until := time.Now().Add(drainMax)
	for time.Now().Before(until) {
		n, err := unix.Read(s.fd, s.room())
		switch {
		case n > 0:
			s.take(n)
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			fds := []unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}}
			if n, err := unix.Poll(fds, int(quiet.Milliseconds())); n == 0 && err == nil {
				return
			}
		default:
			return
		}
	}
}

// take handles n bytes that were read: the log first, then the clients.
func (s *stream) take(n int) {
	raw := s.room()[:n]
	s.out.write(s.name, func(each func([]byte)) { s.lines.read(n, each) })
	s.out.hub.send(s.kind, raw)
}

// finish writes what the stream has left behind without a newline.
func (s *stream) finish() { s.out.write(s.name, s.lines.rest) }
