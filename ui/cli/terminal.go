package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/ui/tty"
)

// terminal hands the caller's terminal to st if the container has one.
func (p *program) terminal(st *api.Streams, isTTY, input bool) (raw, restore func(), err error) {
	if !isTTY {
		return func() {}, func() {}, nil
	}
	t, err := tty.Open(p.In, st, input)
	if err != nil {
		return nil, nil, err
	}
	return t.Raw, func() {
		if err := t.Close(); err != nil {
			p.say(err)
		}
	}, nil
}

// signals cancels the context on the first signal. From when the container's process is
// being started on every signal is the container's, unless --sig-proxy is off; it gets those
// that come early as soon as it runs.
func (p *program) signals(ctx context.Context, e Engine, proxy bool, starting <-chan struct{}, started <-chan api.Created) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	kctx := context.WithoutCancel(ctx)
	got := make(chan os.Signal, 16)
	wanted := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}
	if proxy {
		wanted = append(wanted, syscall.SIGUSR1, syscall.SIGUSR2)
	}
	signal.Notify(got, wanted...)
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
