package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// pluginScript is a CNI plugin that makes a dummy interface in the namespace it is given, and
// notes what it was asked for.
const pluginScript = `#!/bin/sh
echo "$CNI_COMMAND $CNI_IFNAME ${CNI_NETNS:-gone}" >>%s
cat >/dev/null
[ $CNI_COMMAND = ADD ] || exit 0
echo '{"cniVersion":"1.0.0","interfaces":[{"name":"'$CNI_IFNAME'","mac":"02:00:00:00:00:07","sandbox":"x"}],"ips":[{"interface":0,"address":"10.93.0.7/24","gateway":"10.93.0.1"}]}'
`

// A network that another program has laid out is set up by its plugins, whatever starts the
// container, and taken down at its end; when a plugin is missing it is named before anything
// is made.
func TestAnothersNetworkIsSetUpByItsPlugins(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("CNI_PATH", bin)
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	conf := filepath.Join(p.env.Endpoint.DataRoot, "network", "net.d", "10-theirs.conflist")
	if err := os.WriteFile(conf, []byte(`{"cniVersion":"1.0.0","name":"theirs","plugins":[{"type":"theirs-plugin","capabilities":{"portMappings":true}}]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(conf) })
	_, err := p.Create(t.Context(), p.request("--network", "theirs", "busybox", "true"), api.Observer{})
	if e := as[api.FieldErrors](t, err); e[0].Field != "network" || !strings.HasSuffix(e[0].Reason, "its CNI plugins are not here: theirs-plugin") || !strings.Contains(e[0].Fix, bin) {
		t.Errorf("%v", e)
	}
	log := filepath.Join(bin, "log")
	asked := func() []string {
		b, _ := os.ReadFile(log)
		return strings.Split(strings.TrimSpace(string(b)), "\n")
	}
	// One that fails both ways says why once.
	const no = "no lease for you"
	if err := os.WriteFile(filepath.Join(bin, "theirs-plugin"), []byte("#!/bin/sh\n[ -n \"$CNI_NETNS\" ] || exit 0\necho '{\"cniVersion\":\"1.0.0\",\"code\":7,\"msg\":\""+no+"\"}'\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	refused := p.create("--network", "theirs", "busybox", "true")
	_, err = p.Start(t.Context(), refused, api.StartOptions{}, api.Observer{})
	if e := as[*api.StartError](t, err); strings.Count(e.Error(), no) != 1 {
		t.Errorf("it says %q", e)
	}
	p.remove(refused)
	if err := os.WriteFile(filepath.Join(bin, "theirs-plugin"), fmt.Appendf(nil, pluginScript, log), 0o755); err != nil {
		t.Fatal(err)
	}
	id := p.run("--name", "theirs", "--network", "bridge", "--network", "theirs", "--restart", "always", "busybox", "sleep", "600")
	if got := p.address(id, "theirs"); got != "10.93.0.7" {
		t.Errorf("its address is %s", got)
	}
	// What is left of a start before goes first: plugins refuse to give a second address.
	first := p.get(id).Pid
	if got := asked(); len(got) != 2 || got[0] != "DEL eth1 gone" || got[1] != fmt.Sprintf("ADD eth1 /proc/%d/ns/net", first) {
		t.Errorf("asked for %q", got)
	}
	real.Signal(t, int(first), 9)
	p.eventually("that the monitor brings it back with its network", func() bool {
		c, got := p.get(id), asked()
		return c.State == api.StateRunning && c.Pid != first && len(got) >= 5 && got[len(got)-1] == fmt.Sprintf("ADD eth1 /proc/%d/ns/net", c.Pid)
	})
	if err := p.Stop(t.Context(), id, api.StopOptions{Timeout: new(time.Duration)}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	p.eventually("that it is taken down", func() bool { got := asked(); return got[len(got)-1] == "DEL eth1 gone" })
	p.remove(id)
	real.Leftovers(t, p.env, before)
}
