package port

import (
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"

	"gantry/engine/network/wire"
)

const local = "127.0.0.1"

func at(ip string, n uint16, proto string) wire.Port {
	p := wire.Port{Host: n, Protocol: proto}
	if ip != "" {
		p.HostIP = netip.MustParseAddr(ip)
	}
	return p
}

// unused is a port that nobody had a moment ago.
func unused(t *testing.T) uint16 {
	t.Helper()
	n, err := Free(netip.MustParseAddr(local), "tcp", 42000, 48000, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAHeldPortRefusesAndCannotBeTaken(t *testing.T) {
	for _, proto := range []string{"tcp", "udp"} {
		p := at(local, unused(t), proto)
		files, err := Hold([]wire.Port{p}, false)
		if err != nil {
			t.Fatal(err)
		}
		addr := netip.AddrPortFrom(p.HostIP, p.Host).String()
		if proto == "tcp" {
			if l, err := net.Listen(proto, addr); err == nil {
				l.Close()
				t.Error("somebody else could listen")
			}
			if c, err := net.Dial(proto, addr); err == nil {
				c.Close()
				t.Error("somebody answers")
			}
		} else if l, err := net.ListenPacket(proto, addr); err == nil {
			l.Close()
			t.Error("somebody else could bind")
		}
		if _, err := Hold([]wire.Port{p}, false); err == nil {
			t.Error("held twice")
		}
		for _, f := range files {
			f.Close()
		}
		files, err = Hold([]wire.Port{p}, false)
		if err != nil {
			t.Errorf("%s not free after it was let go: %v", proto, err)
		}
		for _, f := range files {
			f.Close()
		}
	}
}

func TestHoldTakesAllOrNone(t *testing.T) {
	l, err := net.Listen("tcp", local+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	used := at(local, uint16(l.Addr().(*net.TCPAddr).Port), "tcp")
	free := at(local, unused(t), "tcp")
	if files, err := Hold([]wire.Port{free, used}, false); err == nil || files != nil {
		t.Fatalf("%v, %v", files, err)
	}
	files, err := Hold([]wire.Port{free}, false)
	if err != nil {
		t.Fatalf("the other one is still held: %v", err)
	}
	files[0].Close()
}

func TestCheckNamesTheOwner(t *testing.T) {
	l, err := net.Listen("tcp", local+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	used := at("", uint16(l.Addr().(*net.TCPAddr).Port), "tcp")
	web := at("0.0.0.0", unused(t), "tcp")
	free := at("", unused(t), "udp")
	errs := Check([]wire.Port{used, web, free, free}, false, []Published{{web, "web"}})
	comm, _ := os.ReadFile("/proc/self/comm")
	for i, want := range []string{strings.TrimSpace(string(comm)) + " (process ", "by the container web", "", "is published twice"} {
		if got := ""; errs[i] != nil {
			if got = errs[i].Error(); !strings.Contains(got, want) || want == "" {
				t.Errorf("%d: %q, want %q", i, got, want)
			}
		} else if want != "" {
			t.Errorf("%d: no error, want %q", i, want)
		}
	}
}

func TestWhatOverlaps(t *testing.T) {
	for _, c := range []struct {
		a, b wire.Port
		want bool
	}{
		{at("", 80, "tcp"), at("127.0.0.1", 80, "tcp"), true},
		{at("0.0.0.0", 80, "tcp"), at("::", 80, "tcp"), false},
		{at("", 80, "tcp"), at("::", 80, "tcp"), true},
		{at("127.0.0.1", 80, "tcp"), at("127.0.0.2", 80, "tcp"), false},
		{at("", 80, "tcp"), at("", 80, "udp"), false},
		{at("", 80, "tcp"), at("", 81, "tcp"), false},
	} {
		if got := Overlap(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}
