package ipam

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"gantry/engine/network/wire"
)

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func set(subnet, gw, start, end string) wire.Set {
	return wire.Set{{Subnet: netip.MustParsePrefix(subnet), Gateway: addr(gw), Start: addr(start), End: addr(end)}}
}

func small(t *testing.T) Pool {
	return Pool{Dir: t.TempDir(), Network: "n", Sets: []wire.Set{set("10.9.0.0/29", "10.9.0.1", "10.9.0.1", "10.9.0.6")}}
}

func reserve(t *testing.T, p Pool, id string, wanted ...netip.Addr) string {
	t.Helper()
	got, err := p.Reserve(Holder{id, "eth0"}, wanted)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(p.Sets) {
		t.Fatalf("%d addresses of %d sets", len(got), len(p.Sets))
	}
	return got[0].Prefix.String()
}

func TestFilesAreHostLocals(t *testing.T) {
	p := small(t)
	if got := reserve(t, p, "default-abc"); got != "10.9.0.2/29" {
		t.Errorf("first address %s", got)
	}
	for file, want := range map[string]string{"10.9.0.2": "default-abc\r\neth0", "last_reserved_ip.0": "10.9.0.2", "lock": ""} {
		b, err := os.ReadFile(filepath.Join(p.Dir, "n", file))
		if err != nil || string(b) != want {
			t.Errorf("%s: %q, %v; want %q", file, b, err, want)
		}
	}
}

func TestAddressesRestBeforeTheyAreUsedAgain(t *testing.T) {
	p := small(t)
	for _, want := range []string{"10.9.0.2/29", "10.9.0.3/29", "10.9.0.4/29", "10.9.0.5/29", "10.9.0.6/29", "10.9.0.2/29"} {
		if got := reserve(t, p, "a"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if h, _ := p.Holders(); len(h) != 1 {
		t.Errorf("one interface holds %v", h)
	}
}

func TestAFullNetworkSaysSo(t *testing.T) {
	p := small(t)
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		reserve(t, p, id)
	}
	_, err := p.Reserve(Holder{"f", "eth0"}, nil)
	if full, ok := errors.AsType[*FullError](err); !ok || full.Network != "n" || full.Subnet.String() != "10.9.0.0/29" {
		t.Errorf("error %v", err)
	}
}

func TestAnAddressThatIsAskedFor(t *testing.T) {
	p := small(t)
	if got := reserve(t, p, "a", addr("10.9.0.5")); got != "10.9.0.5/29" {
		t.Errorf("got %s", got)
	}
	for want, check := range map[string]func(error) bool{
		"10.9.0.5": func(err error) bool { e, ok := errors.AsType[*TakenError](err); return ok && e.Owner == "a" },
		"10.9.0.1": func(err error) bool { e, ok := errors.AsType[*TakenError](err); return ok && e.Owner == "" },
		"10.9.1.5": func(err error) bool { _, ok := errors.AsType[*OutsideError](err); return ok },
	} {
		if _, err := p.Reserve(Holder{"b", "eth0"}, []netip.Addr{addr(want)}); !check(err) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if h, _ := p.Holders(); len(h) != 1 {
		t.Errorf("refused, but held: %v", h)
	}
}

// Of two sets the second is full: the first one's address must not stay behind.
func TestAFailedReservationHoldsNothing(t *testing.T) {
	p := small(t)
	p.Sets = append(p.Sets, set("fd00::/127", "fd00::", "fd00::", "fd00::"))
	if _, err := p.Reserve(Holder{"a", "eth0"}, nil); err == nil {
		t.Fatal("the gateway was given away")
	}
	if h, _ := p.Holders(); len(h) != 0 {
		t.Errorf("held: %v", h)
	}
}

func TestALateReleaseLeavesTheNextHolderAlone(t *testing.T) {
	p := small(t)
	h := Holder{"a", "eth0"}
	old := []netip.Prefix{netip.MustParsePrefix("10.9.0.2/29")}
	reserve(t, p, "a")
	if err := p.Release(h, old); err != nil {
		t.Fatal(err)
	}
	reserve(t, p, "b", addr("10.9.0.2"))
	if err := p.Release(h, old); err != nil {
		t.Fatal(err)
	}
	if held, _ := p.Holders(); held[addr("10.9.0.2")].Owner != "b" {
		t.Errorf("b lost its address: %v", held)
	}
}

func TestTwentyAtOnceGetTwentyAddresses(t *testing.T) {
	p := Pool{Dir: t.TempDir(), Network: "n", Sets: []wire.Set{set("10.9.0.0/24", "10.9.0.1", "10.9.0.1", "10.9.0.254")}}
	var mu sync.Mutex
	var all []netip.Addr
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			got, err := p.Reserve(Holder{string(rune('a' + i)), "eth0"}, nil)
			mu.Lock()
			defer mu.Unlock()
			if err != nil || slices.Contains(all, got[0].Prefix.Addr()) {
				t.Errorf("%v, %v", got, err)
				return
			}
			all = append(all, got[0].Prefix.Addr())
		})
	}
	wg.Wait()
}

func TestSweepFreesOnlyWhatIsOursAndDead(t *testing.T) {
	p := small(t)
	reserve(t, p, "default-dead")
	reserve(t, p, "default-alive")
	reserve(t, p, "k8s.io-pod")
	freed, err := Sweep(p.Dir, "default-", func(o string) bool { return o == "default-alive" })
	if err != nil || len(freed["n"]) != 1 || freed["n"][0] != addr("10.9.0.2") {
		t.Errorf("freed %v, %v", freed, err)
	}
	if h, _ := p.Holders(); len(h) != 2 {
		t.Errorf("left %v", h)
	}
}
