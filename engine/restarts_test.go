package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// back kills the containers' processes from outside and waits until the monitor has all of them
// back.
func (p *place) back(ids ...string) {
	p.t.Helper()
	pids := map[string]uint32{}
	for _, id := range ids {
		pids[id] = p.get(id).Pid
		real.Signal(p.t, int(pids[id]), unix.SIGKILL)
	}
	for _, id := range ids {
		p.eventually("that it is back", func() bool {
			c := p.get(id)
			return c.State == api.StateRunning && c.Pid != pids[id]
		})
	}
}

// Containers with a policy come back with their addresses and ports, also when containerd dies
// with them; once they were stopped they stay so, whatever dies.
func TestAContainerIsRestartedUntilItIsStopped(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	clock := p.run("--name", "clock", "--restart", "always", "busybox", "sleep", "600")
	var ids []string
	for i, policy := range []string{"always", "unless-stopped", "on-failure"} {
		ids = append(ids, p.run(append([]string{"--name", policy, "--restart", policy, "-p", fmt.Sprintf("%d:80", 18090+i)}, server("80")...)...))
	}
	serve := func() {
		t.Helper()
		for i := range ids {
			p.page(fmt.Sprintf("http://127.0.0.1:%d/", 18090+i))
		}
	}
	serve()
	p.back(ids...)
	serve()
	for _, id := range ids {
		if a := p.address(id, "bridge"); a == "" {
			t.Errorf("%s has no address", p.get(id).Name)
		}
	}
	killDaemon(t, p)
	p.eventually("containerd", func() bool { _, err := p.Containers(t.Context()); return err == nil })
	p.back(ids...)
	serve()

	for _, id := range ids {
		if err := p.Kill(t.Context(), id, ""); err != nil {
			t.Fatal(err)
		}
	}
	killDaemon(t, p)
	p.eventually("containerd", func() bool { _, err := p.Containers(t.Context()); return err == nil })
	p.back(clock) // so the monitor has looked at all of them, twice
	p.back(clock)
	for _, id := range ids {
		if c := p.get(id); c.State != api.StateExited || c.ExitCode != 137 {
			t.Errorf("%s was killed, and is %s (%d)", c.Name, c.State, c.ExitCode)
		}
		p.start(id)
	}
	p.back(ids...)
	for _, id := range append(ids, clock) {
		p.remove(id)
	}
}

// on-failure looks at the code, and counts.
func TestFailuresAreCounted(t *testing.T) {
	p := open(t)
	cases := []struct {
		policy string
		code   int
		runs   int
		id     string
	}{{"on-failure:2", 3, 3, ""}, {"on-failure:2", 0, 1, ""}, {"no", 3, 1, ""}}
	for i, c := range cases {
		cases[i].id = p.run("--restart", c.policy, "busybox", "sh", "-c", fmt.Sprintf("echo run; exit %d", c.code))
	}
	for _, c := range cases {
		p.eventually("its runs", func() bool { return p.lines(c.id) >= c.runs && p.get(c.id).State == api.StateExited })
	}
	for _, c := range cases { // when the monitor has looked at all of them
		box := p.get(c.id)
		if n := p.lines(c.id); n != c.runs || box.ExitCode != c.code {
			t.Errorf("%s: %d runs, code %d", c.policy, n, box.ExitCode)
		}
		p.start(c.id) // by hand, the count begins anew
	}
	for _, c := range cases {
		p.eventually("its runs again", func() bool { return p.lines(c.id) >= 2*c.runs && p.get(c.id).State == api.StateExited })
		p.remove(c.id)
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
