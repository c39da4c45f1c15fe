package engine_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/containerd/containerd/v2/client"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// TestAContainersLife goes once through everything that a container is made for.
func TestAContainersLife(t *testing.T) {
	p := open(t)
	before := real.Count(t, p.env)
	id := p.create("--name", "web", "--label", "tier=front", "--stop-timeout", "3", "busybox", "sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do sleep 0.05; done")

	c := p.get("web")
	if c.ID != id || c.State != api.StateCreated || c.Name != "web" || c.Owner != api.OwnerGantry || c.Pid != 0 || c.Namespace != p.env.Namespace {
		t.Fatalf("created: %+v", c)
	}
	if len(c.ID) != 64 || c.Labels["tier"] != "front" || c.Command[0] != "sh" || c.Image != p.image(real.Busybox) || time.Since(c.CreatedAt) > time.Minute {
		t.Errorf("created: %+v", c)
	}

	p.start(id)
	c = p.get(id[:12])
	box, err := p.env.Client.LoadContainer(p.env.Context(t), id)
	if err != nil {
		t.Fatal(err)
	}
	task, err := box.Task(p.env.Context(t), nil)
	if err != nil {
		t.Fatalf("containerd has no task: %v", err)
	}
	if st, err := task.Status(p.env.Context(t)); err != nil || st.Status != client.Running {
		t.Errorf("containerd says %s (%v)", st.Status, err)
	}
	if c.State != api.StateRunning || c.Pid != task.Pid() || time.Since(c.StartedAt).Abs() > time.Minute {
		t.Errorf("running: %+v, pid %d", c, task.Pid())
	}
	p.start(id) // one that runs is left alone
	if again := p.get(id); again.Pid != c.Pid {
		t.Error("start of a running container started it again")
	}

	p.logged(id, "ready") // a signal that comes before the trap ends nothing
	if err := p.Stop(t.Context(), id, api.StopOptions{}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	if c = p.get(id); c.State != api.StateExited || c.ExitCode != 3 || !c.ExitKnown || c.FinishedAt.Before(c.StartedAt) {
		t.Errorf("stopped: %+v", c)
	}
	if err := p.Stop(t.Context(), id, api.StopOptions{}, api.Observer{}); err != nil {
		t.Errorf("stop of a stopped container: %v", err)
	}

	p.start(id)
	if err := p.Kill(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	if code, err := p.Wait(soon(t), id); err != nil || code != 137 {
		t.Errorf("killed: %d, %v", code, err)
	}
	if e := as[*api.StateError](t, p.Kill(t.Context(), id, "")); e.State != api.StateExited {
		t.Errorf("kill of an ended container: %v", e)
	}
	if err := p.Remove(t.Context(), id, api.RemoveOptions{}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	p.gone(id)
	p.gone("web")
	real.Leftovers(t, p.env, before, "committed snapshot") // the image's
}

func TestWhatNerdctlReadsOfAContainer(t *testing.T) {
	p := open(t)
	id := p.create("--name", "web", "--hostname", "front", "--user", "app", "-e", "A=1", "busybox", "sleep", "60")
	ep := p.env.Endpoint
	dir := filepath.Join(ep.RecordStore, "containers", p.env.Namespace, id)

	if owner, err := os.ReadFile(filepath.Join(ep.RecordStore, "names", p.env.Namespace, "web")); err != nil || string(owner) != id {
		t.Errorf("the name belongs to %q (%v)", owner, err)
	}
	st, err := os.Stat(dir)
	if err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("state dir: %v, %v", st, err)
	}
	for _, f := range []string{"log-config.json", "network-config.json", "hostname", "resolv.conf", id + "-json.log"} {
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(ep.RecordStore, "etchosts", p.env.Namespace, id, "hosts")); err != nil {
		t.Error(err)
	}
	rec, err := p.env.Client.ContainerService().Get(p.env.Context(t), id)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range map[string]string{
		"nerdctl/name": "web", "nerdctl/namespace": p.env.Namespace, "nerdctl/hostname": "front", "nerdctl/user": "app",
		"nerdctl/state-dir": dir, "nerdctl/auto-remove": "false", "nerdctl/networks": `["bridge"]`,
		"io.containerd.image.config.stop-signal": "SIGTERM",
	} {
		if rec.Labels[k] != v {
			t.Errorf("label %s is %q, not %q", k, rec.Labels[k], v)
		}
	}
	if uri := rec.Labels["nerdctl/log-uri"]; !strings.HasPrefix(uri, "binary://"+ep.Helper+"?") {
		t.Errorf("log URI %q", uri)
	}
	var log struct{ Driver, Address string }
	if err := json.Unmarshal([]byte(rec.Labels["nerdctl/log-config"]), &log); err != nil || log.Driver != "json-file" || log.Address != ep.Address {
		t.Errorf("log config %+v (%v)", log, err)
	}
	if _, ok := rec.Labels["containerd.io/restart.status"]; ok {
		t.Error("the restart monitor would look at a container without a policy")
	}
	for k, v := range p.get(id).Labels {
		if strings.HasPrefix(k, "nerdctl/") || strings.HasPrefix(k, "gantry/") {
			t.Errorf("a person sees the label %s=%s", k, v)
		}
	}
}

func TestInspectHasDockersShape(t *testing.T) {
	p := open(t)
	id := p.run("--name", "web", "--env", "A=1", "--memory", "64m", "--user", "app", "--label", "tier=front", "busybox", "sleep", "60")
	r, err := p.Inspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != id || r.Name != "/web" || r.Path != "sleep" || !slices.Equal(r.Args, []string{"60"}) {
		t.Errorf("%s %s %s %q", r.ID, r.Name, r.Path, r.Args)
	}
	if s := r.State; !s.Running || s.Status != "running" || s.Pid == 0 || s.Pid != int(p.get(id).Pid) || s.Paused || s.ExitCode != 0 {
		t.Errorf("state %+v", s)
	}
	if !slices.Contains(r.Config.Env, "A=1") || r.Config.User != "app" || r.Config.Labels["tier"] != "front" || r.HostConfig.Memory != 64<<20 {
		t.Errorf("config %+v, host config %+v", r.Config, r.HostConfig)
	}
	if !strings.HasPrefix(r.Image, "sha256:") || r.LogPath == "" || r.NetworkSettings.Networks["bridge"] == nil {
		t.Errorf("image %q, log %q, networks %v", r.Image, r.LogPath, r.NetworkSettings.Networks)
	}
	if _, err := p.Inspect(t.Context(), "nothing"); !errors.As(err, new(*api.NotFoundError)) {
		t.Errorf("inspect of nothing: %v", err)
	}
	req, err := p.Request(t.Context(), id)
	if err != nil || req.Name != "web" || req.HostConfig.Memory != 64<<20 {
		t.Errorf("remembered request %+v (%v)", req, err)
	}
}

func TestStopSendsTheSignalWaitsAndKills(t *testing.T) {
	p := open(t)
	second := time.Second
	for _, c := range []struct {
		name   string
		script string
		flags  []string
		opt    api.StopOptions
		code   int
		atMost time.Duration
	}{
		{"one that obeys", "trap 'exit 4' TERM; while :; do sleep 0.05; done", nil, api.StopOptions{}, 4, 3 * time.Second},
		{"one that ignores TERM", "trap '' TERM; while :; do sleep 0.05; done", nil, api.StopOptions{Timeout: &second}, 137, 4 * time.Second},
		{"its own timeout", "trap '' TERM; while :; do sleep 0.05; done", []string{"--stop-timeout", "1"}, api.StopOptions{}, 137, 4 * time.Second},
		{"another signal", "trap 'exit 5' USR1; while :; do sleep 0.05; done", nil, api.StopOptions{Signal: "USR1"}, 5, 3 * time.Second},
		{"at once", "trap '' TERM; while :; do sleep 0.05; done", nil, api.StopOptions{Timeout: new(time.Duration)}, 137, 3 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			// It says so once the trap is set.
			id := p.run(append(c.flags, "busybox", "sh", "-c", c.script[:strings.Index(c.script, ";")]+"; echo set"+c.script[strings.Index(c.script, ";"):])...)
			p.logged(id, "set")
			began := time.Now()
			if err := p.Stop(soon(t), id, c.opt, api.Observer{}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > c.atMost {
				t.Errorf("took %s", took)
			}
			if x := p.get(id); x.State != api.StateExited || x.ExitCode != c.code {
				t.Errorf("%s %d", x.State, x.ExitCode)
			}
			p.remove(id)
		})
	}
	id := p.run("busybox", "sleep", "60")
	err := p.Stop(t.Context(), id, api.StopOptions{Signal: "SIGNOPE"}, api.Observer{})
	if e := as[api.FieldErrors](t, err); e[0].Field != "signal" || p.get(id).State != api.StateRunning {
		t.Errorf("stop with a bad signal: %v", err)
	}
}

func TestARunningContainerIsRemovedOnlyByForce(t *testing.T) {
	p := open(t)
	id := p.run("--name", "web", "busybox", "sleep", "60")
	err := p.Remove(t.Context(), id, api.RemoveOptions{}, api.Observer{})
	if e := as[*api.StateError](t, err); e.Action != "remove" || e.State != api.StateRunning || e.Fix == "" {
		t.Errorf("%+v", e)
	}
	if p.get(id).State != api.StateRunning {
		t.Error("a refused remove has stopped it")
	}
	p.remove(id)
	p.gone(id)
	if err := p.Remove(t.Context(), id, api.RemoveOptions{Force: true}, api.Observer{}); !errors.As(err, new(*api.NotFoundError)) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestANameInUseTellsWhoHasIt(t *testing.T) {
	p := open(t)
	id := p.run("--name", "web", "busybox", "sleep", "60")
	before := real.Count(t, p.env)
	_, err := p.Create(t.Context(), p.request("--name", "web", "busybox"), api.Observer{})
	if e := as[*api.NameInUseError](t, err); e.Name != "web" || e.ID != id || e.State != api.StateRunning {
		t.Errorf("%+v", e)
	}
	real.Leftovers(t, p.env, before)
	p.remove(id)
	again := p.create("--name", "web", "busybox")
	if again == id {
		t.Error("the same ID twice")
	}
	a, b := p.get(p.create("busybox")), p.get(p.create("busybox"))
	if a.Name == "" || a.Name == b.Name {
		t.Errorf("names that were made up: %q, %q", a.Name, b.Name)
	}
}

// logged waits until the container has written a line.
func (p *place) logged(id, line string) {
	p.t.Helper()
	found := errors.New("found")
	err := p.Logs(soon(p.t), id, api.LogOptions{Follow: true, Tail: -1}, func(lines []api.LogLine) error {
		for _, l := range lines {
			if strings.TrimSpace(string(l.Text)) == line {
				return found
			}
		}
		return nil
	})
	if !errors.Is(err, found) {
		p.t.Fatalf("%q is not in the log: %v", line, err)
	}
}
