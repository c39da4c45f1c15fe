package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/containerd/containerd/v2/client"
	"github.com/docker/cli/cli/config"
	"github.com/moby/term"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/stdio"
)

// loggerTime is how long the logger may take to be there; it says ready before the task is made.
const loggerTime = 10 * time.Second

// defaultDetachKeys are Docker's.
const defaultDetachKeys = "ctrl-p,ctrl-q"

// session is a container's streams joined to a caller's.
type session struct {
	e      *Engine
	l      *link
	c      api.Container
	client *stdio.Client
	stdin  *os.File // write end of the container's input; nil: none
	hold   *os.File // keeps the container from being removed at its end while it is read
	exit   <-chan client.ExitStatus
	cancel context.CancelFunc
	ctx    context.Context // ends when the session is closed or the caller's context ended
	detach chan struct{}   // closed when the user typed the detach keys
	redraw bool            // the program is to draw itself anew
	once   sync.Once

	out chan outcome
}

type outcome struct {
	code  int
	known bool
	err   error
}

// attach joins the caller's streams to the logger's socket. The process has not started
// yet, so no byte can be missed.
func (e *Engine) attach(ctx context.Context, st *starting) (*session, error) {
	actx, cancel := context.WithTimeout(ctx, loggerTime)
	defer cancel()
	a := st.opt.Attach
	input := a.Stdin != nil && st.c.OpenStdin
	var opts []stdio.AttachOption
	once := input && !st.c.Tty && st.once()
	if once {
		opts = append(opts, stdio.WithInput())
	}
	c, err := stdio.Attach(actx, st.stateDir, opts...)
	if err != nil {
		return nil, fmt.Errorf("attach to the container's streams: %w", err)
	}
	s := &session{e: e, l: st.l, c: st.c, client: c, exit: st.exit, redraw: st.began, detach: make(chan struct{}), out: make(chan outcome, 1)}
	s.ctx, s.cancel = context.WithCancel(ctx)
	if s.hold, err = holdAttached(st.stateDir); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if input {
		if err := s.openInput(st, once); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if st.c.Tty && a.Resize != nil {
		s.e.done.Go(func() { s.resize(st.task, a.Resize) })
	}
	s.e.done.Go(func() {
		code, known, err := c.Copy(a.Stdout, a.Stderr)
		s.out <- outcome{code, known, err}
	})
	s.e.done.Go(s.endWithOthers)
	return s, nil
}

// endWithOthers closes a session that nobody waits for when its caller or the engine goes.
func (s *session) endWithOthers() {
	select {
	case <-s.ctx.Done():
	case <-s.e.life.Done():
	}
	_ = s.Close()
}

// openInput joins the caller's input to the container's. Detach keys are a terminal's. A
// container that was started again without anybody who would hold its input has none.
func (s *session) openInput(st *starting, once bool) (err error) {
	a := st.opt.Attach
	s.stdin, err = stdio.OpenStdin(st.stateDir)
	if !s.c.Tty && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENXIO)) {
		return nil
	}
	if err != nil {
		return err
	}
	in := a.Stdin
	if s.c.Tty {
		keys, err := s.e.detachKeys(a.DetachKeys)
		if err != nil {
			return err
		}
		in = term.NewEscapeProxy(in, keys)
	}
	// Ends with the caller's reader, which only the caller can interrupt.
	go s.copyIn(in, once)
	return nil
}

// detachKeys reads keys as Docker writes them: those given, else those of the client config.
func (e *Engine) detachKeys(keys string) ([]byte, error) {
	if keys == "" {
		if file, err := config.Load(cmp.Or(e.cfg.DockerConfigDir, config.Dir())); err == nil {
			keys = file.DetachKeys
		}
	}
	seq, err := term.ToBytes(cmp.Or(keys, defaultDetachKeys))
	if err != nil {
		return nil, api.FieldErrors{{Field: "detach-keys", Value: keys, Reason: err.Error()}}
	}
	return seq, nil
}

// once reports whether the container's input ends with that of whoever is attached.
func (s *starting) once() bool {
	req, err := s.l.records.State(s.c.ID).Request()
	return err == nil && req.Config != nil && req.Config.StdinOnce
}

// copyIn feeds the container's input until it ends or the user detaches.
func (s *session) copyIn(in io.Reader, once bool) {
	_, err := io.Copy(s.stdin, in)
	var escape term.EscapeError
	switch {
	case errors.As(err, &escape):
		close(s.detach)
	case once && s.ctx.Err() == nil:
		// Whoever is at the other end reads what is left, and sees the end.
		_ = s.stdin.Close()
		_ = s.client.EndInput()
	}
}

// resize passes the caller's terminal sizes on; only the latest counts.
func (s *session) resize(t client.Task, sizes <-chan api.Size) {
	ctx := s.e.in(s.ctx)
	for {
		select {
		case z, ok := <-sizes:
			if !ok {
				return
			}
			if s.redraw { // a size that changes has a program draw itself
				s.redraw = false
				_ = t.Resize(ctx, uint32(z.Width), uint32(z.Height)+1)
			}
			// Before the start, and after the end, there is nothing to resize.
			if err := t.Resize(ctx, uint32(z.Width), uint32(z.Height)); err != nil {
				s.e.log.Debug("resize", "id", s.c.ID, "err", err)
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// Wait implements api.Session.
func (s *session) Wait() (int, error) {
	defer s.Close()
	var o outcome
	select {
	case o = <-s.out:
	case <-s.detach:
		return 0, api.ErrDetached
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
	if o.err != nil {
		if s.ctx.Err() != nil {
			return 0, s.ctx.Err()
		}
		return 0, fmt.Errorf("read the container's streams: %w", o.err)
	}
	if !o.known {
		// The logger went away without a word; containerd knows the code.
		select {
		case x := <-s.exit:
			code, _, err := x.Result()
			if err != nil {
				return 0, fmt.Errorf("wait for the container: %w", err)
			}
			o.code = int(code)
		case <-s.ctx.Done():
			return 0, s.ctx.Err()
		}
	}
	if s.c.AutoRemove {
		// Its own hold would keep it.
		_ = s.Close()
		s.e.autoRemove(context.WithoutCancel(s.ctx), s.l, s.c.ID)
	}
	return o.code, nil
}

// Close implements api.Session.
func (s *session) Close() error {
	var err error
	s.once.Do(func() {
		s.cancel()
		err = s.client.Close()
		for _, f := range []*os.File{s.stdin, s.hold} {
			if f != nil {
				if cerr := f.Close(); !errors.Is(cerr, os.ErrClosed) {
					err = errors.Join(err, cerr)
				}
			}
		}
	})
	return err
}

// abandon ends a session whose start failed.
func (s *session) abandon() { _ = s.Close() }
