package interop

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// What gantry promises holds on every containerd that it claims to work with.
func TestEveryContainerdIsWorkedWith(t *testing.T) {
	onEach(t, func(t *testing.T, p *place) {
		t.Logf("containerd %s, restart policies %v", p.env.Caps.Version, p.env.Caps.RestartPolicies)
		p.endsAsDockerDoes()
		p.livesThrough()
		p.staysStopped()
	})
}

// endsAsDockerDoes runs to the end: exit codes, log, list.
func (p *place) endsAsDockerDoes() {
	t := p.t
	t.Helper()
	for _, code := range []int{0, 7} {
		id := p.run("busybox", "sh", "-c", "echo out; echo err >&2; exit "+string(rune('0'+code)))
		if c := p.is(id, api.StateExited); c.ExitCode != code || !c.ExitKnown || c.FinishedAt.IsZero() {
			t.Errorf("exit %d: %+v", code, c)
		}
		if got := p.log(id); got != "out\nerr\n" && got != "err\nout\n" {
			t.Errorf("its log is %q", got)
		}
		p.remove(id)
	}
	for command, code := range map[string]int{"/etc/passwd": 126, "/no/such": 127} {
		made, _, err := p.Run(t.Context(), p.request("busybox", command), api.StartOptions{}, api.Observer{})
		var failed *api.StartError
		if !errors.As(err, &failed) || failed.Code != code {
			t.Errorf("%s: %v", command, err)
			continue
		}
		if c := p.get(made.ID); c.State != api.StateCreated || c.Error == "" || c.Pid != 0 {
			t.Errorf("%s: %+v", command, c)
		}
		p.remove(made.ID)
	}
}

// livesThrough is a container with a port and a volume, through pause, exec, stop, start and
// the end of containerd.
func (p *place) livesThrough() {
	t := p.t
	t.Helper()
	id := p.run(append([]string{"--name", "web", "-p", "18080:80", "-v", "/data", "-m", "64m"}, server()...)...)
	if got := p.page("http://127.0.0.1:18080/"); got != "hello\n" {
		t.Errorf("it says %q", got)
	}
	if out, code := p.says(id, "sh", "-c", "hostname; exit 3"); out != api.ShortID(id) || code != 3 {
		t.Errorf("exec: %q, %d", out, code)
	}
	p.do("pause", p.Pause(t.Context(), id))
	p.is(id, api.StatePaused)
	p.do("unpause", p.Unpause(t.Context(), id))
	pid := p.get(id).Pid
	p.killed()
	if c := p.is(id, api.StateRunning); c.Pid != pid {
		t.Errorf("its pid was %d and is %d", pid, c.Pid)
	}
	p.page("http://127.0.0.1:18080/")
	p.stop(id)
	if c := p.is(id, api.StateExited); c.ExitCode != 137 || len(c.Ports) != 1 {
		t.Errorf("stopped: %+v", c)
	}
	p.start(id)
	p.page("http://127.0.0.1:18080/")
	r, err := p.Inspect(t.Context(), id)
	if err != nil || len(r.Mounts) != 1 || r.NetworkSettings.Networks["bridge"] == nil || !r.NetworkSettings.Networks["bridge"].IPAddress.IsValid() {
		t.Errorf("inspect: %+v, %v", r, err)
	}
	p.remove(id)
}

// staysStopped is a container that comes back until it is stopped, whatever dies then.
func (p *place) staysStopped() {
	t := p.t
	t.Helper()
	id := p.run("--restart", "always", "busybox", "sleep", "600")
	clock := p.run("--restart", "always", "busybox", "sleep", "600")
	p.comesBack(id)
	p.stop(id)
	p.comesBack(clock) // so the monitor has looked at both
	p.killed()
	p.comesBack(clock)
	p.comesBack(clock)
	if c := p.get(id); c.State != api.StateExited {
		t.Errorf("it was stopped, and is %s", c.State)
	}
	p.start(id)
	p.comesBack(id)
	p.remove(id)
	p.remove(clock)
}

// comesBack kills a container's process from inside and waits until it runs again.
func (p *place) comesBack(id string) {
	p.t.Helper()
	before := p.get(id)
	began := time.Now()
	p.t.Logf("killing %s of %s", api.ShortID(id), before.State)
	real.Signal(p.t, int(before.Pid), unix.SIGKILL)
	p.eventually("that it is back", func() bool {
		c := p.get(id)
		return c.State == api.StateRunning && c.Pid != before.Pid
	})
	p.t.Logf("back after %s", time.Since(began).Round(10*time.Millisecond))
}
