package engine_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/pkg/oci"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/record"
)

// foreign makes a container as another program would, with nothing that gantry or nerdctl writes.
func (p *place) foreign(id string, labels map[string]string) {
	p.t.Helper()
	ctx := p.env.Context(p.t)
	_, err := p.env.Client.NewContainer(ctx, id, client.WithContainerLabels(labels),
		client.WithNewSpec(oci.WithProcessArgs("sleep", "60"), oci.WithRootFSPath("/nowhere")))
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestContainersOfOthersAreShownAndLeftToThem(t *testing.T) {
	p := open(t)
	f := p.follow()
	p.foreign("pod-container", map[string]string{
		"io.cri-containerd.kind": "container", "io.kubernetes.pod.name": "dns", "io.kubernetes.pod.namespace": "kube-system",
		"io.kubernetes.container.name": "coredns",
	})
	p.foreign("someones", nil)
	f.state("pod-container", api.StateCreated)
	c := f.state("someones", api.StateCreated)
	if c.Owner != api.OwnerOther || c.Name != "" || c.DisplayName() != "someones" || !slices.Equal(c.Command, []string{"sleep", "60"}) {
		t.Errorf("%+v", c)
	}
	if c := f.all["pod-container"]; c.Owner != api.OwnerKubernetes || c.Name != "k8s://kube-system/dns/coredns" {
		t.Errorf("%+v", c)
	}
	if err := p.Logs(t.Context(), "someones", api.LogOptions{}, nil); !errors.As(err, new(*api.OwnerError)) {
		t.Errorf("logs: %v", err)
	}
	if r, err := p.Inspect(t.Context(), "someones"); err != nil || r.Path != "sleep" || r.HostConfig == nil || r.LogPath != "" {
		t.Errorf("inspect: %+v, %v", r, err)
	}
	p.remove("someones")
	f.gone("someones")
}

// changes are the actions that would break what a container's owner believes.
var changes = map[string]func(p *place, id string) error{
	"start": func(p *place, id string) error {
		_, err := p.Start(p.t.Context(), id, api.StartOptions{}, api.Observer{})
		return err
	},
	"restart": func(p *place, id string) error {
		return p.Restart(p.t.Context(), id, api.StopOptions{}, api.Observer{})
	},
	"remove": func(p *place, id string) error {
		return p.Remove(p.t.Context(), id, api.RemoveOptions{Force: true}, api.Observer{})
	},
	"rename": func(p *place, id string) error { return p.Rename(p.t.Context(), id, "mine") },
}

func TestWhatBelongsToOthersIsNotChanged(t *testing.T) {
	env := real.Engine(t)
	for _, tt := range []struct {
		owner     api.Owner
		namespace string // before the test's own
		labels    map[string]string
	}{
		{api.OwnerKubernetes, "", map[string]string{"io.cri-containerd.kind": "container"}},
		{api.OwnerKubernetes, "", map[string]string{"io.cri-containerd.kind": "sandbox"}},
		{api.OwnerDocker, "", map[string]string{"com.docker/engine.bundle.path": "/var/run/docker/containerd/x"}},
		{api.OwnerBuildKit, "buildkit_", nil},
	} {
		t.Run(string(tt.owner)+tt.labels["io.cri-containerd.kind"], func(t *testing.T) {
			own := *env
			own.Namespace = tt.namespace + env.Namespace
			p := openOn(t, &own)
			id := "of-" + string(tt.owner)
			p.foreign(id, tt.labels)
			records := p.env.Client.ContainerService()
			defer func() {
				if err := records.Delete(p.env.Context(t), id); err != nil {
					t.Error(err)
				}
			}()
			for action, do := range changes {
				e := as[*api.OwnerError](t, do(p, id))
				if e.Owner != tt.owner || e.Action != action || e.Name != api.ShortID(id) || e.Reason == "" {
					t.Errorf("%s: %+v", action, e)
				}
			}
			if c := p.get(id); c.Owner != tt.owner || c.State != api.StateCreated || c.Error != "" {
				t.Errorf("afterwards: %+v", c)
			}
			dir := record.Open(own.Endpoint.RecordStore, own.Namespace).Dir(id)
			if _, err := os.Stat(dir); err == nil {
				t.Error("it has got a state dir")
			}
		})
	}
}

// The process of a pod may be stopped: the kubelet starts it again. Whatever would break the
// pod is refused while it runs and afterwards, and nothing is written down of it.
func TestARunningContainerOfAPodMayBeStoppedAndNoMore(t *testing.T) {
	p := open(t)
	id := p.run("busybox", "sleep", "60")
	box, err := p.env.Client.LoadContainer(p.env.Context(t), id)
	if err != nil {
		t.Fatal(err)
	}
	label := func(kind string) {
		t.Helper()
		if _, err := box.SetLabels(p.env.Context(t), map[string]string{"io.cri-containerd.kind": kind}); err != nil {
			t.Fatal(err)
		}
	}
	refused := func() {
		t.Helper()
		for action, do := range changes {
			if e := as[*api.OwnerError](t, do(p, id)); e.Owner != api.OwnerKubernetes || e.Action != action {
				t.Errorf("%s: %+v", action, e)
			}
		}
	}
	label("container")
	before := p.get(id)
	refused()
	if c := p.get(id); c.State != api.StateRunning || c.Pid != before.Pid {
		t.Errorf("it is %s with pid %d, which was %d", c.State, c.Pid, before.Pid)
	}
	if err := p.Kill(t.Context(), id, ""); err != nil {
		t.Error(err)
	}
	if code, err := p.Wait(t.Context(), id); code != 137 || err != nil {
		t.Errorf("%d, %v", code, err)
	}
	refused()
	label("")
	p.remove(id)
}

// A namespace beside the engine's own is listed, and seen by the same connection: what is
// made there is there alone, its watch goes on, and it ends with the engine.
func TestAnotherNamespaceIsSeenByTheSameConnection(t *testing.T) {
	p := open(t)
	other := p.env.Namespace + "x"
	there := &place{Engine: p.In(other), env: p.env, t: t}
	if p.In(other) != there.Engine || there.In(other) != there.Engine || there.In(p.env.Namespace) != p.Engine || p.In("") != p.Engine {
		t.Error("a view is not the same one each time")
	}
	f := there.follow()
	if info, err := there.Info(t.Context()); err != nil || info.Namespace != other || info.Address == "" {
		t.Errorf("%+v, %v", info, err)
	}
	here := p.create("--name", "web", "busybox", "true")
	id := there.run("--name", "web", "busybox", "sleep", "60")
	f.state(id, api.StateRunning)
	if c := p.get("web"); c.ID != here || c.Namespace != p.env.Namespace {
		t.Errorf("here it is %+v", c)
	}
	if c := there.get("web"); c.ID != id || c.Namespace != other {
		t.Errorf("there it is %+v", c)
	}
	all, err := p.Namespaces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{p.env.Namespace: "1 0 other map[gantry:1]", other: "1 1 other map[gantry:1]"} {
		i := slices.IndexFunc(all, func(n api.Namespace) bool { return n.Name == name })
		if i < 0 {
			t.Errorf("%s is not listed: %+v", name, all)
		} else if got := fmt.Sprintf("%d %d %s %v", all[i].Containers, all[i].Running, all[i].Owner, all[i].Owners); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	there.remove(id)
	f.gone(id)
	if err := there.Close(); err != nil { // nothing: it is the whole's
		t.Error(err)
	}
	if err := there.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	p.remove(here)
}

func TestContainersAreFoundByNameAndByTheBeginningOfTheID(t *testing.T) {
	p := open(t)
	p.foreign("aabb01", nil)
	p.foreign("aabb02", nil)
	p.foreign("aabb", map[string]string{"nerdctl/name": "web"})
	p.foreign("ccc", map[string]string{"nerdctl/name": "aabb02"}) // a name before another's ID
	for asked, id := range map[string]string{"web": "aabb", "/web": "aabb", "aabb": "aabb", "aabb01": "aabb01", "aabb02": "ccc", "c": "ccc"} {
		if c, err := p.Find(t.Context(), asked); err != nil || c.ID != id {
			t.Errorf("%s is %q, not %q (%v)", asked, c.ID, id, err)
		}
	}
	_, err := p.Find(t.Context(), "aa")
	if e := as[*api.AmbiguousError](t, err); len(e.IDs) != 3 || e.Prefix != "aa" {
		t.Errorf("%+v", e)
	}
	for _, asked := range []string{"", "/", "x", "we"} {
		if c, err := p.Find(t.Context(), asked); !errors.As(err, new(*api.NotFoundError)) {
			t.Errorf("%q is %q (%v)", asked, c.ID, err)
		}
	}
}
