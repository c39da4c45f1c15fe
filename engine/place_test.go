package engine_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/stdio/wire"
)

// TestMain is also the gantry that a container's logger tells of its health: this binary.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && slices.Equal(os.Args[1:], wire.HealthCommand(os.Args[3])) {
		if err := engine.LabelHealth(context.Background(), os.Args[3], slog.New(slog.DiscardHandler)); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	if real.Outside() {
		// What cannot be had the test that needs it says.
		if err := real.FetchPackages(context.Background(), real.NginxPackages()...); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	// Together they take as long as all others.
	real.MainInParts(m, []string{"TestSoak", "TestARecreate", "TestAContainerIsRestarted", "TestFailuresAreCounted", "TestAContainerIsWhatItIsUnderDocker", "TestAStart", "TestTwoGantrys"})
}

// patience is how long a test waits for what should come at once.
const patience = 20 * time.Second

// place is an engine on real containerd, with a namespace of its own.
type place struct {
	*engine.Engine
	env *real.Env
	t   testing.TB
}

// open opens the test's engine; change may alter how.
func open(t testing.TB, change ...func(*engine.Config)) *place {
	t.Helper()
	return openOn(t, real.Engine(t), change...)
}

// openOn opens one more engine in the same namespace.
func openOn(t testing.TB, env *real.Env, change ...func(*engine.Config)) *place {
	t.Helper()
	cfg := engine.Config{Daemon: env.Config, Namespace: env.Namespace, Version: "test", DockerConfigDir: t.TempDir()}
	for _, f := range change {
		f(&cfg)
	}
	e := engine.Open(cfg)
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("close the engine: %v", err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := e.Ready(ctx); err != nil {
		t.Fatalf("open the engine: %v", err)
	}
	return &place{Engine: e, env: env, t: t}
}

func (p *place) image(i real.Image) string {
	p.t.Helper()
	return p.env.Registry.Image(p.t, i)
}

// request is what a docker run line asks for. The word "busybox" in it is that image.
func (p *place) request(words ...string) api.CreateRequest {
	p.t.Helper()
	words = slices.Clone(words)
	if i := slices.Index(words, "busybox"); i >= 0 {
		words[i] = p.image(real.Busybox)
	}
	req, err := p.tryRequest(words...)
	if err != nil {
		p.t.Fatalf("%q: %v", words, err)
	}
	return req
}

// tryRequest is request for where it may be refused.
func (p *place) tryRequest(words ...string) (api.CreateRequest, error) {
	facts, err := p.Facts(p.t.Context())
	if err != nil {
		return api.CreateRequest{}, err
	}
	return real.Request(facts, words...)
}

// create makes a container and gives its ID.
func (p *place) create(words ...string) string {
	p.t.Helper()
	made, err := p.Create(p.t.Context(), p.request(words...), api.Observer{})
	if err != nil {
		p.t.Fatalf("create %q: %v", words, err)
	}
	return made.ID
}

func (p *place) start(id string) {
	p.t.Helper()
	if _, err := p.Start(p.t.Context(), id, api.StartOptions{}, api.Observer{}); err != nil {
		p.t.Fatalf("start: %v", err)
	}
}

// run is create and start, detached.
func (p *place) run(words ...string) string {
	p.t.Helper()
	id := p.create(words...)
	p.start(id)
	return id
}

// outcome is what came of an attached run.
type outcome struct {
	id, out, err string
	code         int
}

// attached runs to the end, with its streams.
func (p *place) attached(words ...string) (outcome, error) {
	p.t.Helper()
	var out, errs bytes.Buffer
	made, s, err := p.Run(p.t.Context(), p.request(words...), api.StartOptions{Attach: &api.Streams{Stdout: &out, Stderr: &errs}}, api.Observer{})
	o := outcome{id: made.ID}
	if err != nil {
		return o, err
	}
	o.code, err = s.Wait()
	o.out, o.err = out.String(), errs.String()
	return o, err
}

// output is what a command prints in a container that goes at its end.
func (p *place) output(words ...string) string {
	p.t.Helper()
	o, err := p.attached(append([]string{"--rm"}, words...)...)
	if err != nil || o.code != 0 {
		p.t.Fatalf("%q: %d %v %s", words, o.code, err, o.err)
	}
	return strings.TrimSuffix(strings.ReplaceAll(o.out, "\r\n", "\n"), "\n")
}

func (p *place) get(id string) api.Container {
	p.t.Helper()
	c, err := p.Find(p.t.Context(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// gone fails the test if the container is still there.
func (p *place) gone(id string) {
	p.t.Helper()
	var none *api.NotFoundError
	if c, err := p.Find(p.t.Context(), id); !errors.As(err, &none) {
		p.t.Errorf("%s is still there: %s, %v", id, c.State, err)
	}
}

// remove removes by force.
func (p *place) remove(id string) {
	p.t.Helper()
	if err := p.Remove(p.t.Context(), id, api.RemoveOptions{Force: true}, api.Observer{}); err != nil {
		p.t.Errorf("remove: %v", err)
	}
}

// soon is a context that ends when something takes far too long.
func soon(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// as is the error's type in the chain, or the test ends.
func as[E error](t testing.TB, err error) E {
	t.Helper()
	e, ok := errors.AsType[E](err)
	if !ok {
		t.Fatalf("got the error %v (%T), wanted %T", err, err, e)
	}
	return e
}
