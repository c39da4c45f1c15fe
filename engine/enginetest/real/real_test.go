package real

import (
	"os"
	"testing"

	"github.com/containerd/containerd/v2/core/mount"
	"github.com/containerd/errdefs"
)

func TestMain(m *testing.M) { Main(m) }

func TestImagesArePushedAndServed(t *testing.T) {
	s := Registry(t)
	for _, img := range Every() {
		if ref := s.Image(t, img); ref != s.Addr+"/"+string(img)+":latest" {
			t.Errorf("%s is at %s", img, ref)
		}
	}
	if n := len(s.Requests("PUT", "/busybox/manifests/latest")); n != 1 {
		t.Errorf("the manifest was pushed %d times", n)
	}
}

func TestEveryRegistryHasItsOwnLayers(t *testing.T) {
	l, err := NewLayer([]File{Noise("a", "a", 1000)})
	if err != nil {
		t.Fatal(err)
	}
	a, errA := l.Salted("a")
	b, errB := l.Salted("b")
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if a.Digest() == b.Digest() || a.DiffID() == b.DiffID() || a.Digest() == l.Digest() {
		t.Error("salted layers are the same")
	}
	again, err := NewLayer([]File{Noise("a", "a", 1000)})
	if err != nil || again.Digest() != l.Digest() {
		t.Errorf("the same files make another layer (%v)", err)
	}
}

func TestCensusSeesWhatStays(t *testing.T) {
	env := Engine(t)
	before := Count(t, env)
	ctx, done, err := env.Client.WithLease(env.Context(t))
	if err != nil {
		t.Fatal(err)
	}
	sn := env.Client.SnapshotService(env.Caps.Snapshotter)
	if _, err := sn.Prepare(ctx, "left", ""); err != nil {
		t.Fatal(err)
	}
	point := env.Endpoint.StateDir + "/mounted"
	if err := os.Mkdir(point, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := mount.All([]mount.Mount{{Type: "tmpfs", Source: "tmpfs"}}, point); err != nil {
		t.Fatal(err)
	}
	left := Count(t, env).Diff(before)
	if len(left) != 3 || left[0] != "active snapshot: left" || left[2] != "mount: "+point {
		t.Errorf("census found %q", left)
	}
	if err := mount.Unmount(point, 0); err != nil {
		t.Error(err)
	}
	if err := sn.Remove(ctx, "left"); err != nil && !errdefs.IsNotFound(err) {
		t.Error(err)
	}
	if err := done(ctx); err != nil {
		t.Error(err)
	}
	Leftovers(t, env, before)
}
