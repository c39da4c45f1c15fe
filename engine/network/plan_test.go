package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
	"gantry/engine/network/ipam"
	"gantry/engine/network/port"
	"gantry/engine/network/wire"
	"gantry/engine/option"
)

func on(mode string, ends map[string]*network.EndpointSettings) Container {
	return Container{ID: "0123", Name: "web", Hostname: "h", Request: api.CreateRequest{
		HostConfig:       &container.HostConfig{NetworkMode: container.NetworkMode(mode), ExtraHosts: []string{"db:10.0.0.1", "six=[fd00::1]", "up:host-gateway"}},
		NetworkingConfig: &network.NetworkingConfig{EndpointsConfig: ends},
	}}
}

func fields(err error) (got []string) {
	errs, _ := errors.AsType[api.FieldErrors](err)
	for _, e := range errs {
		got = append(got, e.Field+": "+e.Reason)
	}
	slices.Sort(got)
	return got
}

func TestAPlanForNothingAsked(t *testing.T) {
	n := engine(t)
	p, err := n.Plan(on("default", nil), []api.Port{{HostIP: "0.0.0.0", HostPort: 8080, ContainerPort: 80, Protocol: "tcp"}})
	if err != nil {
		t.Fatal(err)
	}
	w := p.Plan
	if p.Mode != "" || !slices.Equal(p.Names, []string{"bridge"}) || w.Owner() != "default-0123" || len(w.Networks) != 1 || !w.Networks[0].Default ||
		w.Networks[0].Interface != "eth0" || w.Networks[0].Bridge != "gtest0" || len(w.Ports) != 1 || w.Ports[0].String() != "0.0.0.0:8080/tcp" {
		t.Errorf("%+v", p)
	}
	if want := map[string]string{"db": "10.0.0.1", "six": "fd00::1", "up": "10.4.0.1"}; !reflect.DeepEqual(w.Names.Extra, want) {
		t.Errorf("extra hosts %v", w.Names.Extra)
	}
}

