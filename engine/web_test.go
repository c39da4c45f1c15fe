package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// A web server of Debian's, with a port, a volume and a policy, is there for whoever asks, through
// all that can happen to it, to containerd and to its host, while no gantry is there.
func TestAWebServerLivesOn(t *testing.T) {
	real.Packages(t, real.NginxPackages()...)
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	front, err := p.CreateNetwork(t.Context(), api.NetworkCreate{Name: "front"})
	if err != nil {
		t.Fatal(err)
	}
	web := p.run("--name", "web", "--network", "front", "-p", "18088:80", "-v", "data:/var/www/html", "--restart", "always", p.image(real.Nginx))
	friend := p.run("--name", "friend", "--network", "front", "busybox", "sleep", "600")
	ended := p.run("--name", "ended", "busybox", "sh", "-c", "exit 7")
	p.eventually("its end", func() bool { return p.get(ended).State == api.StateExited })
	p.answers(web, friend, front, real.NginxPage)
	if _, _, code, err := p.exec(web, sh("echo kept >/var/www/html/index.html"), nil); code != 0 || err != nil {
		t.Fatalf("%d, %v", code, err)
	}
	p.answers(web, friend, front, "kept\n")

	// Its process is killed while no gantry is there.
	pid := p.get(web).Pid
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	real.Signal(t, int(pid), unix.SIGKILL)
	p.eventually("its end", func() bool { return unix.Kill(int(pid), 0) != nil })
	p.page("http://127.0.0.1:18088/")
	p.soonEnough(began, "its process was killed")
	p = openOn(t, p.env)
	if c := p.get(web); c.State != api.StateRunning || c.Pid == pid {
		t.Errorf("killed: %+v", c)
	}
	p.answers(web, friend, front, "kept\n")

	// containerd is killed, and the process with it.
	killDaemon(t, p)
	p.page("http://127.0.0.1:18088/")
	p.eventually("containerd", func() bool { _, err := p.Containers(t.Context()); return err == nil })
	p.back(web)
	p.answers(web, friend, front, "kept\n")

	// The host loses its power.
	runs := p.started(web)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	began = time.Now()
	p.env.Reboot(t)
	if got := p.page("http://127.0.0.1:18088/"); got != "kept\n" {
		t.Errorf("after the reboot it says %q", got)
	}
	p.soonEnough(began, "the reboot")
	p = openOn(t, p.env)
	if c := p.get(web); c.State != api.StateRunning || len(c.Ports) != 1 {
		t.Errorf("after the reboot: %+v", c)
	}
	if n := p.started(web); n != runs+1 {
		t.Errorf("its log has %d starts, and had %d before the reboot", n, runs)
	}
	if c := p.get(ended); c.State != api.StateExited || c.ExitCode != 7 || !c.ExitKnown {
		t.Errorf("the one that had ended: %+v", c)
	}
	// How the one without a policy ended nobody has seen: a number there has to be, and it is Docker's.
	if c := p.get(friend); c.State != api.StateExited || c.ExitKnown {
		t.Errorf("the one without a policy: %+v", c)
	}
	if code, err := p.Wait(t.Context(), friend); code != api.ExitUnknown || err != nil {
		t.Errorf("waited for, it ended with %d, %v", code, err)
	}
	if in, err := p.Inspect(t.Context(), friend); err != nil || in.State.ExitCode != api.ExitUnknown {
		t.Errorf("inspected: %+v, %v", in.State, err)
	}
	p.start(friend)
	p.answers(web, friend, front, "kept\n")

	for _, id := range []string{web, friend, ended} {
		p.remove(id)
	}
	p.clearVolumes(1)
	if err := p.RemoveNetwork(t.Context(), "front"); err != nil {
		t.Error(err)
	}
	real.Leftovers(t, p.env, before, "committed snapshot")
}

// answers looks that the server says a text on this host's loopback, on its network's bridge, at
// its own address, and by its name to another container.
func (p *place) answers(web, friend string, n api.Network, text string) {
	p.t.Helper()
	for _, url := range []string{
		"http://127.0.0.1:18088/", fmt.Sprintf("http://%s:18088/", n.Subnets[0].Gateway), fmt.Sprintf("http://%s/", p.address(web, n.Name)),
	} {
		if got := p.page(url); got != text {
			p.t.Errorf("%s says %q, not %q", url, got, text)
		}
	}
	out, errs, code, err := p.exec(friend, sh("wget -qO- http://web/"), nil)
	if out != text || code != 0 || err != nil {
		p.t.Errorf("to another container it says %q (%q, %d, %v), not %q", out, errs, code, err, text)
	}
}

// soonEnough is what somebody waits for a server to be back.
func (p *place) soonEnough(began time.Time, after string) {
	p.t.Helper()
	took := time.Since(began)
	p.t.Logf("back %s after %s", took.Round(10*time.Millisecond), after)
	if took > 15*time.Second {
		p.t.Errorf("back only %s after %s", took, after)
	}
}

// started is how often the server says in its log that it has begun.
func (p *place) started(id string) (n int) {
	p.t.Helper()
	err := p.Logs(soon(p.t), id, api.LogOptions{Tail: -1}, func(lines []api.LogLine) error {
		n += len(slices.DeleteFunc(slices.Clone(lines), func(l api.LogLine) bool { return !strings.Contains(string(l.Text), "start worker processes") }))
		return nil
	})
	if err != nil {
		p.t.Error(err)
	}
	return n
}
