package native

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"gantry/engine/network/nft"
	"gantry/engine/network/wire"
)

func TestPublishedPortsAreReachedFromEverywhere(t *testing.T) {
	r := newRig(t)
	n := r.network("bridge", "gtest0", 71, false)
	c := r.start([]wire.Port{port("", 8080, 80, "tcp"), port("0.0.0.0", 8053, 53, "udp")}, n)
	c.listen("tcp", ":80", "web")
	c.listen("udp", ":53", "dns")
	same := r.start(nil, n)
	second := r.network("second", "gtest1", 72, false)
	cross := r.start(nil, second)
	other := r.neighbour("192.0.2.1/24", "192.0.2.9/24")
	for _, host := range []string{"127.0.0.1", "127.0.0.2", "10.71.0.1", "192.0.2.1"} {
		answers(t, "tcp", host+":8080", "web")
		answers(t, "udp", host+":8053", "dns")
	}
	other.answers("tcp", "192.0.2.1:8080", "web")
	other.answers("udp", "192.0.2.1:8053", "dns")
	for what, p := range map[string]*container{"itself": c, "its network": same} {
		t.Run("from "+what, func(t *testing.T) {
			p.answers("tcp", "10.71.0.1:8080", "web")
			p.answers("udp", "10.71.0.1:8053", "dns")
			p.answers("tcp", "192.0.2.1:8080", "web")
		})
	}
	t.Run("from another network", func(t *testing.T) {
		cross.answers("tcp", "192.0.2.1:8080", "web")
		cross.answers("udp", "10.72.0.1:8053", "dns")
	})
	c.stop(t)
	other.silent("tcp", "192.0.2.1:8080")
	if got, err := ask("tcp", "127.0.0.1:8080"); err == nil {
		t.Errorf("after the end: %q", got)
	}
}

func TestAPortOfOneAddressIsThereOnly(t *testing.T) {
	r := newRig(t)
	n := r.network("bridge", "gtest0", 71, false)
	one := r.start([]wire.Port{port("127.0.0.1", 8080, 80, "tcp")}, n)
	two := r.start([]wire.Port{port("192.0.2.1", 8080, 80, "tcp")}, n)
	one.listen("tcp", ":80", "one")
	two.listen("tcp", ":80", "two")
	other := r.neighbour("192.0.2.1/24", "192.0.2.9/24")
	answers(t, "tcp", "127.0.0.1:8080", "one")
	answers(t, "tcp", "192.0.2.1:8080", "two")
	other.answers("tcp", "192.0.2.1:8080", "two")
	if got, err := ask("tcp", "10.71.0.1:8080"); err == nil {
		t.Errorf("on the bridge's address: %q", got)
	}
}

func TestALongRangeIsPublished(t *testing.T) {
	r := newRig(t)
	var ports []wire.Port
	for i := range uint16(1000) {
		ports = append(ports, port("", 20000+i, 30000+i, "tcp"))
	}
	began := time.Now()
	c := r.start(ports, r.network("bridge", "gtest0", 71, false))
	t.Logf("1000 ports in %v", time.Since(began))
	c.listen("tcp", ":30000", "first")
	c.listen("tcp", ":30999", "last")
	answers(t, "tcp", "127.0.0.1:20000", "first")
	answers(t, "tcp", "127.0.0.1:20999", "last")
	c.stop(t)
	if b, err := (nft.Table{Name: r.inst.Table}).Bindings(); err != nil || len(b) != 0 {
		t.Errorf("left: %v, %v", b, err)
	}
}

func TestNetworksDoNotReachEachOther(t *testing.T) {
	r := newRig(t)
	a := r.start(nil, r.network("a", "gtest0", 71, true))
	b := r.start(nil, r.network("b", "gtest1", 72, true))
	b.listen("tcp", ":80", "b")
	answers(t, "tcp", b.addr().String()+":80", "b")
	a.silent("tcp", b.addr().String()+":80")
	a.silent("tcp", fmt.Sprintf("[%s]:80", b.addr6()))
	// Another host that knows the way does not get to what is not published either.
	other := r.neighbour("192.0.2.1/24", "192.0.2.9/24")
	other.route("10.72.0.0/24", "192.0.2.1")
	other.silent("tcp", b.addr().String()+":80")
}

