package cli

import (
	"context"
	"errors"
	"fmt"

	keys "github.com/moby/term"
	"golang.org/x/term"

	"gantry/engine/api"
)

// joining is how a caller is joined to a container.
type joining struct {
	quiet                      bool // say nothing of pulls
	tty, stdin, stdout, stderr bool
	keys                       string // that let go of it
	proxy                      bool   // signals are passed on
}

// checkKeys reads detach keys as Docker does.
func checkKeys(s string) error {
	if s == "" {
		return nil
	}
	if _, err := keys.ToBytes(s); err != nil {
		return api.FieldErrors{{Field: "detach-keys", Value: s, Reason: err.Error(), Fix: "for example ctrl-p,ctrl-q"}}
	}
	return nil
}

// start starts a container.
type start func(context.Context, api.StartOptions, api.Observer) (api.Created, api.Session, error)

// startJoined starts a container with the caller's streams joined to it, and stays until it ends
// or is let go of.
func (p *program) startJoined(ctx context.Context, e Engine, j joining, trace bool, begin start) error {
	if j.tty && j.stdin && !term.IsTerminal(int(p.In.Fd())) {
		return errors.New("the input device is not a TTY")
	}
	r := p.reporter(trace, j.quiet)
	st := &api.Streams{DetachKeys: j.keys}
	if j.stdout || j.tty { // a terminal has one stream
		st.Stdout = p.Out
	}
	if j.stderr {
		st.Stderr = p.Err
	}
	if j.stdin && !j.tty {
		st.Stdin = p.In
	}
	starting, started := make(chan struct{}), make(chan api.Created, 1)
	ctx, stop := p.signals(ctx, e, j.proxy, starting, started)
	defer stop()
	raw, restore, err := p.terminal(st, j.tty, j.stdin)
	if err != nil {
		return err
	}
	defer restore()
	// Signals and the terminal are handed over only when the process is about to run: until
	// then ctrl+c is a signal that cancels.
	watched := beforeStart(r.observer(), func() {
		if j.proxy {
			close(starting)
		}
		raw()
	})
	made, session, err := begin(ctx, api.StartOptions{Attach: st}, watched)
	r.end()
	if err != nil {
		return err
	}
	p.warn(made.Warnings)
	if j.proxy {
		started <- made
	}
	if session == nil {
		return nil // it runs already
	}
	return p.stay(ctx, session)
}

// exitInterrupted is what a shell gives to a program that a ctrl+c has ended.
const exitInterrupted = 130

// stay waits for the end of a session, and gives its code.
func (p *program) stay(ctx context.Context, s api.Session) error {
	code, err := s.Wait()
	switch {
	case errors.Is(err, api.ErrDetached):
		return nil
	case err != nil && ctx.Err() != nil:
		return ExitError{exitInterrupted} // signals are not passed on: the container goes on
	case err != nil:
		return err
	case code != 0:
		return ExitError{code}
	}
	return nil
}

// startAttached is start --attach.
func (p *program) startAttached(ctx context.Context, names []string, j joining, input, trace bool) error {
	if len(names) > 1 {
		return errors.New("you cannot start and attach multiple containers at once")
	}
	if err := checkKeys(j.keys); err != nil {
		return err
	}
	return p.ending(p.with(ctx, func(e Engine) error {
		x, err := e.Find(ctx, names[0])
		if err != nil {
			return err
		}
		if x.State == api.StateRunning {
			return fmt.Errorf("%s runs already; attach to it", x.DisplayName())
		}
		j.tty, j.stdin, j.stdout, j.stderr = x.Tty, x.OpenStdin && input, true, true
		return p.startJoined(ctx, e, j, trace, func(ctx context.Context, opt api.StartOptions, o api.Observer) (api.Created, api.Session, error) {
			s, err := e.Start(ctx, x.ID, opt, o)
			return api.Created{ID: x.ID, Name: x.Name}, s, err
		})
	}))
}
