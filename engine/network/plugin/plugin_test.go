package plugin

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gantry/engine/network/wire"
)

// script is a plugin that writes down what it was asked and answers like one.
const script = `#!/bin/sh
cat > /dev/null
echo "$CNI_COMMAND $CNI_CONTAINERID $CNI_NETNS $CNI_IFNAME $CNI_ARGS" >> "$(dirname "$0")/log"
[ "$CNI_COMMAND" = ADD ] && cat <<'R'
{"cniVersion":"1.0.0","interfaces":[{"name":"eth1","mac":"02:00:00:00:00:07","sandbox":"x"}],
 "ips":[{"interface":0,"address":"10.9.0.7/24","gateway":"10.9.0.1"}],"dns":{}}
R
exit 0
`

func planned(t *testing.T) (wire.Plan, string) {
	t.Helper()
	dir := t.TempDir()
	bin, conf := filepath.Join(dir, "bin"), filepath.Join(dir, "net.d")
	for _, d := range []string{bin, conf} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(bin, "tester"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(conf, "10-theirs.conflist")
	list := `{"cniVersion":"1.0.0","name":"theirs","plugins":[{"type":"tester","capabilities":{"portMappings":true}}]}`
	if err := os.WriteFile(file, []byte(list), 0o644); err != nil {
		t.Fatal(err)
	}
	return wire.Plan{ID: "abc", Namespace: "default", Names: wire.Names{Hostname: "h"}, Instance: wire.Instance{ConfDir: conf, Plugins: []string{bin}},
		Networks: []wire.Network{{Name: "theirs", Driver: wire.Plugin, Interface: "eth1", File: file, MAC: "02:00:00:00:00:07",
			Addresses: []netip.Addr{netip.MustParseAddr("10.9.0.7")}}}}, bin
}

func TestPluginsAreRunAsNerdctlRunsThem(t *testing.T) {
	p, bin := planned(t)
	r := Runner{CacheDir: t.TempDir()}
	e, err := r.Add(t.Context(), p, p.Networks[0], 42)
	if err != nil {
		t.Fatal(err)
	}
	if e.Addresses[0].String() != "10.9.0.7/24" || e.Gateways[0].String() != "10.9.0.1" || e.MAC != "02:00:00:00:00:07" || e.Driver != wire.Plugin {
		t.Errorf("%+v", e)
	}
	if _, err := os.Stat(filepath.Join(r.CacheDir, "results", "theirs-default-abc-eth1")); err != nil {
		t.Errorf("no cached result, which nerdctl goes by: %v", err)
	}
	l := wire.Lease{ID: "abc", Owner: p.Owner(), Instance: p.Instance}
	if err := r.Del(t.Context(), l, e); err != nil {
		t.Fatal(err)
	}
	log, _ := os.ReadFile(filepath.Join(bin, "log"))
	want := []string{
		"DEL default-abc  eth1 IgnoreUnknown=1",
		"ADD default-abc /proc/42/ns/net eth1 IgnoreUnknown=1;NERDCTL_CNI_DHCP_HOSTNAME=h;MAC=02:00:00:00:00:07;IP=10.9.0.7",
		"DEL default-abc  eth1 IgnoreUnknown=1",
	}
	if got := strings.Split(strings.TrimSpace(string(log)), "\n"); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAMissingPluginIsNamed(t *testing.T) {
	p, bin := planned(t)
	if err := os.Remove(filepath.Join(bin, "tester")); err != nil {
		t.Fatal(err)
	}
	_, err := Runner{CacheDir: t.TempDir()}.Add(t.Context(), p, p.Networks[0], 42)
	if err == nil || !strings.Contains(err.Error(), "needs the CNI plugins tester") {
		t.Errorf("%v", err)
	}
}

func TestARuleWithACommentIsSplit(t *testing.T) {
	got := fields(`-A POSTROUTING -s 10.4.0.2/32 -m comment --comment "name: \"bridge\" id" -j CNI-1` + "\n")
	want := []string{"-A", "POSTROUTING", "-s", "10.4.0.2/32", "-m", "comment", "--comment", `name: "bridge" id`, "-j", "CNI-1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
