package cli

import (
	"strings"
	"testing"

	"gantry/engine/api"
)

func TestNamespacesAreListedWithWhoseTheyAre(t *testing.T) {
	d := sit(t)
	d.Add(api.Container{Name: "web", State: api.StateRunning})
	d.Add(api.Container{Name: "old", Owner: api.OwnerNerdctl})
	d.Space("k8s.io").Add(api.Container{Name: "k8s://kube-system/dns", Owner: api.OwnerKubernetes, State: api.StateRunning})
	d.Space("moby")
	got := d.gantry("namespace", "ls")
	want := "NAME CONTAINERS RUNNING OF\ndefault * 2 1 gantry, nerdctl\nk8s.io 1 1 Kubernetes\nmoby 0 0 Docker\n"
	if squeeze(got.out) != squeeze(want) || got.code != 0 {
		t.Errorf("got %d\n%s%s", got.code, got.out, got.err)
	}
	if got := d.gantry("ns", "ls", "--format", "json"); !strings.HasPrefix(got.out, `{"Name":"default","Containers":2,"Running":1,"Owners":{"gantry":1,"nerdctl":1},"Current":true}`) {
		t.Errorf("got %s", got.out)
	}
	if got := d.gantry("namespace", "ls", "-q"); got.out != "default\nk8s.io\nmoby\n" {
		t.Errorf("got %s", got.out)
	}
}

// What its owner would undo is done, and said; what would break its owner is not done.
func TestOthersContainersComeWithAWarningOrARefusal(t *testing.T) {
	d := sit(t)
	d.Add(api.Container{Name: "dns", Owner: api.OwnerKubernetes, State: api.StateRunning})
	got := d.gantry("stop", "dns")
	if got.code != 0 || got.out != "dns\n" || got.err != "WARNING: dns belongs to Kubernetes: the kubelet will start it again\n" {
		t.Errorf("%+v", got)
	}
	for _, args := range [][]string{{"start", "dns"}, {"restart", "dns"}, {"rm", "-f", "dns"}, {"rename", "dns", "x1"}, {"logs", "dns"}} {
		got := d.gantry(args...)
		if got.code != 1 || !strings.Contains(got.err, "belongs to Kubernetes") || !strings.Contains(got.err, "kubectl") {
			t.Errorf("%q: %+v", args, got)
		}
	}
	if c, err := d.Peek("dns"); err != nil || c.State != api.StateExited {
		t.Errorf("%+v, %v", c, err)
	}
}
