package native

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vishvananda/netlink"

	"gantry/engine/network/ipam"
	"gantry/engine/network/nft"
	"gantry/engine/network/wire"
)

func links(t testing.TB) (names []string) {
	t.Helper()
	all, err := netlink.LinkList()
	check(t, err)
	for _, l := range all {
		names = append(names, l.Attrs().Name)
	}
	return names
}

func TestTwentyAtOnceAreAllReachableAndLeaveNothing(t *testing.T) {
	r := newRig(t)
	n := r.network("bridge", "gtest0", 71, false)
	before := links(t)
	cs := make([]*container, 20)
	for i := range cs {
		id := fmt.Sprintf("c%d", i)
		cs[i] = &container{id: id, process: newProcess(t), stateDir: r.plan(id, []wire.Port{port("", uint16(9000+i), 80, "tcp")}, n)}
	}
	var wg sync.WaitGroup
	errs := make([]error, len(cs))
	for i, c := range cs {
		wg.Go(func() { c.lease, errs[i] = Setup(t.Context(), c.stateDir, c.cmd.Process.Pid, nil) })
	}
	wg.Wait()
	check(t, errors.Join(errs...))
	seen := map[netip.Addr]bool{}
	for i, c := range cs {
		c.listen("tcp", ":80", c.id)
		seen[c.addr()] = true
		answers(t, "tcp", c.addr().String()+":80", c.id)
		answers(t, "tcp", fmt.Sprintf("127.0.0.1:%d", 9000+i), c.id)
	}
	if len(seen) != len(cs) {
		t.Errorf("%d addresses of %d containers", len(seen), len(cs))
	}
	cs[0].answers("tcp", cs[19].addr().String()+":80", "c19")
	for _, c := range cs {
		c.stop(t)
	}
	held, err := ipam.Pool{Dir: r.inst.Addresses, Network: "bridge"}.Holders()
	if err != nil || len(held) != 0 {
		t.Errorf("addresses are still held: %v, %v", held, err)
	}
	b, err := nft.Table{Name: r.inst.Table}.Bindings()
	if err != nil || len(b) != 0 {
		t.Errorf("ports are still published: %v, %v", b, err)
	}
	check(t, nft.Table{Name: r.inst.Table}.RemoveNetwork(n))
	check(t, RemoveBridge(n.Bridge))
	within(t, "no link is left", func() bool {
		return !slices.ContainsFunc(links(t), func(l string) bool { return !slices.Contains(before, l) })
	})
}

func TestASetupIsDoneOnceForAStart(t *testing.T) {
	r := newRig(t)
	c := r.start([]wire.Port{port("", 8080, 80, "tcp")}, r.network("bridge", "gtest0", 71, false))
	again, err := Setup(t.Context(), c.stateDir, c.cmd.Process.Pid, nil)
	check(t, err)
	if again.Endpoints[0].Addresses[0] != c.lease.Endpoints[0].Addresses[0] || again.Endpoints[0].Host != c.lease.Endpoints[0].Host {
		t.Errorf("first %+v, then %+v", c.lease.Endpoints, again.Endpoints)
	}
}

// The logger of a start that has ended comes after the next start has its networks.
func TestALateReleaseLeavesTheNextStartAlone(t *testing.T) {
	r := newRig(t)
	c := r.start([]wire.Port{port("", 8080, 80, "tcp")}, r.network("bridge", "gtest0", 71, false))
	first := c.lease.Start
	c.end()
	c.process = newProcess(t)
	c.setup(t)
	c.listen("tcp", ":80", "second")
	check(t, Release(t.Context(), c.stateDir, first, nil))
	answers(t, "tcp", "127.0.0.1:8080", "second")
	answers(t, "tcp", c.addr().String()+":80", "second")
	if b, _ := (nft.Table{Name: r.inst.Table}).Bindings(); len(b) != 1 || b[c.lease.Tag()] != 1 {
		t.Errorf("published: %v", b)
	}
	if held, _ := (ipam.Pool{Dir: r.inst.Addresses, Network: "bridge"}).Holders(); len(held) != 1 {
		t.Errorf("held: %v", held)
	}
}

