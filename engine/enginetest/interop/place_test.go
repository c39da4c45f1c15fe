package interop

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// patience is how long a test waits for what should come soon; a restart monitor takes two
// seconds to look, and another two when it missed.
const patience = 30 * time.Second

// place is gantry on a containerd, in a namespace of its own.
type place struct {
	*engine.Engine
	env  *real.Env
	host host
	t    testing.TB
}

func open(t testing.TB, env *real.Env, h host) *place {
	t.Helper()
	e := engine.Open(engine.Config{Daemon: env.Config, Namespace: env.Namespace, Version: "test", DockerConfigDir: t.TempDir()})
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
	return &place{Engine: e, env: env, host: h, t: t}
}

// request is what a docker run line asks for. The word "busybox" in it is that image.
func (p *place) request(words ...string) api.CreateRequest {
	p.t.Helper()
	words = slices.Clone(words)
	if i := slices.Index(words, "busybox"); i >= 0 {
		words[i] = p.env.Registry.Image(p.t, real.Busybox)
	}
	facts, err := p.Facts(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := real.Request(facts, words...)
	if err != nil {
		p.t.Fatalf("%q: %v", words, err)
	}
	return req
}

// run is create and start, detached.
func (p *place) run(words ...string) string {
	p.t.Helper()
	made, _, err := p.Run(p.t.Context(), p.request(words...), api.StartOptions{}, api.Observer{})
	if err != nil {
		p.t.Fatalf("run %q: %v", words, err)
	}
	return made.ID
}

func (p *place) get(id string) api.Container {
	p.t.Helper()
	c, err := p.Find(p.t.Context(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// is waits until a container is in a state.
func (p *place) is(id string, s api.State) api.Container {
	p.t.Helper()
	var c api.Container
	p.eventually(id+" to be "+string(s), func() bool {
		c = p.get(id)
		return c.State == s
	})
	return c
}

func (p *place) eventually(what string, so func() bool) {
	p.t.Helper()
	real.Eventually(p.t, patience, what, so)
}

// killed kills the daemon and waits until it is back.
func (p *place) killed() {
	p.t.Helper()
	p.host.Kill(p.t)
	p.host.Up(p.t)
	p.Retry()
	p.eventually("containerd", func() bool { _, err := p.Containers(p.t.Context()); return err == nil })
}

// do is an operation that must not fail.
func (p *place) do(what string, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Errorf("%s: %v", what, err)
	}
}

func (p *place) stop(id string) {
	p.t.Helper()
	p.do("stop", p.Stop(p.t.Context(), id, api.StopOptions{Timeout: new(time.Duration)}, api.Observer{}))
}

func (p *place) start(id string) {
	p.t.Helper()
	_, err := p.Start(p.t.Context(), id, api.StartOptions{}, api.Observer{})
	p.do("start", err)
}

// remove removes by force.
func (p *place) remove(id string) {
	p.t.Helper()
	p.do("remove", p.Remove(p.t.Context(), id, api.RemoveOptions{Force: true, Volumes: true}, api.Observer{}))
}

func (p *place) log(id string) string {
	p.t.Helper()
	var b bytes.Buffer
	p.do("logs", p.Logs(p.t.Context(), id, api.LogOptions{Tail: -1}, func(lines []api.LogLine) error {
		for _, l := range lines {
			b.Write(l.Text)
		}
		return nil
	}))
	return b.String()
}

// says runs a further process and gives what it writes.
func (p *place) says(id string, args ...string) (string, int) {
	p.t.Helper()
	var out, errs bytes.Buffer
	s, err := p.Exec(p.t.Context(), id, api.ExecRequest{Args: args}, &api.Streams{Stdout: &out, Stderr: &errs})
	if err != nil {
		p.t.Errorf("exec %q: %v", args, err)
		return "", -1
	}
	code, err := s.Wait()
	p.do("exec", err)
	return strings.TrimSpace(out.String()), code
}

// page is what a server on this host answers, as soon as it does.
func (p *place) page(url string) (text string) {
	p.t.Helper()
	p.eventually(url, func() bool {
		var err error
		text, err = real.Page(url)
		return err == nil
	})
	return text
}

// server is the command of a container that says hello by HTTP.
func server() []string {
	return []string{"busybox", "sh", "-c", "mkdir /w; echo hello >/w/index.html; exec httpd -f -p 80 -h /w"}
}
