package engine_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/engine/record"
	"gantry/engine/stdio/wire"
)

// TestHealthIsLookedAtByTheLogger follows one container from starting over unhealthy to
// healthy, and over a stop, while no gantry does anything for it.
func TestHealthIsLookedAtByTheLogger(t *testing.T) {
	p := open(t)
	id := p.run("--name", "sick", "--health-cmd", "echo looked at by $(id -un); test -f /tmp/ok", "--health-interval", "250ms", "--health-retries", "2", "--user", "app",
		"busybox", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done")
	if c := p.get(id); c.Health != api.HealthStarting {
		t.Errorf("at first: %q", c.Health)
	}
	labelled := func() (s record.HealthState) {
		rec, err := p.env.Client.ContainerService().Get(p.env.Context(t), id)
		if err != nil {
			t.Fatal(err)
		}
		s, _ = record.ReadHealthState(rec.Labels)
		return s
	}
	p.eventually("unhealthy", func() bool { return p.get(id).Health == api.HealthUnhealthy })
	r, err := p.Inspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	h := r.State.Health
	if h == nil || h.Status != container.Unhealthy || h.FailingStreak < 2 || len(h.Log) < 2 || h.Log[0].ExitCode != 1 || h.Log[0].Output != "looked at by app\n" || h.Log[0].End.Before(h.Log[0].Start) {
		t.Fatalf("%+v", h)
	}
	if gap := h.Log[1].Start.Sub(h.Log[0].End); gap.Milliseconds() < 240 {
		t.Errorf("looked at again after %s", gap)
	}
	p.eventually("the label to say so", func() bool { s := labelled(); return s.Status == "unhealthy" && s.FailingStreak >= 2 })
	if rec, err := p.env.Client.ContainerService().Get(p.env.Context(t), id); err != nil || !strings.Contains(rec.Labels["nerdctl/healthcheck"], `"Interval":250000000`) {
		t.Errorf("%v, %v", rec.Labels, err)
	}

	if _, _, code, err := p.exec(id, sh("touch /tmp/ok"), nil); code != 0 || err != nil {
		t.Fatal(code, err)
	}
	p.eventually("healthy", func() bool { return p.get(id).Health == api.HealthHealthy })
	p.eventually("the label to say so", func() bool { return labelled().Status == "healthy" })
	dir := record.Open(p.env.Endpoint.RecordStore, p.env.Namespace).Dir(id)
	if kib := loggerMemory(t, dir); kib > 3<<10 {
		t.Errorf("a logger that looks at health holds %d KiB", kib)
	} else {
		t.Logf("a logger that looks at health holds %d KiB", kib)
	}

	if err := p.Stop(t.Context(), id, api.StopOptions{}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	if c := p.get(id); c.Health != "" || c.ExitCode != 0 {
		t.Errorf("stopped: %+v", c)
	}
	before, _ := wire.ReadHealth(dir)
	p.start(id)
	after, _ := wire.ReadHealth(dir)
	if labelled().Status != "starting" && after.Status != "healthy" || len(before.Log) == 0 {
		t.Errorf("started again: %+v, was %+v", after, before)
	}
	p.eventually("healthy again", func() bool { return p.get(id).Health == api.HealthHealthy })

	slow := p.run("--health-cmd", "sleep 60", "--health-timeout", "200ms", "--health-interval", "50ms", "--health-retries", "1", "busybox", "sleep", "100")
	p.eventually("a check that hangs to fail", func() bool { return p.get(slow).Health == api.HealthUnhealthy })
	if r, err := p.Inspect(t.Context(), slow); err != nil || r.State.Health.Log[0].ExitCode != -1 || r.State.Health.Log[0].Output != "Health check exceeded timeout (200ms)" {
		b, _ := json.Marshal(r.State.Health)
		t.Errorf("%s, %v", b, err)
	}
	p.remove(slow)
}

// loggerMemory is what the logger of a state directory holds for itself, in KiB.
func loggerMemory(t *testing.T, stateDir string) (kib int) {
	t.Helper()
	procs, _ := os.ReadDir("/proc")
	for _, e := range procs {
		cmd, err := os.ReadFile("/proc/" + e.Name() + "/cmdline")
		if err != nil || !strings.Contains(string(cmd), wire.LoggerKey) || !strings.Contains(string(cmd), stateDir) {
			continue
		}
		status, _ := os.ReadFile("/proc/" + e.Name() + "/status")
		for l := range strings.Lines(string(status)) {
			if v, ok := strings.CutPrefix(l, "RssAnon:"); ok {
				fmt.Sscanf(v, "%d", &kib)
				return kib
			}
		}
	}
	t.Fatal("there is no logger")
	return 0
}