// route sends what is for a subnet by a gateway.
func (p *process) route(subnet, gw string) {
	p.t.Helper()
	s, err := spaceOf(p.cmd.Process.Pid)
	check(p.t, err)
	defer s.close()
	check(p.t, s.handle.RouteAdd(&netlink.Route{Dst: ipNet(netip.MustParsePrefix(subnet)), Gw: net.ParseIP(gw)}))
}

func TestContainersGoOutWithTheHostsAddress(t *testing.T) {
	r := newRig(t)
	n := r.network("bridge", "gtest0", 71, false)
	bare := r.network("bare", "gtest1", 72, false)
	bare.NoMasq = true
	other := r.neighbour("192.0.2.1/24", "192.0.2.9/24")
	other.listen("tcp", ":80", "other")
	other.route("10.72.0.0/24", "192.0.2.1")
	if got := r.start(nil, n).tell("reach tcp 192.0.2.9:80"); !strings.HasPrefix(got, "other 192.0.2.1:") {
		t.Errorf("seen as %q", got)
	}
	if got := r.start(nil, bare).tell("reach tcp 192.0.2.9:80"); !strings.HasPrefix(got, "other 10.72.0.2:") {
		t.Errorf("without masquerading seen as %q", got)
	}
}

func TestAnInternalNetworkStaysInside(t *testing.T) {
	r := newRig(t)
	n := r.network("inside", "gtest0", 71, false)
	n.Internal = true
	a, b := r.start(nil, n), r.start([]wire.Port{port("", 8080, 80, "tcp")}, n)
	b.listen("tcp", ":80", "b")
	other := r.neighbour("192.0.2.1/24", "192.0.2.9/24")
	other.listen("tcp", ":80", "other")
	a.answers("tcp", b.addr().String()+":80", "b")
	answers(t, "tcp", b.addr().String()+":80", "b")
	a.silent("tcp", "192.0.2.9:80")
	a.route("192.0.2.0/24", "10.71.0.1")
	a.silent("tcp", "192.0.2.9:80")
	other.silent("tcp", "192.0.2.1:8080")
}

func TestWithoutICCContainersDoNotReachEachOther(t *testing.T) {
	r := newRig(t)
	n := r.network("quiet", "gtest0", 71, false)
	n.NoICC = true
	a, b := r.start(nil, n), r.start([]wire.Port{port("", 8080, 80, "tcp")}, n)
	b.listen("tcp", ":80", "b")
	a.silent("tcp", b.addr().String()+":80")
	answers(t, "tcp", "127.0.0.1:8080", "b")
}

// route_localnet makes 127/8 routable on the bridge: what listens there must stay out of
// reach of containers and of other hosts, published port or not.
func TestTheHostsLoopbackServicesStayItsOwn(t *testing.T) {
	r := newRig(t)
	l, err := net.Listen("tcp", "127.0.0.1:7777")
	check(t, err)
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("secret"))
			c.Close()
		}
	}()
	c := r.start([]wire.Port{port("127.0.0.1", 8080, 80, "tcp")}, r.network("bridge", "gtest0", 71, false))
	c.listen("tcp", ":80", "web")
	if b, err := os.ReadFile("/proc/sys/net/ipv4/conf/gtest0/route_localnet"); err != nil || string(b) != "1\n" {
		t.Fatalf("route_localnet %q, %v", b, err)
	}
	other := r.neighbour("192.0.2.1/24", "192.0.2.9/24")
	// Both send what is for 127.0.0.0/8 over the wire, as only an attacker would.
	for p, gw := range map[*process]string{c.process: "10.71.0.1", other: "192.0.2.1"} {
		p.attack(gw)
		if got := p.tell("ask tcp 127.0.0.1:7777"); strings.Contains(got, "secret") {
			t.Errorf("by %s the host's loopback was reached: %s", gw, got)
		}
		if got := p.tell("ask tcp 127.0.0.1:8080"); strings.HasPrefix(got, "web") {
			t.Errorf("by %s a port of the loopback was reached: %s", gw, got)
		}
	}
	answers(t, "tcp", "127.0.0.1:8080", "web")
}