func TestAPlanForTwoNetworks(t *testing.T) {
	n := engine(t)
	create(t, n, api.NetworkCreate{Name: "front", Subnets: []string{"10.20.0.0/24"}})
	create(t, n, api.NetworkCreate{Name: "back", Internal: true})
	mac, _ := net.ParseMAC("02:00:00:00:00:01")
	p, err := n.Plan(on("back", map[string]*network.EndpointSettings{
		"back": {Aliases: []string{"db", "db"}},
		"front": {MacAddress: network.HardwareAddr(mac), IPAMConfig: &network.EndpointIPAMConfig{
			IPv4Address: netip.MustParseAddr("10.20.0.9"),
		}},
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	back, front := p.Plan.Networks[0], p.Plan.Networks[1]
	if back.Name != "back" || back.Default || !back.Internal || !slices.Equal(back.Aliases, []string{"db"}) {
		t.Errorf("%+v", back)
	}
	if front.Interface != "eth1" || !front.Default || front.MAC != mac.String() || front.Addresses[0].String() != "10.20.0.9" {
		t.Errorf("%+v", front)
	}
}

// The order is that of the request; the one with the highest priority leads out, and this
// host is its gateway.
func TestAPlanForNetworksInOrder(t *testing.T) {
	n := engine(t)
	for i, name := range []string{"a", "b", "c"} {
		create(t, n, api.NetworkCreate{Name: name, Subnets: []string{fmt.Sprintf("10.2%d.0.0/24", i)}})
	}
	c := on("c", map[string]*network.EndpointSettings{
		"c": {Links: []string{"postgres:db", "cache"}}, "a": nil,
		"b": {GwPriority: 3, IPAMConfig: &network.EndpointIPAMConfig{LinkLocalIPs: []netip.Addr{netip.MustParseAddr("169.254.7.7")}},
			DriverOpts: map[string]string{option.OptionInterface: "wan", option.OptionSysctls: "net.ipv4.conf.IFNAME.log_martians=1"}},
	})
	c.Request.NetworkOrder = []string{"b", "a"}
	p, err := n.Plan(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, net := range p.Plan.Networks {
		got = append(got, fmt.Sprintf("%s %s %v %v %v", net.Name, net.Interface, net.Default, net.LinkLocal, net.Sysctls))
	}
	want := []string{"c eth0 false [] []", "b wan true [169.254.7.7] [{[ipv4 conf wan log_martians] 1}]", "a eth2 false [] []"}
	if !slices.Equal(got, want) || p.Plan.Publishes() != 1 {
		t.Errorf("ports by %d\n got %q\nwant %q", p.Plan.Publishes(), got, want)
	}
	if names := p.Plan.Names; names.Extra["up"] != "10.21.0.1" || names.Links["db"] != "postgres" || names.Links["cache"] != "cache" {
		t.Errorf("%+v", names)
	}
}

func TestWhatAPlanRefuses(t *testing.T) {
	n := engine(t)
	create(t, n, api.NetworkCreate{Name: "front", Subnets: []string{"10.20.0.0/24"}, Ranges: []string{"10.20.0.128/25"}})
	at := func(a string) map[string]*network.EndpointSettings {
		return map[string]*network.EndpointSettings{"front": {IPAMConfig: &network.EndpointIPAMConfig{IPv4Address: netip.MustParseAddr(a)}}}
	}
	for _, c := range []struct {
		c     Container
		ports []api.Port
		want  string
	}{
		{on("nowhere", nil), nil, "network: there is no such network"},
		{on("front", at("10.20.0.1")), nil, "ip: this is the gateway of network front"},
		{on("front", at("10.20.0.5")), nil, "ip: network front gives addresses from 10.20.0.129 to 10.20.0.255"},
		{on("front", at("10.99.0.5")), nil, "ip: network front has the subnet 10.20.0.0/24"},
		{on("front", map[string]*network.EndpointSettings{"front": {IPAMConfig: &network.EndpointIPAMConfig{IPv6Address: netip.MustParseAddr("fd00::5")}}}), nil,
			"ip6: network front is without IPv6"},
		{on("front", nil), []api.Port{{HostIP: "::1", HostPort: 80, ContainerPort: 80, Protocol: "tcp"}}, "publish: the kernel leads nothing from ::1 into a container"},
		{on("front", nil), []api.Port{{HostIP: "fd00::1", HostPort: 80, ContainerPort: 80, Protocol: "tcp"}}, "publish: the network is without IPv6"},
	} {
		_, err := n.Plan(c.c, c.ports)
		if got := fields(err); !slices.Equal(got, []string{c.want}) {
			t.Errorf("got %q (%v), want %q", got, err, c.want)
		}
	}
}

func TestModesWithoutASetUp(t *testing.T) {
	n := engine(t)
	for _, mode := range []string{"host", "none", "container:abc"} {
		p, err := n.Plan(on(mode, nil), []api.Port{{HostPort: 1}})
		if err != nil || p.Mode != mode || !slices.Equal(p.Names, []string{mode}) || len(p.Warnings) != 1 {
			t.Errorf("%+v, %v", p, err)
		}
	}
	if _, err := os.Stat(n.cfg.Dir.Path); err == nil {
		t.Error("the default network was made for them")
	}
}

func bindings(m map[string]string) container.HostConfig {
	h := container.HostConfig{PortBindings: network.PortMap{}}
	for c, host := range m {
		p := network.MustParsePort(c)
		h.PortBindings[p] = append(h.PortBindings[p], network.PortBinding{HostIP: netip.MustParseAddr("127.0.0.1"), HostPort: host})
	}
	return h
}

func TestPublishFindsPorts(t *testing.T) {
	h := bindings(map[string]string{"80/tcp": "", "81/tcp": "42000-42010", "82/udp": "42000"})
	h.PublishAllPorts = true
	exposed := network.PortSet{network.MustParsePort("90/tcp"): {}, network.MustParsePort("80/tcp"): {}}
	taken := []port.Published{{Port: wire.Port{Host: 42000, Protocol: "tcp"}, Container: "other"}}
	got, err := Publish(api.CreateRequest{HostConfig: &h}, exposed, taken)
	if err != nil || len(got) != 4 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got[0].HostPort < 1024 || got[1].HostPort != 42001 || got[2].HostPort != 42000 || got[2].Protocol != "udp" ||
		got[3].ContainerPort != 90 || got[3].HostIP != "0.0.0.0" || got[3].HostPort == got[0].HostPort {
		t.Errorf("%+v", got)
	}
	bad := bindings(map[string]string{"80/tcp": "9-3", "81/tcp": "x"})
	if _, err := Publish(api.CreateRequest{HostConfig: &bad}, nil, nil); len(fields(err)) != 2 {
		t.Errorf("%v", err)
	}
}

func TestCheckNamesWhoStandsInTheWay(t *testing.T) {
	n := engine(t)
	create(t, n, api.NetworkCreate{Name: "tiny", Subnets: []string{"10.20.0.0/30"}})
	p, err := n.Plan(on("tiny", nil), []api.Port{{HostIP: "0.0.0.0", HostPort: 42042, ContainerPort: 80, Protocol: "tcp"}})
	if err != nil {
		t.Fatal(err)
	}
	name := func(owner string) string { return map[string]string{"default-x": "other"}[owner] }
	if err := Check(p.Plan, nil, name); err != nil {
		t.Fatalf("nothing is in the way: %v", err)
	}
	pool := ipam.Pool{Dir: n.cfg.Instance.Addresses, Network: "tiny", Sets: p.Plan.Networks[0].Sets}
	if _, err := pool.Reserve(ipam.Holder{Owner: "default-x", Interface: "eth0"}, nil); err != nil {
		t.Fatal(err)
	}
	published := []port.Published{{Port: p.Plan.Ports[0], Container: "other"}}
	want := []string{"network: no address is free in 10.20.0.0/30", fmt.Sprintf("publish: port %d/tcp of this host is in use by the container other", p.Plan.Ports[0].Host)}
	if got := fields(Check(p.Plan, published, name)); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	p.Plan.Networks[0].Addresses = []netip.Addr{netip.MustParseAddr("10.20.0.2")}
	if got := fields(Check(p.Plan, nil, name)); !slices.Equal(got, []string{"ip: the address is in use by other"}) {
		t.Errorf("%q", got)
	}
	entries, _ := os.ReadDir(filepath.Join(n.cfg.Instance.Addresses, "tiny"))
	if held := slices.DeleteFunc(entries, func(e os.DirEntry) bool { return !strings.HasPrefix(e.Name(), "10.") }); len(held) != 1 {
		t.Errorf("looking took an address: %v", held)
	}
}
