package engine_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/containerd/containerd/v2/pkg/cio"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/path"
)

// nullIO is a task's streams to nowhere.
func nullIO(id string) (cio.IO, error) { return cio.NullIO(id) }

func TestWhatTheEngineDidIsCountedAndWrittenDown(t *testing.T) {
	p := open(t)
	f := p.follow()
	id := p.create("--name", "web", "busybox", "sleep", "60")
	p.start(id)
	bad := p.create("busybox", "no-such-program")
	if _, err := p.Start(t.Context(), bad, api.StartOptions{}, api.Observer{}); err == nil {
		t.Fatal("no error")
	}
	if err := p.Kill(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	f.state(id, api.StateExited)
	f.state(bad, api.StateCreated)
	m := p.Metrics()
	for action, want := range map[string]api.Action{
		"create": {Count: 2}, "start": {Count: 2, Failures: 1}, "kill": {Count: 1}, "pull": {Count: 1},
	} {
		got := m.Actions[action]
		if got.Count != want.Count || got.Failures != want.Failures || got.Total <= 0 || got.Max > got.Total {
			t.Errorf("%s: %+v", action, got)
		}
	}
	if m.States[api.StateExited] != 1 || m.States[api.StateCreated] != 1 || len(m.States) != 2 {
		t.Errorf("states %v", m.States)
	}
	if len(m.Journal) != 4 {
		t.Fatalf("journal %+v", m.Journal)
	}
	first, last := m.Journal[0], m.Journal[3]
	if first.Action != "create" || first.Container != id || first.Name != "web" || first.Image != p.image(real.Busybox) || first.Duration <= 0 || first.Error != "" {
		t.Errorf("first entry %+v", first)
	}
	if last.Action != "start" || last.Container != bad || !strings.Contains(last.Error, "no-such-program") {
		t.Errorf("last entry %+v", last)
	}
}

func TestTheContainerRemembersItsPath(t *testing.T) {
	p := open(t)
	var seen []path.Trace
	made, _, err := p.Run(t.Context(), p.request("--name", "web", "busybox", "sleep", "60"), api.StartOptions{}, api.Observer{
		Trace: func(tr path.Trace) { seen = append(seen, tr) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(t.Context(), made.ID, api.StopOptions{Signal: "KILL"}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	traces, err := p.Traces(t.Context(), made.ID)
	if err != nil || len(traces) != 2 || traces[0].Operation != "stop" || traces[1].Operation != "run" {
		t.Fatalf("%+v (%v)", traces, err)
	}
	var names []string
	for _, s := range traces[1].Steps {
		names = append(names, s.Name)
		if s.State != path.Done && s.State != path.Skipped || s.State == path.Skipped && s.Detail == "" {
			t.Errorf("step %+v", s)
		}
	}
	want := strings.Fields("config options supported image pull identity rootfs volumes spec register state mounts network security task wait run restart")
	if !slices.Equal(names, want) {
		t.Errorf("steps %q", names)
	}
	if tr := traces[1]; tr.Container != made.ID || tr.Name != "web" || tr.Ended.IsZero() || tr.ID != seen[0].ID {
		t.Errorf("trace %+v", tr)
	}
	if len(seen) < 2*len(want) || seen[0].Steps[0].State != path.Waiting {
		t.Errorf("%d reports while it ran", len(seen))
	}
	p.remove(made.ID)
	if left, err := p.Traces(context.Background(), made.ID); err != nil || len(left) != 0 {
		t.Errorf("traces of a removed container: %v, %v", left, err)
	}
}

func TestProxiesBecomeEnvironment(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir+"/config.json", `{"proxies": {"default": {"httpProxy": "http://proxy:3128", "noProxy": "localhost"}}}`)
	p := open(t, func(c *engine.Config) { c.DockerConfigDir = dir })
	got := p.output("-e", "HTTP_PROXY=mine", "busybox", "sh", "-c", "echo $HTTP_PROXY $http_proxy $NO_PROXY")
	if got != "mine http://proxy:3128 localhost" {
		t.Errorf("got %q", got)
	}
	req := p.request("-e", "HTTP_PROXY=mine", "busybox")
	made, err := p.Create(t.Context(), req, api.Observer{})
	if err != nil || len(made.Warnings) != 0 {
		t.Fatal(made.Warnings, err)
	}
	kept, err := p.Request(t.Context(), made.ID)
	if err != nil || !slices.Equal(kept.Config.Env, []string{"HTTP_PROXY=mine"}) {
		t.Errorf("what is remembered is what was asked for: %q (%v)", kept.Config.Env, err)
	}
	writeFile(t, dir+"/config.json", `{`)
	made, err = p.Create(t.Context(), p.request("busybox"), api.Observer{})
	if err != nil || len(made.Warnings) != 1 || !strings.Contains(made.Warnings[0], dir) {
		t.Errorf("with a broken client config: %q, %v", made.Warnings, err)
	}
}

// An image is made by strangers: its labels must not steer gantry, nerdctl or containerd.
func TestAnImagesLabelsCannotPretend(t *testing.T) {
	p := open(t)
	id := p.create("--name", "web", p.image(real.Hostile), "true")
	rec, err := p.env.Client.ContainerService().Get(p.env.Context(t), id)
	if err != nil {
		t.Fatal(err)
	}
	for k, bad := range map[string]string{"nerdctl/name": "impostor", "containerd.io/restart.status": "running", "containerd.io/gc.root": "now", "gantry/record": "/"} {
		if rec.Labels[k] == bad {
			t.Errorf("the image's label %s=%s came through", k, bad)
		}
	}
	c := p.get("web")
	if c.Owner != api.OwnerGantry || c.Name != "web" {
		t.Errorf("it is %s's, called %q", c.Owner, c.Name)
	}
	if c.Labels["title"] == "" || len(c.Labels["long"]) != 3000 {
		t.Errorf("harmless labels are gone: %v", c.Labels)
	}
	p.start(id)
	if code, err := p.Wait(soon(t), id); err != nil || code != 0 {
		t.Errorf("%d, %v", code, err)
	}
	p.remove(id)
}

func writeFile(t *testing.T, name, body string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
}