// attack turns the box's own 127/8 off and sends it to the gateway.
func (p *process) attack(gw string) {
	p.t.Helper()
	s, err := spaceOf(p.cmd.Process.Pid)
	check(p.t, err)
	defer s.close()
	check(p.t, s.enter(func() error { return setting("1", "ipv4", "conf", "eth0", "route_localnet") }))
	lo, err := s.handle.LinkByName("lo")
	check(p.t, err)
	check(p.t, s.handle.AddrDel(lo, address(netip.MustParsePrefix("127.0.0.1/8"))))
	check(p.t, s.handle.RouteAdd(&netlink.Route{Dst: ipNet(netip.MustParsePrefix("127.0.0.0/8")), Gw: net.ParseIP(gw)}))
}

func TestIPv6(t *testing.T) {
	r := newRig(t)
	n := r.network("six", "gtest0", 71, true)
	c := r.start([]wire.Port{port("", 8080, 80, "tcp"), port("2001:db8::1", 8081, 80, "tcp"), port("", 8053, 53, "udp")}, n)
	c.listen("tcp", ":80", "web")
	c.listen("udp", ":53", "dns")
	same := r.start(nil, n)
	other := r.neighbour("2001:db8::1/64,192.0.2.1/24", "2001:db8::9/64,192.0.2.9/24")
	other.listen("tcp", "[::]:80", "other")
	within(t, "the neighbour has IPv6", func() bool { return strings.HasPrefix(other.tell("ask tcp [2001:db8::1]:8080"), "web") })
	answers(t, "tcp", fmt.Sprintf("[%s]:80", c.addr6()), "web")
	answers(t, "tcp", "[fd00:71::1]:8080", "web")
	answers(t, "tcp", "127.0.0.1:8080", "web")
	other.answers("tcp", "[2001:db8::1]:8081", "web")
	other.answers("udp", "[2001:db8::1]:8053", "dns")
	c.answers("tcp", "[fd00:71::1]:8080", "web")
	same.answers("tcp", fmt.Sprintf("[%s]:80", c.addr6()), "web")
	if got := c.tell("reach tcp [2001:db8::9]:80"); !strings.HasPrefix(got, "other [2001:db8::1]:") {
		t.Errorf("seen as %q", got)
	}
	// Refused at once, so that a client with both addresses goes on with 127.0.0.1.
	if _, err := ask("tcp", "[::1]:8080"); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("[::1]: %v", err)
	}
}

// A sender that goes on while the container is restarted must find the new one.
func TestUDPFollowsARestart(t *testing.T) {
	r := newRig(t)
	n := r.network("bridge", "gtest0", 71, false)
	c := r.start([]wire.Port{port("", 8053, 53, "udp")}, n)
	c.listen("udp", ":53", "first")
	other := r.neighbour("192.0.2.1/24", "192.0.2.9/24")
	other.answers("udp", "192.0.2.1:8053", "first")
	conn, err := net.Dial("udp", "192.0.2.1:8053")
	check(t, err)
	defer conn.Close()
	say := func() string {
		b := make([]byte, 64)
		conn.Write([]byte("?"))
		conn.SetReadDeadline(time.Now().Add(silence))
		k, _ := conn.Read(b)
		name, _, _ := strings.Cut(string(b[:k]), " ")
		return name
	}
	within(t, "the flow reaches the first container", func() bool { return say() == "first" })
	c.stop(t)
	say()
	r.start(nil, n) // another address for the next one
	d := r.start([]wire.Port{port("", 8053, 53, "udp")}, n)
	d.listen("udp", ":53", "second")
	within(t, "the same flow reaches the next container", func() bool { return say() == "second" })
}

func BenchmarkUp(b *testing.B) {
	r := newRig(b)
	n := r.network("bridge", "gtest0", 71, false)
	first := r.start([]wire.Port{port("", 8079, 80, "tcp")}, n)
	defer first.stop(b)
	var up, down time.Duration
	for b.Loop() {
		b.StopTimer()
		c := &container{id: "bench", process: newProcess(b), stateDir: r.plan("bench", []wire.Port{port("", 8080, 80, "tcp")}, n)}
		b.StartTimer()
		t := time.Now()
		c.setup(b)
		up += time.Since(t)
		b.StopTimer()
		c.end()
		t = time.Now()
		check(b, Release(b.Context(), c.stateDir, c.lease.Start, nil))
		down += time.Since(t)
		b.StartTimer()
	}
	b.ReportMetric(float64(up.Microseconds())/float64(b.N)/1000, "up-ms")
	b.ReportMetric(float64(down.Microseconds())/float64(b.N)/1000, "down-ms")
}
