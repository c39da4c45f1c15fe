package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/pkg/namespaces"

	"gantry/engine/enginetest/real"
)

// patience is how long anything may take before the test has failed.
const patience = 15 * time.Second

// gantry is the program in the hands of one test: in a namespace of its own, so that it
// begins with an empty list.
type gantry struct {
	*world
	t    testing.TB
	ns   string
	vars []string // environment beside the world's
}

// install gives a test its gantry. After it, the test's containers are removed, and
// nothing of them may be left but images.
func install(t testing.TB) *gantry {
	t.Helper()
	g := &gantry{world: get(t), t: t, ns: "e" + strings.ToLower(rand.Text()[:8])}
	g.vars = []string{"CONTAINERD_NAMESPACE=" + g.ns}
	before := real.Count(t, g.place())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(g.late(), patience)
		defer cancel()
		boxes, err := g.client.Containers(ctx)
		if err != nil {
			t.Errorf("list what is to be cleared: %v", err)
		}
		for some := range slices.Chunk(boxes, 10) { // as many as end within the patience
			ids := []string{"rm", "-f"}
			for _, b := range some {
				ids = append(ids, b.ID())
			}
			g.run(ids...).want(t, 0)
		}
		real.Leftovers(t, g.place(), before, "committed snapshot")
	})
	return g
}

// in is the same gantry in a part of its test.
func (g *gantry) in(t testing.TB) *gantry {
	part := *g
	part.t = t
	return &part
}

// place is the test's namespace, for counting what is in it.
func (g *gantry) place() *real.Env {
	return &real.Env{Config: g.config, Endpoint: g.endpoint, Caps: g.caps, Client: g.client, Namespace: g.ns, Registry: g.registry}
}

// ctx is a context in the test's namespace.
func (g *gantry) ctx() context.Context { return namespaces.WithNamespace(g.t.Context(), g.ns) }

// late is ctx after the test has ended.
func (g *gantry) late() context.Context {
	return namespaces.WithNamespace(context.Background(), g.ns)
}

// image is the reference of one of the test images in the shared registry.
func (g *gantry) image(img real.Image) string {
	g.t.Helper()
	return g.registry.Image(g.t, img)
}

// result is what a command has printed and how it ended.
type result struct {
	line        string
	out, errOut string
	code        int
}

// want fails the test unless the command ended with a code.
func (r result) want(t testing.TB, code int) result {
	t.Helper()
	if r.code != code {
		t.Fatalf("%s ended with %d, not %d\nstdout: %s\nstderr: %s", r.line, r.code, code, cut(r.out), cut(r.errOut))
	}
	return r
}

func cut(s string) string {
	if len(s) > 2000 {
		return s[:2000] + "…"
	}
	return s
}

// fields is stdout as words.
func (r result) fields() []string { return strings.Fields(r.out) }

// command prepares gantry with arguments.
func (g *gantry) command(args ...string) *exec.Cmd {
	c := exec.Command(g.bin, args...)
	c.Env = g.env(g.vars...)
	return c
}

// run runs a command of gantry to its end.
func (g *gantry) run(args ...string) result {
	g.t.Helper()
	return g.start(args...).wait()
}

// process is a gantry that runs beside the test.
type process struct {
	t           testing.TB
	cmd         *exec.Cmd
	out, errOut *watched
	done        chan struct{}
	err         error
}

// start starts a command of gantry. It is killed when the test ends, if it has not ended before.
func (g *gantry) start(args ...string) *process {
	g.t.Helper()
	return g.begin(g.command(args...))
}

// begin starts what was prepared.
func (g *gantry) begin(c *exec.Cmd) *process {
	g.t.Helper()
	p := &process{t: g.t, cmd: c, out: newWatched(), errOut: newWatched(), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.errOut
	if err := p.cmd.Start(); err != nil {
		g.t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		p.err = p.cmd.Wait()
	}()
	g.t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
	})
	return p
}

// wait waits for the end.
func (p *process) wait() result {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		p.t.Fatalf("%s does not end\nstdout: %s\nstderr: %s", p.line(), cut(p.out.String()), cut(p.errOut.String()))
	}
	var exit *exec.ExitError
	if p.err != nil && !errors.As(p.err, &exit) {
		p.t.Fatalf("%s: %v", p.line(), p.err)
	}
	return result{p.line(), p.out.String(), p.errOut.String(), p.cmd.ProcessState.ExitCode()}
}

func (p *process) line() string {
	return strings.Join(append([]string{filepath.Base(p.cmd.Path)}, p.cmd.Args[1:]...), " ")
}

// signal sends a signal to gantry itself.
func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
}

// said waits until a text has been printed on stdout or stderr.
func (p *process) said(text string) {
	p.t.Helper()
	end := time.After(patience)
	for !strings.Contains(p.out.String(), text) && !strings.Contains(p.errOut.String(), text) {
		select {
		case <-p.out.written:
		case <-p.errOut.written:
		case <-p.done:
			if strings.Contains(p.out.String()+p.errOut.String(), text) {
				return
			}
			p.t.Fatalf("%s ended without saying %q\nstdout: %s\nstderr: %s", p.line(), text, cut(p.out.String()), cut(p.errOut.String()))
		case <-end:
			p.t.Fatalf("%s did not say %q\nstdout: %s\nstderr: %s", p.line(), text, cut(p.out.String()), cut(p.errOut.String()))
		}
	}
}

// row is a container as gantry ps --format json prints it.
type row struct{ Command, ID, Image, Labels, Names, State, Status string }

// ps lists the containers by name.
func (g *gantry) ps(flags ...string) map[string]row {
	g.t.Helper()
	out := g.run(append([]string{"ps", "--format", "json", "--no-trunc"}, flags...)...).want(g.t, 0).out
	rows := map[string]row{}
	for dec := json.NewDecoder(bytes.NewBufferString(out)); dec.More(); {
		var r row
		if err := dec.Decode(&r); err != nil {
			g.t.Fatalf("ps --format json: %v in %s", err, cut(out))
		}
		rows[r.Names] = r
	}
	return rows
}

// task is the container's task as containerd itself has it; nil if it has none.
func (g *gantry) task(id string) containerd.Task {
	g.t.Helper()
	box, err := g.client.LoadContainer(g.ctx(), id)
	if err != nil {
		return nil
	}
	task, err := box.Task(g.ctx(), nil)
	if err != nil {
		return nil
	}
	return task
}