// A logger was killed, so the rules of an ended container stand in the way of another's.
func TestAPortOfADeadStartIsTakenOver(t *testing.T) {
	r := newRig(t)
	n := r.network("bridge", "gtest0", 71, false)
	old := r.start([]wire.Port{port("", 8080, 80, "tcp")}, n)
	old.end()
	c := r.start([]wire.Port{port("", 8080, 80, "tcp")}, n)
	c.listen("tcp", ":80", "next")
	answers(t, "tcp", "127.0.0.1:8080", "next")
	check(t, ReleaseDead(t.Context(), old.stateDir, nil))
	answers(t, "tcp", "127.0.0.1:8080", "next")
}

func TestAFailedSetupLeavesNothing(t *testing.T) {
	r := newRig(t)
	n := r.network("bridge", "gtest0", 71, false)
	full := n
	full.Name, full.Interface, full.Bridge = "tiny", "eth1", "gtest1"
	full.Sets = []wire.Set{subnet("10.72.0.0/30")}
	r.t.Cleanup(func() { RemoveBridge("gtest1") })
	other := r.start(nil, full)
	stateDir := r.plan("loser", []wire.Port{port("", 8080, 80, "tcp")}, n, full)
	p := newProcess(t)
	_, err := Setup(t.Context(), stateDir, p.cmd.Process.Pid, nil)
	if e, ok := errors.AsType[*ipam.FullError](err); !ok || e.Network != "tiny" {
		t.Fatalf("error %v", err)
	}
	if held, _ := (ipam.Pool{Dir: r.inst.Addresses, Network: "bridge"}).Holders(); len(held) != 0 {
		t.Errorf("held: %v", held)
	}
	if _, err := wire.ReadLease(stateDir); err == nil {
		t.Error("there is a lease")
	}
	other.stop(t)
	if _, err := Setup(t.Context(), stateDir, p.cmd.Process.Pid, nil); err != nil {
		t.Errorf("with an address free: %v", err)
	}
}

func TestTheHostsOwnNamespaceIsNeverTouched(t *testing.T) {
	r := newRig(t)
	stateDir := r.plan("host", nil, r.network("bridge", "gtest0", 71, false))
	before := links(t)
	if _, err := Setup(t.Context(), stateDir, os.Getpid(), nil); err == nil || !strings.Contains(err.Error(), "the host's network namespace") {
		t.Errorf("error %v", err)
	}
	if !slices.Equal(links(t), before) {
		t.Errorf("links %v", links(t))
	}
}

func TestAWantedAddressAndMAC(t *testing.T) {
	r := newRig(t)
	n := r.network("bridge", "gtest0", 71, true)
	n.Addresses = []netip.Addr{netip.MustParseAddr("10.71.0.77"), netip.MustParseAddr("fd00:71::77")}
	n.MAC = "02:00:5e:10:00:01"
	c := r.start(nil, n)
	c.listen("tcp", ":80", "here")
	answers(t, "tcp", "10.71.0.77:80", "here")
	answers(t, "tcp", "[fd00:71::77]:80", "here")
	s, err := spaceOf(c.cmd.Process.Pid)
	check(t, err)
	defer s.close()
	eth, err := s.handle.LinkByName("eth0")
	check(t, err)
	if got := eth.Attrs().HardwareAddr.String(); got != n.MAC {
		t.Errorf("MAC %s", got)
	}
}

func TestAMacvlan(t *testing.T) {
	r := newRig(t)
	other := r.neighbour("192.0.2.1/24", "192.0.2.9/24")
	other.listen("tcp", ":80", "other")
	n := wire.Network{Name: "lan", Driver: wire.Macvlan, Interface: "eth0", Parent: "wire0", Default: true, Sets: []wire.Set{subnet("192.0.2.64/26")}}
	n.Sets[0][0].Subnet, n.Sets[0][0].Gateway = netip.MustParsePrefix("192.0.2.0/24"), netip.MustParseAddr("192.0.2.1")
	c := r.start(nil, n)
	c.listen("tcp", ":80", "box")
	c.answers("tcp", "192.0.2.9:80", "other")
	other.answers("tcp", c.addr().String()+":80", "box")
	// On one parent containers reach each other, unless each is to be private.
	for _, n.Mode = range []string{"", "private"} {
		next := r.start(nil, n)
		if n.Mode == "private" {
			next.silent("tcp", c.addr().String()+":80")
		} else {
			next.answers("tcp", c.addr().String()+":80", "box")
		}
		next.stop(t)
	}
	c.stop(t)
}

