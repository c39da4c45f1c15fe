package image_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/containerd/platforms"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// What the registry says of an image is what a pull of it then brings, and asking leaves
// nothing here.
func TestARegistryIsAskedAboutAnImage(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	ref := reg.Image(t, real.Busybox)
	before := real.Count(t, env)
	got, err := s.Peek(env.Context(t), ref, "")
	if err != nil || got.Layers < 1 || got.Platform != platforms.DefaultString() || !slices.Contains(got.Platforms, got.Platform) {
		t.Fatalf("%+v, %v", got, err)
	}
	real.Leftovers(t, env, before)
	tags, err := s.Tags(env.Context(t), ref)
	if err != nil || len(tags) == 0 || !slices.ContainsFunc(tags, func(tag string) bool { return strings.HasSuffix(ref, ":"+tag) }) {
		t.Errorf("tags of %s: %q, %v", ref, tags, err)
	}
	img, err := s.Pull(env.Context(t), ref, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := s.Summary(env.Context(t), img)
	if err != nil || sum.Size != got.Size {
		t.Errorf("it has %d bytes and was announced with %d: %v", sum.Size, got.Size, err)
	}
	foreign := reg.Image(t, real.Foreign)
	for _, c := range []struct {
		ref, at string
		cause   api.PullCause
	}{
		{foreign, "", api.PullPlatform},
		{reg.Image(t, real.ForeignOne), "", api.PullPlatform},
		{ref, "linux/s390x", api.PullPlatform},
		{reg.Addr + "/busybox:gone", "", api.PullNoTag},
		{reg.Image(t, real.Artifact), "", api.PullNotImage},
		{"127.0.0.1:1/app", "", api.PullUnreachable},
	} {
		_, err := s.Peek(env.Context(t), c.ref, c.at)
		if pe, ok := errors.AsType[*api.PullError](err); !ok || pe.Cause != c.cause {
			t.Errorf("%s at %q: %v, want %s", c.ref, c.at, err, c.cause)
		}
	}
	if got, err := s.Peek(env.Context(t), foreign, "linux/riscv64"); err != nil || got.Platform != "linux/riscv64" {
		t.Errorf("another platform that is there: %+v, %v", got, err)
	}
}
