package engine_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/pkg/oci"

	"gantry/engine/api"
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
	_, err := p.Start(t.Context(), "pod-container", api.StartOptions{}, api.Observer{})
	if e := as[*api.OwnerError](t, err); e.Owner != api.OwnerKubernetes || e.Action != "start" {
		t.Errorf("start: %+v", e)
	}
	err = p.Remove(t.Context(), "pod-container", api.RemoveOptions{Force: true}, api.Observer{})
	if e := as[*api.OwnerError](t, err); e.Owner != api.OwnerKubernetes || e.Action != "remove" {
		t.Errorf("remove: %+v", e)
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
