package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/pkg/cio"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/record"
	"gantry/engine/spec"
	"gantry/engine/task"
)

// maxExecID is how many hex digits the name of a further process has.
const maxExecID = 32

// Exec starts a further process in a running container. Without streams it runs by itself, and
// the session is nil. What it writes goes to the caller alone, not into the log. What is wrong
// with the request comes as api.FieldErrors, that the program cannot be run as an
// *api.StartError.
func (e *Engine) Exec(ctx context.Context, id string, req api.ExecRequest, st *api.Streams) (api.Session, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	defer e.begin("exec", id)()
	ctx = e.in(ctx)
	if err := checkExec(req); err != nil {
		return nil, err
	}
	c, err := e.running(ctx, l, api.ActExec, id)
	if err != nil {
		return nil, err
	}
	box, err := l.client.LoadContainer(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("load container: %w", err)
	}
	t, err := box.Task(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("load task: %w", err)
	}
	sp, err := box.Spec(ctx)
	if err != nil {
		return nil, fmt.Errorf("read spec: %w", err)
	}
	p, err := execProcess(sp, req, filepath.Join("/proc", fmt.Sprint(t.Pid()), "root"))
	if err != nil {
		return nil, err
	}
	return e.exec(ctx, l, c, t, p, st)
}

func checkExec(req api.ExecRequest) (errs error) {
	var all api.FieldErrors
	if len(req.Args) == 0 || req.Args[0] == "" {
		all = append(all, api.FieldError{Field: "args", Reason: "a command is needed", Fix: "for example sh"})
	}
	for i, v := range req.Env {
		if name, _, _ := strings.Cut(v, "="); name == "" {
			all = append(all, api.FieldError{Field: "env", Index: i, Value: v, Reason: "has no name", Fix: "write NAME=value"})
		}
	}
	if req.WorkingDir != "" && !filepath.IsAbs(req.WorkingDir) {
		all = append(all, api.FieldError{Field: "workdir", Value: req.WorkingDir, Reason: "is not an absolute path"})
	}
	if len(all) > 0 {
		return all
	}
	return nil
}

// execProcess is the container's own process, changed as the request says. root is the
// container's file system as it is now.
func execProcess(sp *specs.Spec, req api.ExecRequest, root string) (*specs.Process, error) {
	if sp.Process == nil {
		return nil, errors.New("the container's spec has no process")
	}
	p := *sp.Process
	p.Args, p.Terminal, p.ConsoleSize, p.CommandLine = req.Args, req.Tty, nil, ""
	p.Env = slices.Clone(p.Env)
	if req.Tty && !slices.ContainsFunc(p.Env, func(e string) bool { return strings.HasPrefix(e, "TERM=") }) {
		p.Env = append(p.Env, "TERM=xterm")
	}
	for _, v := range req.Env {
		name, _, _ := strings.Cut(v, "=")
		p.Env = append(slices.DeleteFunc(p.Env, func(e string) bool { return strings.HasPrefix(e, name+"=") }), v)
	}
	if req.WorkingDir != "" {
		p.Cwd = req.WorkingDir
	}
	if req.User != "" {
		u, err := spec.LookupUser(root, req.User)
		if err != nil {
			return nil, err
		}
		p.User = specs.User{UID: u.UID, GID: u.GID, AdditionalGids: u.Groups}
		if p.Capabilities != nil {
			p.Capabilities = ofUser(p.Capabilities.Bounding, u.UID)
		}
	}
	if req.Privileged {
		p.Capabilities = ofUser(spec.HeldCapabilities(), p.User.UID)
		p.ApparmorProfile, p.NoNewPrivileges = "", false
	}
	return &p, nil
}

// ofUser are the capabilities of a process of a user: only root has any by itself.
func ofUser(all []string, uid uint32) *specs.LinuxCapabilities {
	c := &specs.LinuxCapabilities{Bounding: all}
	if uid == 0 {
		c.Effective, c.Permitted = all, all
	}
	return c
}

// exec starts the process and joins its streams to the caller's.
func (e *Engine) exec(ctx context.Context, l *link, c api.Container, t client.Task, p *specs.Process, st *api.Streams) (api.Session, error) {
	id, err := record.NewID(e.random)
	if err != nil {
		return nil, err
	}
	id = id[:maxExecID]
	s := &execution{e: e, c: c}
	create := cio.NullIO
	if st != nil && p.Terminal {
		p.ConsoleSize = firstSize(st.Resize)
	}
	if st != nil {
		create = s.streams(l, p.Terminal, st)
	}
	tctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), taskTime)
	defer cancel()
	if s.process, err = t.Exec(tctx, id, p, create); err != nil {
		return nil, notRun(c, p, err)
	}
	if st != nil {
		if s.exit, err = s.process.Wait(context.WithoutCancel(ctx)); err != nil {
			return nil, errors.Join(fmt.Errorf("wait for the process: %w", err), s.delete(tctx))
		}
	}
	if err := s.process.Start(tctx); err != nil {
		return nil, errors.Join(notRun(c, p, err), s.delete(tctx))
	}
	if st == nil {
		return nil, nil
	}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.input.start(func() error { return s.process.CloseIO(e.in(context.WithoutCancel(ctx)), client.WithStdinCloser) })
	if p.Terminal && st.Resize != nil {
		e.done.Go(func() { s.resize(st.Resize) })
	}
	return s, nil
}

