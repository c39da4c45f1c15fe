package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"gantry/engine/enginetest/real"
)

// A network by the commands: made, used by name and address, kept while it is used, removed.
func TestLifeOfANetwork(t *testing.T) {
	g := install(t)
	id := strings.TrimSpace(g.run("network", "create", "--subnet", "10.77.0.0/24", "--label", "tier=back", "back").want(t, 0).out)
	if len(id) != 64 {
		t.Errorf("create printed %q", id)
	}
	r := g.run("network", "create", "--subnet", "10.77.0.0/25", "--gateway", "10.9.9.9", "clash").want(t, 1)
	for _, field := range []string{"--subnet: it overlaps 10.77.0.0/24", "--gateway: it is in none of the subnets"} {
		if !strings.Contains(r.errOut, field) {
			t.Errorf("%q is not in %q", field, r.errOut)
		}
	}
	var row struct{ Name, ID, Driver, Labels string }
	for _, line := range strings.Split(strings.TrimSpace(g.run("network", "ls", "--format", "json").want(t, 0).out), "\n") {
		if strings.Contains(line, `"back"`) {
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if row.Name != "back" || row.Driver != "bridge" || row.Labels != "tier=back" || !strings.HasPrefix(id, row.ID) {
		t.Errorf("ls says %+v", row)
	}
	g.run("run", "-d", "--name", "db", "--network", "back", "--ip", "10.77.0.40", "--network-alias", "sql", g.image(real.Busybox), "sleep", "60").want(t, 0)
	out := g.run("run", "--rm", "--network", "back", g.image(real.Busybox), "sh", "-c", "ping -q -c1 -W2 db && ping -q -c1 -W2 sql && ip -4 route").want(t, 0).out
	if !strings.Contains(out, "10.77.0.40") || !strings.Contains(out, "default via 10.77.0.1") {
		t.Errorf("it says %q", out)
	}
	r = g.run("run", "--rm", "--network", "back", "--ip", "10.77.0.40", g.image(real.Busybox), "true").want(t, 125)
	if !strings.Contains(r.errOut, "--ip: the address is in use by db") {
		t.Errorf("a taken address: %q", r.errOut)
	}
	r = g.run("run", "--rm", "--network", "nothing", g.image(real.Busybox), "true").want(t, 125)
	if !strings.Contains(r.errOut, "--network: there is no such network (make it with gantry network create nothing)") {
		t.Errorf("a missing network: %q", r.errOut)
	}
	var inspected []struct {
		Name       string
		Containers map[string]struct{ Name, IPv4Address string }
	}
	if err := json.Unmarshal([]byte(g.run("network", "inspect", "back").want(t, 0).out), &inspected); err != nil || len(inspected) != 1 || len(inspected[0].Containers) != 1 {
		t.Errorf("inspect: %+v, %v", inspected, err)
	}
	if r := g.run("network", "rm", "back").want(t, 1); !strings.Contains(r.errOut, "The network back is in use: by db") {
		t.Errorf("rm says %q", r.errOut)
	}
	g.run("network", "create", "spare").want(t, 0)
	if got := g.run("network", "prune", "-f").want(t, 0).out; got != "spare\n" {
		t.Errorf("prune removed %q", got)
	}
	g.run("rm", "-f", "db").want(t, 0)
	if got := g.run("network", "rm", "back").want(t, 0).out; got != "back\n" {
		t.Errorf("rm printed %q", got)
	}
	if ls := g.run("network", "ls").want(t, 0).out; strings.Contains(ls, "back") {
		t.Errorf("it is still there:\n%s", ls)
	}
}
