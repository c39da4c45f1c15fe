package engine_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/moby/api/types/network"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// address is a running container's on its network.
func (p *place) address(id, network string) string {
	p.t.Helper()
	r, err := p.Inspect(p.t.Context(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	n := r.NetworkSettings.Networks[network]
	if n == nil || !n.IPAddress.IsValid() {
		p.t.Fatalf("it has no address on %s: %+v", network, r.NetworkSettings.Networks)
	}
	return n.IPAddress.String()
}

// Twenty containers that start at the same moment have twenty addresses and ports, reach each
// other by name, and give all of it back.
func TestContainersOfANetworkReachEachOther(t *testing.T) {
	const crowd = 20
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	ids := make([]string, crowd)
	var starting sync.WaitGroup
	for i := range ids {
		req := p.request("--name", fmt.Sprintf("box-%d", i), "-p", "80", "busybox", "sleep", "600")
		starting.Go(func() {
			made, _, err := p.Run(t.Context(), req, api.StartOptions{}, api.Observer{})
			if err != nil {
				t.Errorf("%s: %v", req.Name, err)
			}
			ids[i] = made.ID
		})
	}
	starting.Wait()
	if t.Failed() {
		t.FailNow()
	}
	now := real.Count(t, p.env)
	for _, kind := range []string{"address", "link", "netns", "port rule", "hosts", "name", "state dir", "shim", "socket", "bundle"} {
		// What the first container had may have been on its way out when it was counted.
		fresh := slices.DeleteFunc(slices.Clone(now[kind]), func(what string) bool { return slices.Contains(before[kind], what) })
		if len(fresh) != crowd {
			t.Errorf("%d containers have %d of the kind %s: %v", crowd, len(fresh), kind, fresh)
		}
	}
	seen := map[string]bool{}
	for _, id := range ids {
		a := p.address(id, "bridge")
		seen[a] = true
		// Nobody listens there, which only somebody who is there can say.
		if c, err := net.DialTimeout("tcp", net.JoinHostPort(a, "7"), patience); !errors.Is(err, unix.ECONNREFUSED) {
			t.Errorf("%s from this host: %v, %v", a, c, err)
		}
	}
	if len(seen) != crowd {
		t.Errorf("%d containers have %d addresses", crowd, len(seen))
	}
	script := "for i in $(seq 0 19); do ping -q -c1 -W5 box-$i >/p && head -1 /p; done; cat /etc/hosts"
	got := p.output("busybox", "sh", "-c", script)
	for a := range seen {
		if !strings.Contains(got, "("+a+"):") {
			t.Errorf("%s was not reached from a container", a)
		}
	}
	for i := range ids {
		if !strings.Contains(got, fmt.Sprintf("box-%d\n", i)) && !strings.Contains(got, fmt.Sprintf("box-%d ", i)) {
			t.Errorf("box-%d is not in the hosts file", i)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
	for _, id := range ids {
		p.remove(id)
	}
	real.Leftovers(t, p.env, before)
}

// What a container had is given back at its end also when its logger is killed: at the next
// connection, and for its own next start.
func TestAnAddressIsGivenBackWhateverDies(t *testing.T) {
	p := open(t)
	id := p.run("busybox", "sleep", "600")
	first := p.address(id, "bridge")
	p.killLogger(id)
	if err := p.Kill(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	p.eventually("its end", func() bool { return p.get(id).State == api.StateExited })
	p.start(id)
	if a := p.address(id, "bridge"); a == "" || a == "0.0.0.0" {
		t.Errorf("it had %s and has %s", first, a)
	}
	p.killLogger(id)
	if err := p.Kill(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	p.eventually("its end", func() bool { return p.get(id).State == api.StateExited })
	openOn(t, p.env)
	p.eventually("that the sweep has freed its address", func() bool { return len(real.Count(t, p.env)["address"]) == 0 })
	p.remove(id)
}

// killLogger kills the container's logger: it is the child of its shim that is gantry-helper.
func (p *place) killLogger(id string) {
	p.t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, f := range all {
		env, err := os.ReadFile(f)
		if err != nil || !strings.Contains("\x00"+string(env), "\x00CONTAINER_ID="+id+"\x00") {
			continue
		}
		var pid int
		if _, err := fmt.Sscanf(f, "/proc/%d/environ", &pid); err != nil {
			p.t.Fatal(err)
		}
		if name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); strings.TrimSpace(string(name)) == "gantry-helper" {
			real.Signal(p.t, pid, 9)
			return
		}
	}
	p.t.Fatal("it has no logger")
}

// page asks for a page, each time anew, until somebody answers.
func (p *place) page(url string) (text string) {
	p.t.Helper()
	p.eventually(url, func() bool {
		var err error
		text, err = real.Page(url)
		return err == nil
	})
	return text
}

// server serves a page that says hello.
func server(port string) []string {
	return []string{"busybox", "sh", "-c", "mkdir /w; echo hello >/w/index.html; exec httpd -f -p " + port + " -h /w"}
}

// A published port is reached on this host, also while containerd is away and when it is back.
func TestAPublishedPortIsReached(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	web := p.run(append([]string{"--name", "web", "-p", "18080:80", "--network-alias", "www"}, server("80")...)...)
	if got := p.page("http://127.0.0.1:18080/"); got != "hello\n" {
		t.Errorf("it says %q", got)
	}
	if got := p.output("busybox", "wget", "-qO-", "http://www/"); got != "hello" {
		t.Errorf("by its alias it says %q", got)
	}
	r, err := p.Inspect(t.Context(), web)
	if b := r.NetworkSettings.Ports[network.MustParsePort("80/tcp")]; err != nil || len(b) != 1 || b[0].HostPort != "18080" {
		t.Errorf("ports %v, %v", r.NetworkSettings.Ports, err)
	}

	killDaemon(t, p)
	if got := p.page("http://127.0.0.1:18080/"); got != "hello\n" {
		t.Errorf("with containerd away it says %q", got)
	}
	p.eventually("containerd", func() bool {
		return p.Stop(t.Context(), web, api.StopOptions{Timeout: new(time.Duration)}, api.Observer{}) == nil
	})
	p.eventually("that the port is free", func() bool {
		l, err := net.Listen("tcp", ":18080")
		if err != nil {
			return false
		}
		return l.Close() == nil
	})
	p.start(web)
	if got := p.page("http://127.0.0.1:18080/"); got != "hello\n" {
		t.Errorf("started again it says %q", got)
	}
	p.remove(web)
	real.Leftovers(t, p.env, before)
}

// Ports that nobody chose are different ones, and the same after a restart.
func TestPortsAreChosen(t *testing.T) {
	p := open(t)
	seen := map[uint16]bool{}
	for range 3 {
		id := p.run(append([]string{"-P", "--expose", "80", "-p", "81"}, server("80")...)...)
		ports := p.get(id).Ports
		if len(ports) != 2 {
			t.Fatalf("%+v", ports)
		}
		for _, port := range ports {
			if port.HostPort == 0 || seen[port.HostPort] {
				t.Errorf("%+v is among %v", port, seen)
			}
			seen[port.HostPort] = true
			if port.ContainerPort == 80 {
				p.page(fmt.Sprintf("http://127.0.0.1:%d/", port.HostPort))
			}
		}
		defer p.remove(id)
	}
}