// notRun is why a further process could not be started.
func notRun(c api.Container, p *specs.Process, err error) error {
	err = task.StartFailed(c.DisplayName(), p.Args[0], err)
	var failed *api.StartError
	if errors.As(err, &failed) {
		failed.Exec = true
	}
	return err
}

// sizeTime is how long a process waits for the size of its terminal: it is there from the first
// or comes by a resize.
const sizeTime = 50 * time.Millisecond

// firstSize is the caller's terminal's size; nil if it is not told.
func firstSize(sizes <-chan api.Size) *specs.Box {
	if sizes == nil {
		return nil
	}
	select {
	case z, ok := <-sizes:
		if !ok || z.Width == 0 || z.Height == 0 {
			return nil
		}
		return &specs.Box{Width: uint(z.Width), Height: uint(z.Height)}
	case <-time.After(sizeTime):
		return nil
	}
}

// execution is a further process of a container, joined to a caller's streams.
type execution struct {
	e       *Engine
	c       api.Container
	process client.Process
	exit    <-chan client.ExitStatus
	input   *input
	ctx     context.Context
	cancel  context.CancelFunc
	once    sync.Once
}

// streams joins the caller's ends by FIFOs.
func (s *execution) streams(l *link, tty bool, st *api.Streams) cio.Creator {
	s.input = &input{}
	var stdin io.Reader
	if st.Stdin != nil {
		s.input.from = st.Stdin
		stdin = s.input
	}
	out, errs := st.Stdout, st.Stderr
	if out == nil {
		out = io.Discard
	}
	if errs == nil {
		errs = io.Discard
	}
	opts := []cio.Opt{cio.WithStreams(stdin, out, errs)}
	if tty {
		opts = append(opts, cio.WithTerminal)
	}
	if l.end.Kind == api.EngineEmbedded {
		opts = append(opts, cio.WithFIFODir(filepath.Join(l.end.StateDir, "fifo")))
	}
	return cio.NewCreator(opts...)
}

// input is a caller's input on its way to a process: its end is told to the shim, which holds
// the process's input open itself.
type input struct {
	from  io.Reader
	mu    sync.Mutex
	close func() error
	ended bool
}

// start says how the end is told, once the process runs.
func (in *input) start(tell func() error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.close = tell; in.ended {
		_ = tell() // a process that has ended needs no end of its input
	}
}

// Read implements io.Reader.
func (in *input) Read(b []byte) (int, error) {
	n, err := in.from.Read(b)
	if err != nil {
		in.mu.Lock()
		defer in.mu.Unlock()
		if in.ended = true; in.close != nil {
			_ = in.close()
		}
	}
	return n, err
}

func (s *execution) resize(sizes <-chan api.Size) {
	ctx := s.e.in(s.ctx)
	for {
		select {
		case z, ok := <-sizes:
			if !ok {
				return
			}
			if err := s.process.Resize(ctx, uint32(z.Width), uint32(z.Height)); err != nil {
				s.e.log.Debug("resize", "id", s.c.ID, "err", err)
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// Wait implements api.Session.
func (s *execution) Wait() (int, error) {
	defer s.Close()
	select {
	case x := <-s.exit:
		code, _, err := x.Result()
		ctx, cancel := context.WithTimeout(s.e.in(context.WithoutCancel(s.ctx)), taskTime)
		defer cancel()
		s.process.IO().Wait() // the last bytes
		if derr := s.delete(ctx); derr != nil {
			s.e.log.Warn("delete a process", "id", s.c.ID, "err", derr)
		}
		if err != nil {
			return 0, fmt.Errorf("wait for the process: %w", err)
		}
		return int(code), nil
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	}
}

// delete takes the record of the process away, and kills it first if it runs.
func (s *execution) delete(ctx context.Context) error {
	_, err := s.process.Delete(ctx, client.WithProcessKill)
	return ignoreNotFound(err)
}

// Close implements api.Session. Nobody reads what a process writes whose session was closed, so
// it is killed if it still runs.
func (s *execution) Close() (err error) {
	s.once.Do(func() {
		ctx, cancel := context.WithTimeout(s.e.in(context.WithoutCancel(s.ctx)), taskTime)
		defer cancel()
		s.cancel()
		err = s.delete(ctx)
		s.process.IO().Cancel()
		err = errors.Join(err, s.process.IO().Close())
	})
	return err
}

// Shell is the first shell that a running container has; an *api.UnsupportedError when it has
// none.
func (e *Engine) Shell(ctx context.Context, id string) (string, error) {
	l, err := e.need(ctx)
	if err != nil {
		return "", err
	}
	c, err := e.running(e.in(ctx), l, api.ActExec, id)
	if err != nil {
		return "", err
	}
	root, err := os.OpenRoot(filepath.Join("/proc", fmt.Sprint(c.Pid), "root"))
	if err != nil {
		return "", fmt.Errorf("look into the container: %w", err)
	}
	defer root.Close()
	for _, shell := range []string{"/bin/bash", "/usr/bin/bash", "/bin/sh", "/usr/bin/sh", "/bin/ash", "/busybox/sh"} {
		if st, err := root.Lstat(shell[1:]); err == nil && !st.IsDir() {
			return shell, nil
		}
	}
	return "", &api.UnsupportedError{What: "a shell in " + c.DisplayName(), Reason: "its image has none"}
}
