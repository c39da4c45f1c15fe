package option

import (
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
)

func TestFromRequest(t *testing.T) {
	tests := []struct {
		name string
		req  api.CreateRequest
		want Draft
	}{
		{"no request at all", api.CreateRequest{}, draft("detach", "true")},
		{
			"an entrypoint of several words, as others make",
			api.CreateRequest{Config: &container.Config{Image: "a", AttachStdout: true, Entrypoint: []string{"tini", "--"}, Cmd: []string{"sh"}}},
			draft("image", "a", "entrypoint", "tini", "args", "--", "args", "sh"),
		},
		{
			"variables of the host",
			api.CreateRequest{
				Config:      &container.Config{Image: "a", AttachStdout: true, Env: []string{"A=1", "B=2"}},
				EnvFromHost: []string{"B", "C"},
			},
			draft("image", "a", "env", "A=1", "env", "B=2", "env", "C"),
		},
		{
			"limits in the largest whole unit, capabilities without their prefix",
			api.CreateRequest{
				Config: &container.Config{Image: "a", AttachStdout: true, Labels: map[string]string{"b": "", "a": "1"}},
				HostConfig: &container.HostConfig{
					CapAdd:    []string{"CAP_NET_ADMIN", "ALL"},
					Resources: container.Resources{Memory: 3 << 29, NanoCPUs: 1.25e9, PidsLimit: ptr(int64(0))},
				},
			},
			draft("image", "a", "label", "a=1", "label", "b=", "memory", "1536m", "cpus", "1.25", "pids-limit", "0", "cap-add", "NET_ADMIN", "cap-add", "ALL"),
		},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want.Entries(), FromRequest(tt.req).Entries()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Whatever a form can make comes back from the container it made.
func TestRequestRoundTrip(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		d := validDraft(rnd)
		p := d.Parse(facts())
		if p.Err() != nil {
			t.Fatalf("%s: %v", d.Line("docker run"), p.Err())
		}
		again := FromRequest(p.Request).Parse(facts())
		ignore := cmpopts.IgnoreFields(api.CreateRequest{}, "EnvFromHost")
		if diff := cmp.Diff(p, again, ignore, cmpopts.EquateComparable(netip.Addr{}, network.Port{})); diff != "" {
			t.Fatalf("%s\nis not %s\n%s", d.Line("docker run"), FromRequest(p.Request).Line("docker run"), diff)
		}
	}
}

// What every network is asked for is kept, and so is their order.
func TestSeveralNetworks(t *testing.T) {
	d := draft("image", "a", "network", "z", "network", `name=m,alias=db,alias=sql,ip=10.9.0.2,ip6=fd00::2,link-local-ip=169.254.1.1,mac-address=02:42:0a:04:00:28,gw-priority=7,"driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.a=1,net.ipv4.conf.IFNAME.b=2"`,
		"network", "b", "ip", "10.8.0.2")
	p := d.Parse(facts())
	if p.Err() != nil {
		t.Fatal(p.Err())
	}
	if got := Networks(p.Request); !slices.Equal(got, []string{"z", "m", "b"}) {
		t.Errorf("networks %q", got)
	}
	m := p.Request.NetworkingConfig.EndpointsConfig["m"]
	if m.GwPriority != 7 || len(m.Aliases) != 2 || m.IPAMConfig.IPv6Address.String() != "fd00::2" || m.DriverOpts[OptionSysctls] != "net.ipv4.conf.IFNAME.a=1,net.ipv4.conf.IFNAME.b=2" {
		t.Errorf("%+v", m)
	}
	if z := p.Request.NetworkingConfig.EndpointsConfig["z"]; z.IPAMConfig.IPv4Address.String() != "10.8.0.2" {
		t.Errorf("the first one: %+v", z)
	}
	want := "docker run --network z --network '" + d.All(KeyNetwork)[1] + "' --network b --ip 10.8.0.2 a"
	if got := FromRequest(p.Request).Line("docker run"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// validDraft has an image and some other options, each with a value that is accepted.
func validDraft(rnd *rand.Rand) Draft {
	good := map[Key][]string{
		KeyName: {"web", "a.b"}, KeyArgs: {"sh", "-c", ""}, KeyPull: {"always", "missing"}, KeyPlatform: {"amd64", "linux/386"},
		KeyEntrypoint: {"sh", "/x y"}, KeyEnv: {"A=1", "B=", "FROM_HOST", "NOT_THERE"}, KeyWorkdir: {"/"}, KeyUser: {"0:0", "me"},
		KeyHostname: {"h"}, KeyLabel: {"a", "b=c"}, KeyStopSignal: {"INT", "9"}, KeyStopTimeout: {"0", "-1", "30"},
		KeyNetwork: {"bridge", "backend", "name=front,gw-priority=-3", "name=zone,driver-opt=com.docker.network.endpoint.ifname=eth7"}, KeyPublish: {"80", "8080:80", "127.0.0.1:8081:81/udp", "9000-9003:9000-9003", "7000-7009:70"}, KeyPublishAll: {"true"},
		KeyExpose: {"80", "5000-5002/udp"}, KeyNetworkAlias: {"db"}, KeyIP: {"10.4.0.9"}, KeyIP6: {"fd00::9"}, KeyMacAddress: {"02:42:0a:04:00:28"}, KeyLink: {"db", "db:sql"}, KeyLinkLocalIP: {"169.254.9.9"},
		KeyDNS: {"10.0.0.53", "fd00::53"}, KeyDNSSearch: {"example.org", "."}, KeyDNSOption: {"ndots:2"}, KeyAddHost: {"a:10.0.0.1", "b=[fd00::1]", "c:host-gateway"}, KeyDomainname: {"example.org"},
		KeyMemory: {"6291457", "1.5g", "0"}, KeyCPUs: {"0.5", "3", "0.123456789", "0"},
		KeyPidsLimit: {"0", "-1", "7"}, KeyCapAdd: {"all", "cap_bpf"}, KeyCapDrop: {"NET_RAW"},
		KeyVolume: {"data:/data", "./rel:/rel:ro", "/b:/b:rw,rslave", "/anonymous", "x1:/x1:nocopy"}, KeyMount: {"type=bind,src=/m,dst=/m,ro,bind-propagation=rshared", "target=/n,volume-label=a=b", `"source=vol",target=/o,volume-subpath=a/../b`, "type=tmpfs,dst=/p,tmpfs-size=1m,tmpfs-mode=1777"},
		KeyTmpfs: {"/t", "/u:size=1m,exec"}, KeyVolumesFrom: {"web", "db:ro"}, KeyVolumeDriver: {"local"},
		KeyRestart: {"no", "always", "on-failure", "on-failure:3"}, KeyDetach: {"true", "false"}, KeyTty: {"true"}, KeyRemove: {"true", "0"}, KeyReadOnly: {"true"},
	}
	maps.Copy(good, goodResources())
	maps.Copy(good, goodSecurity())
	maps.Copy(good, goodSpaces())
	d := draft("image", "busybox")
	for range rnd.IntN(15) {
		k := rows[rnd.IntN(len(rows))].Key
		if v := good[k]; len(v) > 0 {
			d.Add(k, v[rnd.IntN(len(v))])
		}
	}
	if d.Bool(KeyTty) && rnd.IntN(2) > 0 {
		d.Set(KeyInteractive, "true")
	}
	for _, k := range []Key{KeyVolume, KeyMount, KeyTmpfs, KeyNetwork} { // two at one place are refused
		d.Set(k, slices.Compact(slices.Sorted(slices.Values(d.values(k))))...)
	}
	limitsThatAgree(&d)
	spacesThatAgree(&d)
	if d.Get(KeyNetwork) == "host" {
		d.Unset(KeySysctl)
	}
	if d.Bool(KeyRemove) { // these exclude each other
		d.Set(KeyRestart)
	}
	return d
}
