package image_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/leases"
	"github.com/containerd/platforms"
	"go.uber.org/goleak"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/image"
)

func TestMain(m *testing.M) { real.Main(m) }

// store is a Store over the test's engine; logins come from a folder of the test's own.
func store(t *testing.T, env *real.Env) (*image.Store, string) {
	t.Helper()
	dir := t.TempDir()
	return image.New(env.Client, image.Config{Snapshotter: env.Caps.Snapshotter, DockerConfigDir: dir, HostDirs: []string{}, Patience: patient()}), dir
}

// patient bears with a registry that is slow because the machine is.
func patient() image.Patience {
	p := brief()
	p.Silence = 20 * time.Second
	return p
}

// brief is the patience of tests with a registry that falls silent.
func brief() image.Patience {
	return image.Patience{Silence: 500 * time.Millisecond, Pause: 5 * time.Millisecond, Wait: 3 * time.Second, Helper: time.Second}
}

// reports collects progress and checks what must hold of every report.
type reports struct {
	t   *testing.T
	mu  sync.Mutex
	all []api.PullProgress

	phase int       // the first report of the phase
	since time.Time // when it came
}

func (r *reports) add(p api.PullProgress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.all); n > 0 {
		last := r.all[n-1]
		if p.Downloaded < last.Downloaded || p.Unpacked < last.Unpacked || p.Fraction() < last.Fraction() {
			r.t.Errorf("progress went back: %+v after %+v", p, last)
		}
		if p.Phase != last.Phase {
			r.phase, r.since = n, time.Now()
		}
	} else {
		r.since = time.Now()
	}
	// Ten a second, counted over the phase: one that comes late makes the next seem early.
	if n, took := len(r.all)-r.phase, time.Since(r.since); p.Phase != api.PullDone && n > 2+int(took/(80*time.Millisecond)) {
		r.t.Errorf("%d reports of %v in %s", n, p.Phase, took)
	}
	for _, l := range p.Layers {
		if l.Offset > l.Size || l.Unpacked > l.Offset {
			r.t.Errorf("more than all of a layer: %+v", l)
		}
	}
	r.all = append(r.all, p)
}

func (r *reports) last() api.PullProgress {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) == 0 {
		return api.PullProgress{}
	}
	return r.all[len(r.all)-1]
}

func (r *reports) phases() []api.PullPhase {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []api.PullPhase
	for _, p := range r.all {
		found = append(found, p.Phase)
	}
	return slices.Compact(found)
}

func TestPullBringsLayersWithProgress(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	ctx := env.Context(t)
	ref := reg.Image(t, real.Multi)
	if _, err := s.Get(ctx, ref, ""); !isNotHere(err) {
		t.Fatalf("before the pull: %v", err)
	}
	reg.Use(t, real.On("/blobs/", real.Slow(64<<20)))
	r := &reports{t: t}
	img, err := s.Pull(ctx, ref, "", r.add)
	if err != nil {
		t.Fatal(err)
	}
	p := r.last()
	if p.Phase != api.PullDone || p.Total == 0 || p.Downloaded != p.Total || p.Unpacked != p.Total || len(p.Layers) != 7 || p.LastByte.IsZero() {
		t.Errorf("the last report: %+v", p)
	}
	if p.Ref != ref || p.Platform == "" {
		t.Errorf("it is about %q on %q", p.Ref, p.Platform)
	}
	for _, l := range p.Layers {
		if l.State != api.LayerDone {
			t.Errorf("at the end a layer is %s", l.State)
		}
	}
	// The last layer may be unpacked before anybody could be told that it is.
	got := slices.DeleteFunc(r.phases(), func(p api.PullPhase) bool { return p == api.PullUnpacking })
	if !slices.Equal(got, []api.PullPhase{api.PullResolving, api.PullDownloading, api.PullDone}) {
		t.Errorf("phases %v", got)
	}
	if ok, err := s.Unpacked(ctx, img); !ok || err != nil {
		t.Errorf("unpacked: %v, %v", ok, err)
	}
	if n, layers := len(reg.Requests("GET", "/blobs/")), len(p.Layers)+1; n != layers {
		t.Errorf("%d downloads for %d blobs", n, layers)
	}
	described(ctx, t, s, ref)
}

func TestLayersAreUnpackedWhileOthersArrive(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	c := one(noise(t, "base", env.Namespace, 1<<20))
	late := noise(t, "late", env.Namespace, 2<<20)
	c.Manifests[0].Layers = append(c.Manifests[0].Layers, late)
	if _, err := reg.PushContent(t.Context(), "two", c); err != nil {
		t.Fatal(err)
	}
	open := make(chan struct{})
	reg.Use(t, real.On(late.Digest().String(), real.Gate(open)))
	ctx, cancel := context.WithTimeout(env.Context(t), 30*time.Second)
	defer cancel()
	var once sync.Once
	_, err := s.Pull(ctx, reg.Ref("two"), "", func(p api.PullProgress) {
		if p.Phase == api.PullDownloading && p.Unpacked > 0 {
			once.Do(func() { close(open) })
		}
	})
	if err != nil {
		t.Errorf("the first layer waits for the second: %v", err)
	}
}

