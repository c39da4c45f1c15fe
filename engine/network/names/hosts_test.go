package names

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gantry/engine/network/wire"
)

type host struct{ root string }

func (h host) start(t *testing.T, id, network, addr string, aliases ...string) wire.Lease {
	t.Helper()
	dir := filepath.Join(h.root, id)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "hosts")); err != nil {
		if err := os.WriteFile(filepath.Join(dir, "hosts"), []byte("192.0.2.1 mine # by hand\n# <nerdctl>\nold\n# </nerdctl>\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l := wire.Lease{ID: id, Instance: wire.Instance{Hosts: h.root}, Start: wire.Start{Pid: 7}, Endpoints: []wire.Endpoint{{
		Network: network, Driver: wire.Bridge, Interface: "eth0", Bridge: "br0", Host: "veth1", MAC: "02:42:0a:04:00:02",
		Addresses: []netip.Prefix{netip.MustParsePrefix(addr)}, Gateways: []netip.Addr{netip.MustParsePrefix(addr).Masked().Addr().Next()},
	}}}
	p := wire.Plan{ID: id, Names: wire.Names{Hostname: "h-" + id, Name: id, Extra: map[string]string{"host.docker.internal": "host-gateway"}},
		Networks: []wire.Network{{Name: network, Aliases: aliases}}}
	if err := Announce(p, l); err != nil {
		t.Fatal(err)
	}
	return l
}

func (h host) file(t *testing.T, id, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(h.root, id, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestContainersOfOneNetworkKnowEachOther(t *testing.T) {
	h := host{t.TempDir()}
	web := h.start(t, "web", "front", "10.4.1.3/24", "www")
	h.start(t, "db", "front", "10.4.1.2/24")
	h.start(t, "other", "back", "10.4.2.2/24")
	want := `192.0.2.1 mine # by hand
# <nerdctl>
127.0.0.1	localhost
::1	localhost ip6-localhost ip6-loopback
fe00::	ip6-localnet
ff00::	ip6-mcastprefix
ff02::1	ip6-allnodes
ff02::2	ip6-allrouters
10.4.1.1        host.docker.internal
10.4.1.3        h-web h-web.front web web.front www www.front
10.4.1.2        h-db h-db.front db db.front
# </nerdctl>
`
	if got := h.file(t, "web", "hosts"); got != want {
		t.Errorf("web:\n%s\nwant\n%s", got, want)
	}
	if got := h.file(t, "other", "hosts"); strings.Contains(got, "10.4.1.") {
		t.Errorf("a container of another network sees them:\n%s", got)
	}
	if err := Withdraw(web); err != nil {
		t.Fatal(err)
	}
	if got := h.file(t, "db", "hosts"); strings.Contains(got, "web") {
		t.Errorf("a stopped container is still named:\n%s", got)
	}
}

// A link is a further name that one container alone has for another, wherever that moves.
func TestALinkFollowsItsContainer(t *testing.T) {
	h := host{t.TempDir()}
	h.start(t, "db", "front", "10.4.1.2/24")
	l := h.start(t, "web", "front", "10.4.1.3/24")
	plan := wire.Plan{ID: "web", Names: wire.Names{Hostname: "h-web", Name: "web", Links: map[string]string{"sql": "db"}}, Networks: []wire.Network{{Name: "front"}}}
	if err := Announce(plan, l); err != nil {
		t.Fatal(err)
	}
	h.start(t, "db", "front", "10.4.1.9/24")
	if got := h.file(t, "web", "hosts"); !strings.Contains(got, "10.4.1.9        h-db h-db.front db db.front sql\n") {
		t.Errorf("web:\n%s", got)
	}
	if got := h.file(t, "db", "hosts"); strings.Contains(got, "sql") {
		t.Errorf("db:\n%s", got)
	}
}

// The file is mounted into the container: another inode would never be seen there.
func TestFilesAreWrittenInPlaceAndOnlyWhenTheyChange(t *testing.T) {
	h := host{t.TempDir()}
	h.start(t, "web", "bridge", "10.4.0.2/24")
	file := filepath.Join(h.root, "web", "hosts")
	before, _ := os.Stat(file)
	h.start(t, "web", "bridge", "10.4.0.2/24")
	same, _ := os.Stat(file)
	if !same.ModTime().Equal(before.ModTime()) {
		t.Error("written although nothing changed")
	}
	h.start(t, "db", "bridge", "10.4.0.3/24")
	after, _ := os.Stat(file)
	if !os.SameFile(before, after) || after.Mode().Perm() != 0o644 {
		t.Errorf("another file, or not readable: %v", after.Mode())
	}
	if got := h.file(t, "web", "hosts"); !strings.Contains(got, "10.4.0.3        h-db db\n") {
		t.Errorf("on the default network without the network's name:\n%s", got)
	}
}

func TestMetaIsNerdctls(t *testing.T) {
	h := host{t.TempDir()}
	h.start(t, "web", "bridge", "10.4.0.2/24")
	want := `{"ID":"web","Networks":{"bridge":{"cniVersion":"1.0.0","interfaces":[{"name":"br0"},{"name":"veth1"},{"name":"eth0","mac":"02:42:0a:04:00:02","sandbox":"/proc/7/ns/net"}],` +
		`"ips":[{"interface":2,"address":"10.4.0.2/24","gateway":"10.4.0.1"}],"routes":[{"dst":"0.0.0.0/0"}],"dns":{}}},"Hostname":"h-web",` +
		`"ExtraHosts":{"host.docker.internal":"host-gateway"},"Name":"web","Domainname":""}`
	if got := h.file(t, "web", "meta.json"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