func TestIpvlanWithoutTheKernelsHelpSaysSo(t *testing.T) {
	r := newRig(t)
	r.neighbour("192.0.2.1/24", "192.0.2.9/24")
	stateDir := r.plan("c", nil, wire.Network{Name: "lan", Driver: wire.Ipvlan, Interface: "eth0", Parent: "wire0", Sets: []wire.Set{subnet("192.0.2.0/24")}})
	_, err := Setup(t.Context(), stateDir, newProcess(t).cmd.Process.Pid, nil)
	if err != nil && !strings.Contains(err.Error(), "this kernel has no ipvlan") {
		t.Errorf("error %v", err)
	}
}

func TestSweepFreesWhatHasNoContainer(t *testing.T) {
	r := newRig(t)
	n := r.network("bridge", "gtest0", 71, false)
	gone := r.start([]wire.Port{port("", 8080, 80, "tcp"), port("127.0.0.1", 8081, 80, "udp")}, n)
	alive := r.start([]wire.Port{port("", 8090, 80, "tcp")}, n)
	alive.listen("tcp", ":80", "alive")
	gone.end()
	check(t, os.RemoveAll(gone.stateDir))
	s, err := Sweep(r.inst, "default", func(id string) bool { return id == alive.id })
	if err != nil || len(s.Addresses["bridge"]) != 1 || s.Bindings != 2 {
		t.Errorf("swept %+v, %v", s, err)
	}
	answers(t, "tcp", "127.0.0.1:8090", "alive")
}

func TestRepairAfterSomebodyFlushedAllTables(t *testing.T) {
	r := newRig(t)
	c := r.start([]wire.Port{port("", 8080, 80, "tcp")}, r.network("bridge", "gtest0", 71, false))
	c.listen("tcp", ":80", "back")
	check(t, nft.Table{Name: r.inst.Table}.Remove())
	if got, err := ask("tcp", "127.0.0.1:8080"); err == nil {
		t.Fatalf("answers without rules: %q", got)
	}
	check(t, Repair([]string{c.stateDir, filepath.Join(r.dir, "nowhere")}))
	answers(t, "tcp", "127.0.0.1:8080", "back")
}

// The hook was killed between writing down what it holds and the end of its work.
func TestWhatAKilledSetupLeftIsClearedByTheNext(t *testing.T) {
	r := newRig(t)
	c := r.start([]wire.Port{port("", 8080, 80, "tcp")}, r.network("bridge", "gtest0", 71, false))
	half := c.lease
	half.Done = false
	check(t, wire.WriteLease(c.stateDir, half))
	c.end()
	c.process = newProcess(t)
	c.setup(t)
	c.listen("tcp", ":80", "whole")
	answers(t, "tcp", "127.0.0.1:8080", "whole")
	if held, _ := (ipam.Pool{Dir: r.inst.Addresses, Network: "bridge"}).Holders(); len(held) != 1 {
		t.Errorf("held: %v", held)
	}
	if slices.Contains(links(t), half.Endpoints[0].Host) {
		t.Error("the old interface is still there")
	}
	c.stop(t)
	if entries, _ := os.ReadDir(c.stateDir); len(entries) != 2 {
		t.Errorf("left in the state dir: %v", entries)
	}
}

func TestAContainerWithoutAPlanNeedsNothing(t *testing.T) {
	dir := t.TempDir()
	l, err := Setup(t.Context(), dir, os.Getpid(), nil)
	if err != nil || len(l.Endpoints) != 0 {
		t.Errorf("%+v, %v", l, err)
	}
	check(t, Release(t.Context(), dir, wire.StartOf(os.Getpid()), nil))
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("files: %v", entries)
	}
}