func noise(t *testing.T, name, seed string, size int) real.Layer {
	t.Helper()
	l, err := real.NewLayer([]real.File{real.Noise(name, name+seed, size)})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func described(ctx context.Context, t *testing.T, s *image.Store, ref string) {
	t.Helper()
	c, err := s.Describe(ctx, ref, "")
	if err != nil || !slices.Equal(c.Cmd, []string{"bash"}) || c.Name != ref {
		t.Errorf("described as %+v, %v", c, err)
	}
	list, err := s.List(ctx)
	if err != nil || len(list) != 1 {
		t.Fatalf("list: %+v, %v", list, err)
	}
	if i := list[0]; i.Name != ref || len(i.Platforms) != 1 || i.Platforms[0] != c.Platform || i.Size < 6<<20 || i.CreatedAt.IsZero() {
		t.Errorf("listed as %+v", i)
	}
	if _, err := s.Get(ctx, list[0].Digest[7:19], ""); err != nil {
		t.Errorf("not found by the beginning of its ID: %v", err)
	}
	if _, err := s.Get(ctx, ref, "linux/mips64le"); !isNotHere(err) {
		t.Errorf("here for a platform that was not pulled: %v", err)
	}
}

func isNotHere(err error) bool {
	var nf *api.NotFoundError
	return errors.As(err, &nf) && nf.Kind == "image"
}

func TestSecondPullFindsEverything(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	ref := reg.Image(t, real.Busybox)
	if _, err := s.Pull(env.Context(t), ref, "", nil); err != nil {
		t.Fatal(err)
	}
	before, downloads := real.Count(t, env), len(reg.Requests("GET", "/blobs/"))
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	r := &reports{t: t}
	if _, err := s.Pull(env.Context(t), ref, "", r.add); err != nil {
		t.Fatal(err)
	}
	p := r.last()
	if p.Phase != api.PullDone || p.Fraction() != 1 || p.Downloaded != p.Total || p.Layers[0].State != api.LayerExists || p.BytesPerSec != 0 || !p.LastByte.IsZero() {
		t.Errorf("%+v", p)
	}
	if n := len(reg.Requests("GET", "/blobs/")); n != downloads {
		t.Errorf("%d blobs were downloaded again", n-downloads)
	}
	real.Leftovers(t, env, before)
}

func TestPullIntoALeaseOfTheCaller(t *testing.T) {
	env := real.Engine(t)
	s, _ := store(t, env)
	ls := env.Client.LeasesService()
	l, err := ls.Create(env.Context(t), leases.WithRandomID())
	if err != nil {
		t.Fatal(err)
	}
	ctx := leases.WithLease(env.Context(t), l.ID)
	img, err := s.Pull(ctx, real.Registry(t).Image(t, real.Busybox), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	// With the record gone, and a collection run, only the lease holds the image.
	if err := env.Client.ImageService().Delete(env.Context(t), img.Name(), images.SynchronousDelete()); err != nil {
		t.Fatal(err)
	}
	if ok, err := s.Unpacked(env.Context(t), img); err != nil || !ok {
		t.Errorf("the lease does not hold it: %v, %v", ok, err)
	}
	if err := ls.Delete(env.Context(t), l, leases.SynchronousDelete); err != nil {
		t.Fatal(err)
	}
	if ok, err := s.Unpacked(env.Context(t), img); err == nil && ok {
		t.Error("it is held by something else")
	}
}

// one is an image of one layer, pushed as it is.
func one(layer real.Layer) real.Content {
	return real.Content{Manifests: []real.Manifest{{Platform: platforms.DefaultSpec(), Layers: []real.Layer{layer}}}, AsIs: true}
}

func TestUnpackAfterwards(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	ctx := env.Context(t)
	img, err := env.Client.Fetch(ctx, reg.Image(t, real.Configured), containerd.WithPlatform(platforms.DefaultString()))
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Get(ctx, img.Name, "")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := s.Unpacked(ctx, got); ok || err != nil {
		t.Fatalf("unpacked before: %v, %v", ok, err)
	}
	for range 2 {
		if err := s.EnsureUnpacked(ctx, got); err != nil {
			t.Fatal(err)
		}
	}
	if ok, err := s.Unpacked(ctx, got); !ok || err != nil {
		t.Errorf("unpacked after: %v, %v", ok, err)
	}
	c, err := s.Describe(ctx, img.Name, "")
	if err != nil || c.User != "app" || c.StopSignal != "SIGUSR1" || !slices.Equal(c.ExposedPorts, []string{"8080/tcp", "9090/udp"}) || !slices.Equal(c.Volumes, []string{"/data"}) {
		t.Errorf("%+v, %v", c, err)
	}
}
