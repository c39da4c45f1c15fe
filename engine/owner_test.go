package engine_test

import (
	"errors"
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
	if err := p.Logs(t.Context(), "someones", api.LogOptions{}, nil); !errors.As(err, new(*api.UnsupportedError)) {
		t.Errorf("logs: %v", err)
	}
	if r, err := p.Inspect(t.Context(), "someones"); err != nil || r.Path != "sleep" || r.HostConfig == nil || r.LogPath != "" {
		t.Errorf("inspect: %+v, %v", r, err)
	}
	p.remove("someones")
	f.gone("someones")
}

// changes are the actions that a container's owner alone may do.
var changes = map[string]func(p *place, id string) error{
	"start": func(p *place, id string) error {
		_, err := p.Start(p.t.Context(), id, api.StartOptions{}, api.Observer{})
		return err
	},
	"stop": func(p *place, id string) error {
		return p.Stop(p.t.Context(), id, api.StopOptions{}, api.Observer{})
	},
	"kill": func(p *place, id string) error { return p.Kill(p.t.Context(), id, "") },
	"remove": func(p *place, id string) error {
		return p.Remove(p.t.Context(), id, api.RemoveOptions{Force: true}, api.Observer{})
	},
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

// The process of a pod goes on, whatever is tried; the same container without its owner's
// label may be stopped.
func TestARunningContainerOfAPodGoesOn(t *testing.T) {
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
	label("container")
	before := p.get(id)
	for action, do := range changes {
		if e := as[*api.OwnerError](t, do(p, id)); e.Owner != api.OwnerKubernetes || e.Action != action {
			t.Errorf("%s: %+v", action, e)
		}
	}
	if c := p.get(id); c.State != api.StateRunning || c.Pid != before.Pid {
		t.Errorf("it is %s with pid %d, which was %d", c.State, c.Pid, before.Pid)
	}
	label("")
	if err := p.Kill(t.Context(), id, ""); err != nil {
		t.Error(err)
	}
	p.remove(id)
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
