package logger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/stdio/wire"
)

// lockMax is how long a new logger waits for the one before it, which may still be writing.
// After that it goes on beside it: a container must not wait for ever for its log, and two
// writers at most mix their lines.
const lockMax = 5 * time.Second

// Config is what a shim hands to the logger of a container.
type Config struct {
	StateDir  string
	ID        string // of the container
	Namespace string // containerd's
	Bundle    string // its task's bundle, where the shim's address is
	Stdout    int    // descriptors to read from; the logger takes them over
	Stderr    int
	Ready     func() // tells the shim that the container may begin
	// Locate, for a holder, waits to be told the bundle, which is not there yet when it begins;
	// an error means that there will be no task.
	Locate func(context.Context) (string, error)
	// Held, for a holder, are kept open until the shim has its ends of the pipes: without them
	// they would seem to have ended.
	Held []*os.File
	// Reaper is the gantry that removes containers which are to go at their end; "" or a
	// file that is not there leaves them to whoever comes next.
	Reaper string
	// Heir is the gantry-helper that waits on for a logger that was told to leave.
	Heir  string
	Guest Guest
}

// Guest is what else has to be done where a container begins and ends; its methods are called
// one after the other.
type Guest interface {
	// Hold is called before the container may begin; its error is that of the start.
	Hold() error
	// Made is told the container's first process.
	Made(pid uint32)
	// Ended is called once the container has ended, or will not begin.
	Ended()
}

// Run is the life of a logger: until the container has ended, its output is written and
// its clients have it; or until both streams ended because no task was made; or ctx
// ends, when it takes what is there and leaves. An error means that it could not begin.
func Run(ctx context.Context, cfg Config) error {
	l, err := open(ctx, cfg)
	if err != nil {
		return err
	}
	if err := cfg.Guest.Hold(); err != nil {
		l.close(nil)
		return errors.Join(err, wire.WriteTrouble(cfg.StateDir, err))
	}
	cfg.Ready()
	if ended := l.run(ctx); ended {
		reap(ctx, cfg)
	}
	return nil
}

type logger struct {
	cfg     Config
	began   time.Time
	dir     *wire.Dir
	lock    *os.File // nil when the logger before this one did not let go of it
	stdin   *os.File // holds the FIFO open; nil when there is none
	socket  net.Listener
	out     *output
	hub     *hub
	health  *health // nil when nobody asks for it
	begun   func()  // is called once the task is there
	ended   func()  // is called once it has ended, or will not be seen to
	streams [2]*stream
	input   chan struct{} // has a value when the input is to end
}

// open takes hold of everything in the state directory.
func open(ctx context.Context, cfg Config) (l *logger, err error) {
	l = &logger{cfg: cfg, began: time.Now().UTC(), hub: newHub(stallMax), input: make(chan struct{}, 1)}
	l.hub.input = l.input
	l.out = &output{hub: l.hub}
	if l.dir, err = wire.OpenDir(cfg.StateDir); err != nil {
		return nil, err
	}
	lctx, cancel := context.WithTimeout(ctx, lockMax)
	defer cancel()
	if l.lock, err = wire.Lock(lctx, cfg.StateDir); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if l.out.log, err = openSink(cfg, l.dir); err != nil {
		return nil, err
	}
	if l.health, err = newHealth(cfg); err != nil {
		return nil, err
	}
	if l.socket, err = listen(l.dir); err != nil {
		return nil, err
	}
	// Both ends in one: the container then never sees an end of its input when a client
	// leaves. The FIFO is there only with a terminal, or for a holder.
	l.stdin, err = os.OpenFile(l.dir.File(wire.StdinFile), os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if l.streams[0], err = newStream(wire.Stdout, "stdout", cfg.Stdout, l.out); err != nil {
		return nil, err
	}
	l.streams[1], err = newStream(wire.Stderr, "stderr", cfg.Stderr, l.out)
	return l, err
}

// listen makes the attach socket, in the place of one that a killed logger has left.
func listen(dir *wire.Dir) (net.Listener, error) {
	path := dir.Socket()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	s, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	s.SetUnlinkOnClose(false)
	return s, os.Chmod(path, 0o600)
}

// close lets go of the state directory in the order that readers rely on: the record of
// the exit is there before the lock is free, and when that is free the log is complete.
func (l *logger) close(exit *wire.LastExit) {
	if exit != nil {
		wire.RecordExit(l.cfg.StateDir, *exit)
	}
	l.out.log.close()
	l.socket.Close()
	if l.cfg.Locate != nil {
		for _, f := range []string{wire.StdinFile, wire.StdoutFile, wire.StderrFile} {
			os.Remove(l.dir.File(f))
		}
	}
	if l.lock != nil {
		// Without the lock the socket may be the next logger's.
		os.Remove(l.dir.Socket())
		wire.Unlock(l.lock)
	}
	if l.stdin != nil {
		l.stdin.Close()
	}
	l.dir.Close()
}
