package network

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gantry/engine/api"
	"gantry/engine/network/conflist"
	"gantry/engine/network/ipam"
	"gantry/engine/network/wire"
)

func create(t *testing.T, n *Networks, req api.NetworkCreate) api.Network {
	t.Helper()
	a, err := n.Create(req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheDefaultNetworkIsMadeOnce(t *testing.T) {
	n := engine(t, "10.4.0.0/16", "192.0.2.0/24")
	n.cfg.Pool = netip.MustParsePrefix("10.4.0.0/15")
	got := make([]api.Network, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = n.Default(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, g := range got {
		if g.Name != "bridge" || !g.Default || g.Plugins || g.Bridge != "gtest0" || g.Subnets[0].Prefix.String() != "10.5.0.0/24" {
			t.Errorf("%+v", g)
		}
	}
	all, err := n.List()
	if err != nil || len(all) != 3 || all[0].Name != "bridge" || all[1].Name != "host" || all[2].Name != "none" {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestNoSubnetLeft(t *testing.T) {
	if _, err := engine(t, "10.0.0.0/8").Default(); err == nil || !strings.Contains(err.Error(), "no subnet of 10.4.0.0/16 is free") {
		t.Errorf("%v", err)
	}
}

// nerdctl was here first: its default network is the default network.
func TestNerdctlsDefaultNetworkIsTaken(t *testing.T) {
	n := engine(t)
	if err := os.MkdirAll(n.cfg.Dir.Path, 0o755); err != nil {
		t.Fatal(err)
	}
	file := `{"cniVersion":"1.0.0","name":"bridge","nerdctlID":"17f2","nerdctlLabels":{"nerdctl/default-network":"true"},"plugins":[
		{"type":"bridge","bridge":"nerdctl0","isGateway":true,"ipMasq":true,"ipam":{"type":"host-local","ranges":[[{"subnet":"10.4.0.0/24"}]]}}]}`
	if err := os.WriteFile(filepath.Join(n.cfg.Dir.Path, "nerdctl-bridge.conflist"), []byte(file), 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := n.Default()
	if err != nil || !d.Plugins || d.Bridge != "nerdctl0" || d.Driver != "bridge" {
		t.Errorf("%+v, %v", d, err)
	}
	if own := create(t, n, api.NetworkCreate{Name: "own"}); own.Subnets[0].Prefix.String() != "10.4.1.0/24" {
		t.Errorf("it overlaps: %+v", own.Subnets)
	}
}

func TestANetworkWithEverything(t *testing.T) {
	n := engine(t)
	got := create(t, n, api.NetworkCreate{
		Name: "full", Subnets: []string{"10.20.0.0/24", "fd00:20::/64"}, Gateways: []string{"fd00:20::ff", "10.20.0.254"}, Ranges: []string{"10.20.0.128/26"},
		IPv6: true, Internal: true, Options: map[string]string{"mtu": "1400", "icc": "false"}, Labels: map[string]string{"who": "me"},
	})
	if !got.IPv6 || !got.Internal || got.MTU != 1400 || got.Labels["who"] != "me" || len(got.Labels) != 1 || got.CreatedAt.IsZero() {
		t.Errorf("%+v", got)
	}
	again, err := n.Get(got.ID[:6])
	if err != nil || again.Name != "full" || again.Subnets[0] != got.Subnets[0] {
		t.Errorf("%+v, %v", again, err)
	}
	s := got.Subnets
	if s[0].Gateway.String() != "10.20.0.254" || s[0].Range.String() != "10.20.0.128/26" || s[1].Gateway.String() != "fd00:20::ff" {
		t.Errorf("%+v", s)
	}
	l, _ := n.find("full")
	if len(l.Net.Bridge) != 15 || !l.Net.NoICC {
		t.Errorf("%+v", l.Net)
	}
}

func TestIPv6WithoutASubnetHasOneOfItsOwn(t *testing.T) {
	n := engine(t)
	a, b := create(t, n, api.NetworkCreate{Name: "a", IPv6: true}), create(t, n, api.NetworkCreate{Name: "b", IPv6: true})
	if len(a.Subnets) != 2 || !a.Subnets[1].Prefix.Addr().IsPrivate() || a.Subnets[1].Prefix == b.Subnets[1].Prefix {
		t.Errorf("%+v, %+v", a.Subnets, b.Subnets)
	}
}

func TestEverythingThatIsWrongIsSaidAtOnce(t *testing.T) {
	n := engine(t, "192.0.2.0/24")
	create(t, n, api.NetworkCreate{Name: "there", Subnets: []string{"10.20.0.0/24"}})
	_, err := n.Create(api.NetworkCreate{
		Name: "there", Subnets: []string{"10.20.0.128/25", "192.0.2.7/24", "fd00::/64", "x", "192.0.2.128/25"},
		Gateways: []string{"10.9.9.9", "y"}, Ranges: []string{"10.9.9.0/24"},
		Options: map[string]string{"mtu": "big", "speed": "1", "icc": "maybe"}, Labels: map[string]string{"gantry/native": "1"},
	})
	errs, ok := errors.AsType[api.FieldErrors](err)
	if !ok {
		t.Fatalf("%v", err)
	}
	var got []string
	for _, e := range errs {
		got = append(got, e.Field+" "+e.Value)
	}
	want := []string{"args there", "gateway 10.9.9.9", "gateway y", "ip-range 10.9.9.0/24", "label gantry/native", "opt icc=maybe", "opt mtu=big", "opt speed=1",
		"subnet 10.20.0.128/25", "subnet 192.0.2.128/25", "subnet 192.0.2.7/24", "subnet fd00::/64", "subnet x"}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q\n%v", got, want, err)
	}
	for _, name := range []string{"", "host", "none", "bridge", "a/b", "../x", "-x"} {
		if _, err := n.Create(api.NetworkCreate{Name: name}); err == nil {
			t.Errorf("%q was taken as a name", name)
		}
	}
	if _, err := n.Create(api.NetworkCreate{Name: "lan", Driver: "macvlan"}); err == nil || !strings.Contains(err.Error(), "parent=INTERFACE") {
		t.Errorf("a macvlan of nothing: %v", err)
	}
	for driver, mode := range map[string]string{"macvlan": "passthru", "ipvlan": "bridge"} {
		_, err := n.Create(api.NetworkCreate{Name: "lan", Driver: driver, Options: map[string]string{"parent": "lo", "mode": mode}})
		if err == nil || !strings.Contains(err.Error(), "no such mode") {
			t.Errorf("%s in mode %s: %v", driver, mode, err)
		}
	}
}

func TestRemoveSaysWhoUsesIt(t *testing.T) {
	n := engine(t)
	create(t, n, api.NetworkCreate{Name: "back"})
	l, _ := n.find("back")
	pool := ipam.Pool{Dir: n.cfg.Instance.Addresses, Network: "back", Sets: l.Net.Sets}
	if _, err := pool.Reserve(ipam.Holder{Owner: "default-x", Interface: "eth0"}, nil); err != nil {
		t.Fatal(err)
	}
	users := []User{{"web", []string{"bridge"}}, {"db", []string{"bridge", "back"}}}
	err := n.Remove("back", users)
	if e, ok := errors.AsType[*api.NetworkInUseError](err); !ok || !slices.Equal(e.By, []string{"db"}) {
		t.Fatalf("%v", err)
	}
	if err := n.Remove("back", users[:1]); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Get("back"); err == nil {
		t.Error("it is still there")
	}
	if _, err := os.Stat(filepath.Join(n.cfg.Instance.Addresses, "back")); err == nil {
		t.Error("its addresses are still there")
	}
	if _, err := n.Default(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"bridge", "host", "none"} {
		if _, ok := errors.AsType[*api.UnsupportedError](n.Remove(name, nil)); !ok {
			t.Errorf("%s was removed", name)
		}
	}
	if _, ok := errors.AsType[*api.NotFoundError](n.Remove("nowhere", nil)); !ok {
		t.Error("what is not there was removed")
	}
}

func TestUnusedLeavesOutWhatStays(t *testing.T) {
	n := engine(t)
	if _, err := n.Default(); err != nil {
		t.Fatal(err)
	}
	create(t, n, api.NetworkCreate{Name: "used"})
	create(t, n, api.NetworkCreate{Name: "unused"})
	other := []byte(`{"cniVersion":"1.0.0","name":"cbr0","plugins":[{"type":"flannel"}]}`)
	if err := os.WriteFile(filepath.Join(n.cfg.Dir.Path, "10-flannel.conflist"), other, 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := n.Unused([]User{{"db", []string{"used"}}})
	if err != nil || len(got) != 1 || got[0].Name != "unused" {
		t.Errorf("%+v, %v", got, err)
	}
	if l, err := n.find("cbr0"); err != nil || l.Net.Driver != "flannel" || conflist.ID("cbr0") == l.ID {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestInspectIsDockers(t *testing.T) {
	n := engine(t)
	made := create(t, n, api.NetworkCreate{Name: "own", IPv6: true, Options: map[string]string{"mtu": "1400"}})
	l := wire.Lease{Endpoints: []wire.Endpoint{{
		Network: "own", Driver: wire.Bridge, MAC: "02:42:0a:04:00:02",
		Addresses: []netip.Prefix{netip.MustParsePrefix("10.4.0.2/24"), netip.MustParsePrefix("fd00::2/64")},
		Gateways:  []netip.Addr{netip.MustParseAddr("10.4.0.1"), netip.MustParseAddr("fd00::1")},
	}}}
	got, err := n.Inspect("own", []Member{{"id1", "web", l}, {"id2", "db", wire.Lease{}}})
	if err != nil || got.ID != made.ID || len(got.Containers) != 1 || len(got.IPAM.Config) != 2 || got.Options["com.docker.network.driver.mtu"] != "1400" {
		t.Errorf("%+v, %v", got, err)
	}
	if c := got.Containers["id1"]; c.Name != "web" || c.IPv6Address.String() != "fd00::2/64" || c.MacAddress.String() != "02:42:0a:04:00:02" {
		t.Errorf("%+v", c)
	}
	if s := Settings(l)["own"]; s.IPAddress.String() != "10.4.0.2" || s.IPPrefixLen != 24 || s.IPv6Gateway.String() != "fd00::1" {
		t.Errorf("%+v", s)
	}
}

func TestDoctorSaysWhatIsWrong(t *testing.T) {
	n := engine(t)
	if f := n.Doctor(nil); len(f) != 1 || f[0].Level != api.FindingOK {
		t.Errorf("nothing is wrong: %+v", f)
	}
	if err := os.MkdirAll(n.cfg.Dir.Path, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"bad.conf": "{", "flannel.conflist": `{"cniVersion":"1.0.0","name":"cbr0","plugins":[{"type":"flannel"}]}`} {
		if err := os.WriteFile(filepath.Join(n.cfg.Dir.Path, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, f := range n.Doctor(nil) {
		got = append(got, string(f.Level)+" "+f.What)
	}
	if want := []string{"warn networks", "note network cbr0"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
