package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/muesli/cancelreader"
	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"gantry/engine/api"
)

// terminal is the caller's terminal in the hands of a container.
type terminal struct {
	p    *program
	fd   int
	old  *term.State // nil: nothing was changed
	err  error       // why it could not be changed
	in   cancelreader.CancelReader
	done chan struct{}
	work sync.WaitGroup
}

// terminal prepares the caller's terminal for the container: input, and sizes as they
// change. It stays as it is until raw. Without a tty on either side nothing happens.
func (p *program) terminal(st *api.Streams, tty, input bool) (*terminal, error) {
	t := &terminal{p: p, fd: int(p.In.Fd()), done: make(chan struct{})}
	if !tty || !term.IsTerminal(t.fd) {
		return t, nil
	}
	in, err := cancelreader.NewReader(p.In)
	if err != nil {
		return nil, fmt.Errorf("read the terminal: %w", err)
	}
	t.in = in
	if input {
		st.Stdin = in
	}
	sizes := make(chan api.Size, 1)
	st.Resize = sizes
	t.work.Go(func() { t.follow(sizes) })
	return t, nil
}

// raw hands the terminal over: from now on every key is the container's.
func (t *terminal) raw() {
	if t.in != nil {
		t.old, t.err = term.MakeRaw(t.fd)
	}
}

// follow sends the terminal's size, at first and after each change.
func (t *terminal) follow(sizes chan<- api.Size) {
	winch := make(chan os.Signal, 1)
	signal.Notify(winch, unix.SIGWINCH)
	defer signal.Stop(winch)
	for {
		if w, h, err := term.GetSize(t.fd); err == nil {
			select {
			case sizes <- api.Size{Width: uint16(w), Height: uint16(h)}:
			case <-t.done:
				return
			}
		}
		select {
		case <-winch:
		case <-t.done:
			return
		}
	}
}

// restore gives the terminal back.
func (t *terminal) restore() {
	close(t.done)
	t.work.Wait()
	if t.in == nil {
		return
	}
	t.in.Cancel()
	if t.err != nil {
		t.p.say(fmt.Errorf("set the terminal to raw mode: %w", t.err))
	}
	if t.old == nil {
		return
	}
	if err := term.Restore(t.fd, t.old); err != nil {
		t.p.say(err)
	}
}

// signals cancels the context on the first signal. From when the container's process is
// being started on every signal is the container's, as with docker run's --sig-proxy; it
// gets those that come early as soon as it runs.
func (p *program) signals(ctx context.Context, e Engine, starting <-chan struct{}, started <-chan api.Created) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	kctx := context.WithoutCancel(ctx)
	got := make(chan os.Signal, 16)
	signal.Notify(got, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)
	done := make(chan struct{})
	go func() {
		id, in := "", got
		for {
			select {
			case <-starting:
				starting, in = nil, nil
			case c := <-started:
				starting, id, in = nil, c.ID, got
			case s := <-in:
				if id == "" {
					cancel()
					continue
				}
				p.forward(kctx, e, id, s)
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(got)
		close(done)
		cancel()
	}
}

// forward sends a signal on. That the container has just ended is nothing to speak of.
func (p *program) forward(ctx context.Context, e Engine, id string, s os.Signal) {
	n, ok := s.(syscall.Signal)
	if !ok {
		return
	}
	err := e.Kill(ctx, id, unix.SignalName(n))
	var ended *api.StateError
	var gone *api.NotFoundError
	if err != nil && !errors.As(err, &ended) && !errors.As(err, &gone) {
		p.say(err)
	}
}
