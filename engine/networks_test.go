package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/vishvananda/netlink"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// held counts what containers hold of the host's networking: addresses, and the ends of
// their links.
func held(t *testing.T, p *place) (addresses, links []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.env.Endpoint.DataRoot, "network", "addresses", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.Count(filepath.Base(f), ".") == 3 && !strings.HasPrefix(filepath.Base(f), "last") {
			addresses = append(addresses, filepath.Base(f))
		}
	}
	all, err := netlink.LinkList()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if l.Type() == "veth" {
			links = append(links, l.Attrs().Name)
		}
	}
	return addresses, links
}

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

// Twenty containers that start at the same moment have twenty addresses, reach each other by
// name, and give all of it back.
func TestContainersOfANetworkReachEachOther(t *testing.T) {
	const crowd = 20
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	ids := make([]string, crowd)
	for i := range ids {
		ids[i] = p.create("--name", fmt.Sprintf("box-%d", i), "busybox", "sleep", "600")
	}
	var starting sync.WaitGroup
	for _, id := range ids {
		starting.Go(func() {
			if _, err := p.Start(t.Context(), id, api.StartOptions{}, api.Observer{}); err != nil {
				t.Error(err)
			}
		})
	}
	starting.Wait()
	seen := map[string]bool{}
	for _, id := range ids {
		seen[p.address(id, "bridge")] = true
	}
	if len(seen) != crowd {
		t.Errorf("%d containers have %d addresses", crowd, len(seen))
	}
	script := "set -e; i=0; while [ $i -lt 20 ]; do ping -q -c1 -W2 box-$i >/dev/null; i=$((i+1)); done; echo all"
	if got := p.output("busybox", "sh", "-c", script); got != "all" {
		t.Errorf("it says %q", got)
	}
	hosts := p.output("busybox", "cat", "/etc/hosts")
	for i := range ids {
		if !strings.Contains(hosts, fmt.Sprintf("box-%d\n", i)) && !strings.Contains(hosts, fmt.Sprintf("box-%d ", i)) {
			t.Errorf("box-%d is not in the hosts file", i)
		}
	}
	for _, id := range ids {
		p.remove(id)
	}
	real.Leftovers(t, p.env, before)
	var addresses, links []string
	p.eventually("that all is given back", func() bool {
		addresses, links = held(t, p)
		return len(addresses)+len(links) == 0
	})
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
	p.eventually("that the sweep has freed its address", func() bool {
		addresses, _ := held(t, p)
		return len(addresses) == 0
	})
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
			signal(p.t, pid, 9)
			return
		}
	}
	p.t.Fatal("it has no logger")
}
