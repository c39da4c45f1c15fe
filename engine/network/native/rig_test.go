package native

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"gantry/engine/network/conflist"
	"gantry/engine/network/nft"
	"gantry/engine/network/wire"
)

// Roles of this test program: the tests run in a network namespace of their own, in which
// this process is the host; boxes are processes with a further one each.
const (
	roleVar  = "GANTRY_NETWORK_TEST_ROLE"
	roleHost = "host"
	roleBox  = "box"
)

// patience bounds what ought to happen; silence is how long nothing is taken for a no.
const (
	patience = 5 * time.Second
	silence  = 400 * time.Millisecond
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVar) {
	case roleHost:
		lo, err := netlink.LinkByName("lo")
		if err == nil {
			err = netlink.LinkSetUp(lo)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(m.Run())
	case roleBox:
		box()
		return
	}
	if os.Geteuid() != 0 {
		fmt.Fprintln(os.Stderr, "these tests need root for network namespaces of their own")
		if os.Getenv("GANTRY_TEST_ENGINE") == "require" {
			os.Exit(1)
		}
		return
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), roleVar+"="+roleHost)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Run(); err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			os.Exit(exit.ExitCode())
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// rig is a host with an engine's networks.
type rig struct {
	t    testing.TB
	dir  string
	inst wire.Instance
	n    int
}

func newRig(t testing.TB) *rig {
	dir := t.TempDir()
	r := &rig{t: t, dir: dir, inst: wire.Instance{
		Table: "gantry-test", Addresses: filepath.Join(dir, "addresses"),
		Lock: filepath.Join(dir, "lock"), Hosts: filepath.Join(dir, "etchosts"),
	}}
	t.Cleanup(func() {
		if err := (nft.Table{Name: r.inst.Table}).Remove(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// network with a v4 subnet 10.X.0.0/24, and with v6 the subnet fd00:X::/64 too.
func (r *rig) network(name, bridge string, x int, v6 bool) wire.Network {
	n := wire.Network{
		Name: name, Driver: wire.Bridge, Interface: "eth0", Bridge: bridge, Default: true,
		Sets: []wire.Set{subnet(fmt.Sprintf("10.%d.0.0/24", x))},
	}
	if v6 {
		n.Sets = append(n.Sets, subnet(fmt.Sprintf("fd00:%d::/64", x)))
	}
	r.t.Cleanup(func() {
		if err := RemoveBridge(bridge); err != nil {
			r.t.Error(err)
		}
	})
	return n
}

func subnet(s string) wire.Set {
	p := netip.MustParsePrefix(s)
	return wire.Set{{Subnet: p, Gateway: p.Addr().Next(), Start: p.Addr().Next(), End: conflist.Last(p).Prev()}}
}

// container is one with a process and a plan.
type container struct {
	*process
	id, stateDir string
	lease        wire.Lease
}

func (r *rig) plan(id string, ports []wire.Port, networks ...wire.Network) string {
	r.t.Helper()
	stateDir := filepath.Join(r.dir, "containers", id)
	if err := os.MkdirAll(stateDir, 0o700); err != nil {
		r.t.Fatal(err)
	}
	p := wire.Plan{ID: id, Namespace: "default", Instance: r.inst, Networks: networks, Ports: ports, Names: wire.Names{Hostname: id, Name: id}}
	if err := wire.WritePlan(stateDir, p); err != nil {
		r.t.Fatal(err)
	}
	return stateDir
}

// start makes a container and sets its networks up.
func (r *rig) start(ports []wire.Port, networks ...wire.Network) *container {
	r.t.Helper()
	r.n++
	c := &container{id: fmt.Sprintf("c%d", r.n), process: newProcess(r.t)}
	c.stateDir = r.plan(c.id, ports, networks...)
	c.setup(r.t)
	return c
}

func (c *container) setup(t testing.TB) {
	t.Helper()
	var err error
	if c.lease, err = Setup(t.Context(), c.stateDir, c.cmd.Process.Pid, nil); err != nil {
		t.Fatal(err)
	}
}

// stop ends the process and gives everything back.
func (c *container) stop(t testing.TB) {
	t.Helper()
	c.end()
	if err := Release(t.Context(), c.stateDir, c.lease.Start, nil); err != nil {
		t.Error(err)
	}
}

func (c *container) addr() netip.Addr { return c.lease.Endpoints[0].Addresses[0].Addr() }

func (c *container) addr6() netip.Addr { return c.lease.Endpoints[0].Addresses[1].Addr() }

// neighbour is another host: a box on a wire of its own.
func (r *rig) neighbour(host, other string) *process {
	r.t.Helper()
	p := newProcess(r.t)
	attrs := netlink.NewLinkAttrs()
	attrs.Name = "wire0"
	veth := &netlink.Veth{LinkAttrs: attrs, PeerName: "eth0", PeerNamespace: netlink.NsPid(p.cmd.Process.Pid)}
	check(r.t, netlink.LinkAdd(veth))
	r.t.Cleanup(func() { netlink.LinkDel(veth) })
	link, err := netlink.LinkByName("wire0")
	check(r.t, err)
	for _, a := range strings.Split(host, ",") {
		check(r.t, netlink.AddrAdd(link, address(netip.MustParsePrefix(a))))
	}
	check(r.t, netlink.LinkSetUp(link))
	s, err := spaceOf(p.cmd.Process.Pid)
	check(r.t, err)
	defer s.close()
	check(r.t, s.loopback())
	eth, err := s.handle.LinkByName("eth0")
	check(r.t, err)
	for _, a := range strings.Split(other, ",") {
		check(r.t, s.handle.AddrAdd(eth, address(netip.MustParsePrefix(a))))
	}
	check(r.t, s.handle.LinkSetUp(eth))
	return p
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// within asks until it is so.
func within(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not happen: %s", what)
		}
	}
}

func port(hostIP string, host, container uint16, proto string) wire.Port {
	p := wire.Port{Host: host, Container: container, Protocol: proto}
	if hostIP != "" {
		p.HostIP = netip.MustParseAddr(hostIP)
	}
	return p
}

// answers reports an answer by the named server.
func answers(t testing.TB, proto, addr, name string) {
	t.Helper()
	got, err := reach(proto, addr)
	if err != nil || !strings.HasPrefix(got, name+" ") {
		t.Errorf("%s %s: %q, %v; want %s", proto, addr, got, err, name)
	}
}

func (p *process) answers(proto, addr, name string) {
	p.t.Helper()
	if got := p.tell("reach %s %s", proto, addr); !strings.HasPrefix(got, name+" ") {
		p.t.Errorf("%s %s: %q; want %s", proto, addr, got, name)
	}
}

func (p *process) silent(proto, addr string) {
	p.t.Helper()
	if got := p.tell("ask %s %s", proto, addr); !strings.HasPrefix(got, "error: ") {
		p.t.Errorf("%s %s answers %q", proto, addr, got)
	}
}
