package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

// back kills the container's process from outside and waits until the monitor has it back.
func (p *place) back(id string) {
	p.t.Helper()
	pid := p.get(id).Pid
	signal(p.t, int(pid), unix.SIGKILL)
	p.eventually("that it is back", func() bool {
		c := p.get(id)
		return c.State == api.StateRunning && c.Pid != pid
	})
}

// A container with a policy comes back with its address and its port, also when containerd
// dies with it; once it was stopped it stays so, whatever dies.
func TestAContainerIsRestartedUntilItIsStopped(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	clock := p.run("--name", "clock", "--restart", "always", "busybox", "sleep", "600")
	for _, policy := range []string{"always", "unless-stopped", "on-failure"} {
		t.Run(policy, func(t *testing.T) {
			id := p.run(append([]string{"--restart", policy, "-p", "18090:80"}, server("80")...)...)
			p.page("http://127.0.0.1:18090/")
			p.back(id)
			p.page("http://127.0.0.1:18090/")
			if a := p.address(id, "bridge"); a == "" {
				t.Error("it has no address")
			}
			killDaemon(t, p)
			p.eventually("containerd", func() bool { _, err := p.Containers(t.Context()); return err == nil })
			p.back(id)
			p.page("http://127.0.0.1:18090/")

			if err := p.Kill(t.Context(), id, ""); err != nil {
				t.Fatal(err)
			}
			killDaemon(t, p)
			p.eventually("containerd", func() bool { _, err := p.Containers(t.Context()); return err == nil })
			p.back(clock) // so the monitor has looked at all of them, twice
			p.back(clock)
			if c := p.get(id); c.State != api.StateExited || c.ExitCode != 137 {
				t.Errorf("it was killed, and is %s (%d)", c.State, c.ExitCode)
			}
			p.start(id)
			p.back(id)
			p.remove(id)
		})
	}
	p.remove(clock)
}

// on-failure looks at the code, and counts.
func TestFailuresAreCounted(t *testing.T) {
	p := open(t)
	for _, c := range []struct {
		policy string
		code   int
		runs   int
	}{{"on-failure:2", 3, 3}, {"on-failure:2", 0, 1}, {"no", 3, 1}} {
		id := p.run("--restart", c.policy, "busybox", "sh", "-c", fmt.Sprintf("echo run; exit %d", c.code))
		p.eventually("its runs", func() bool { return p.lines(id) >= c.runs && p.get(id).State == api.StateExited })
		box := p.get(id)
		if n := p.lines(id); n != c.runs || box.ExitCode != c.code {
			t.Errorf("%s: %d runs, code %d", c.policy, n, box.ExitCode)
		}
		p.start(id) // by hand, the count begins anew
		p.eventually("its runs again", func() bool { return p.lines(id) >= 2*c.runs && p.get(id).State == api.StateExited })
		p.remove(id)
	}
}

func TestARestartPolicyAndRemovalAtTheEndAreRefusedTogether(t *testing.T) {
	p := open(t)
	req := p.request("--restart", "always", "busybox", "true")
	req.HostConfig.AutoRemove = true
	_, err := p.Create(t.Context(), req, api.Observer{})
	if e := as[api.FieldErrors](t, err); len(e) != 1 || e[0].Field != "restart" || !strings.Contains(e[0].Reason, "--rm") {
		t.Errorf("%v", err)
	}
}
