package app_test

import (
	"context"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/app"
	"gantry/ui/backend"
	"gantry/ui/uitest"
)

var _ backend.Engine = (*fake.Engine)(nil)

// world is a workbench on the fake engine, driven by steps.
type world struct {
	*uitest.Stepper
	t     *testing.T
	e     *fake.Engine
	model *app.Model
}

// begin opens the workbench on a screen of w × h. end must be called before the test's
// bubble ends.
func begin(t *testing.T, e *fake.Engine, w, h int) (*world, func()) {
	t.Helper()
	return beginWith(t, e, w, h, app.Options{})
}

// beginWith is begin with options; Now is the engine's clock.
func beginWith(t *testing.T, e *fake.Engine, w, h int, o app.Options) (*world, func()) {
	t.Helper()
	o.Now = e.Now
	if o.Doctor == nil {
		o.Doctor = func(context.Context) []api.Finding { return findings() }
	}
	m := app.New(context.Background(), e, o)
	return &world{uitest.New(t, m, w, h), t, e, m}, m.Close
}

// findings are one of each level, and one that is long.
func findings() []api.Finding {
	return []api.Finding{
		{Level: api.FindingOK, What: "root", Detail: "gantry runs as root"},
		{Level: api.FindingBad, What: "payload", Detail: "this gantry was built without its engine", Fix: "run go generate ./... and go build again"},
		{Level: api.FindingNote, What: "engine", Detail: "embedded, at /run/gantry/0a1b2c3d/containerd.sock; for nerdctl: nerdctl --address /run/gantry/0a1b2c3d/containerd.sock --data-root /var/lib/gantry/nerdctl/0a1b2c3d"},
		{Level: api.FindingWarn, What: "cgroups", Detail: "the memory controller is off: limits of memory do nothing", Fix: "boot with cgroup_enable=memory"},
		{Level: api.FindingOK, What: "kernel", Detail: "6.1.0"},
	}
}

// pass lets time pass on the engine's clock and on that of the program alike.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	for d > 0 {
		step := min(d, 100*time.Millisecond)
		w.e.Clock().Advance(step)
		w.Advance(step)
		d -= step
	}
}

// calm waits until the details have come and no key is taken for one that came too soon.
func (w *world) calm() *world {
	w.t.Helper()
	w.pass(500 * time.Millisecond)
	return w
}

// read waits as long as a person needs who reads a question before answering it.
func (w *world) read() *world {
	w.t.Helper()
	w.pass(200 * time.Millisecond)
	return w
}

// populated is an engine with one container of each kind.
func populated() *fake.Engine {
	e := fake.New()
	now := e.Now()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	const day = 24 * time.Hour
	web := e.Add(api.Container{Name: "web", Image: "nginx:1.27", State: api.StateRunning, Pid: 41213, CreatedAt: ago(time.Hour), StartedAt: ago(3 * time.Minute), Command: []string{"nginx"}, Ports: []api.Port{{HostIP: "0.0.0.0", HostPort: 8080, ContainerPort: 80, Protocol: "tcp"}, {HostIP: "::", HostPort: 8080, ContainerPort: 80, Protocol: "tcp"}}})
	db := e.Add(api.Container{Name: "db", Image: "postgres:17", State: api.StateRunning, Pid: 40001, CreatedAt: ago(3 * time.Hour), StartedAt: ago(2 * time.Hour)})
	cache := e.Add(api.Container{Name: "cache", Image: "redis:7", State: api.StatePaused, CreatedAt: ago(time.Hour), StartedAt: ago(4 * time.Minute)})
	e.Add(api.Container{Name: "job-1", Image: "busybox", State: api.StateCreated, CreatedAt: ago(time.Minute)})
	e.Add(api.Container{Name: "old", Image: "redis:7", State: api.StateExited, ExitCode: 137, ExitKnown: true, OOMKilled: true, MemoryLimit: 64 << 20, CreatedAt: ago(day), StartedAt: ago(3 * time.Hour), FinishedAt: ago(2 * time.Hour)})
	e.Add(api.Container{Name: "shell", Image: "debian:12", State: api.StateExited, ExitKnown: true, Command: []string{"sh"}, CreatedAt: ago(2 * day), StartedAt: ago(2 * day), FinishedAt: ago(2*day - 100*time.Millisecond)})
	for id, mem := range map[string]uint64{web: 13 << 20, db: 92_378_000, cache: 9 << 20} {
		e.SetSample(id, api.Sample{Memory: mem})
	}
	e.Use(web, 0.3)
	e.Use(db, 101.2)
	return e
}

// sizes are those that design asks for on which something can be done; on 40×12 there is
// one sentence, whatever the scene.
func sizes() map[string][2]int {
	return map[string][2]int{"120x36": {120, 36}, "80x24": {80, 24}, "60x16": {60, 16}}
}

// atSizes runs a scene at each of the sizes, as a golden each.
func atSizes(t *testing.T, name string, engine func() *fake.Engine, scene func(w *world)) {
	t.Helper()
	for size, wh := range sizes() {
		t.Run(size, func(t *testing.T) {
			uitest.Run(t, func(t *testing.T) {
				w, end := begin(t, engine(), wh[0], wh[1])
				defer end()
				w.calm()
				scene(w)
				w.Golden(name + "-" + size)
			})
		})
	}
}

// id is the ID of the container with a name.
func (w *world) id(name string) string {
	w.t.Helper()
	c, err := w.e.Peek(name)
	if err != nil {
		w.t.Fatal(err)
	}
	return c.ID
}
