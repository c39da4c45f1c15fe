package image_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/leases"
	"github.com/containerd/errdefs"
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
	return image.New(env.Client, image.Config{Snapshotter: env.Caps.Snapshotter, DockerConfigDir: dir, HostDirs: []string{}}), dir
}

// reports collects progress and checks what must hold of every report.
type reports struct {
	t   *testing.T
	mu  sync.Mutex
	all []api.PullProgress
	at  []time.Time
}

func (r *reports) add(p api.PullProgress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.all); n > 0 {
		last := r.all[n-1]
		if p.Downloaded < last.Downloaded || p.Unpacked < last.Unpacked || p.Fraction() < last.Fraction() {
			r.t.Errorf("progress went back: %+v after %+v", p, last)
		}
		if p.Phase == last.Phase && p.Phase != api.PullDone && time.Since(r.at[n-1]) < 80*time.Millisecond && n > 1 && last.Phase == r.all[n-2].Phase {
			r.t.Errorf("reports %s apart", time.Since(r.at[n-1]))
		}
	}
	for _, l := range p.Layers {
		if l.Offset > l.Size || l.Unpacked > l.Offset {
			r.t.Errorf("more than all of a layer: %+v", l)
		}
	}
	r.all, r.at = append(r.all, p), append(r.at, time.Now())
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

func TestCancelLeavesNothing(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	ref := reg.Image(t, real.Multi)
	before := real.Count(t, env)
	open := make(chan struct{})
	reg.Use(t, real.On("/blobs/", real.GateAfter(1<<20, open))) // the small layers come whole
	ctx, cancel := context.WithCancel(env.Context(t))
	r, cancelled := &reports{t: t}, time.Time{}
	_, err := s.Pull(ctx, ref, "", func(p api.PullProgress) {
		r.add(p)
		if p.Downloaded > 2<<20 && ctx.Err() == nil {
			cancelled = time.Now()
			cancel()
		}
	})
	if err != context.Canceled {
		t.Fatalf("cancelled, and got %v", err)
	}
	t.Logf("cleared away in %s", time.Since(cancelled))
	if c := real.Count(t, env); len(c["ingest"]) > 0 || len(c["lease"]) > 0 || len(c["active snapshot"]) > 0 {
		t.Errorf("when Pull returns there are still %q", c.Diff(before))
	}
	real.Leftovers(t, env, before)
	if _, err := s.Get(env.Context(t), ref, ""); !isNotHere(err) {
		t.Errorf("half an image is here: %v", err)
	}
	close(open)
	if _, err := s.Pull(env.Context(t), ref, "", nil); err != nil {
		t.Errorf("pull after a cancelled one: %v", err)
	}
}

func TestPullsOfOneImageAreOne(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	ref := reg.Image(t, real.Multi)
	open := make(chan struct{})
	reg.Use(t, real.On("/blobs/", real.Gate(open)))
	ctx, cancel := context.WithCancel(env.Context(t))
	first, waiting := make(chan error, 1), make(chan struct{})
	go func() {
		var once sync.Once
		_, err := s.Pull(ctx, ref, "", func(p api.PullProgress) {
			if p.Phase == api.PullDownloading || p.Phase == api.PullResolving {
				once.Do(func() { close(waiting) })
			}
		})
		first <- err
	}()
	<-waiting
	others := make(chan error, 4)
	seen := make(chan struct{}, 4)
	for range 4 {
		go func() {
			var once sync.Once
			img, err := s.Pull(env.Context(t), ref, "", func(api.PullProgress) { once.Do(func() { seen <- struct{}{} }) })
			if err == nil && img.Name() != ref {
				err = fmt.Errorf("got %s", img.Name())
			}
			others <- err
		}()
	}
	for range 4 {
		<-seen // each is told how far it is as soon as it joins
	}
	cancel()
	if err := <-first; err != context.Canceled {
		t.Errorf("the one that left got %v", err)
	}
	close(open)
	for range 4 {
		if err := <-others; err != nil {
			t.Errorf("one that stayed got %v", err)
		}
	}
	if n := len(reg.Requests("HEAD", "/manifests/latest")); n != 1 {
		t.Errorf("resolved %d times", n)
	}
	if n := len(reg.Requests("GET", "/blobs/")); n != 8 {
		t.Errorf("%d downloads of 8 blobs", n)
	}
}

func TestTwoImagesShareLayersBeingPulled(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	layer := noise(t, "shared", env.Namespace, 3<<20)
	for _, name := range []string{"one", "two"} {
		c := one(layer)
		c.Manifests[0].Config.User = name
		if _, err := reg.PushContent(t.Context(), name, c); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 2)
	for _, name := range []string{"one", "two"} {
		go func() {
			_, err := s.Pull(env.Context(t), reg.Ref(name), "", nil)
			done <- err
		}()
	}
	if err := errors.Join(<-done, <-done); err != nil {
		t.Fatal(err)
	}
	if n := len(reg.Requests("GET", layer.Digest().String())); n != 1 {
		t.Errorf("the shared layer was downloaded %d times", n)
	}
}

func TestPullErrors(t *testing.T) {
	env := real.Engine(t)
	tests := []struct {
		name   string
		image  real.Image
		ref    string // instead of the image's
		at     string // platform
		use    []real.Middleware
		config string
		cause  api.PullCause
		words  string // what Error ends with
	}{
		{name: "bad reference", ref: "Nope", cause: api.PullBadReference, words: "names are lower case"},
		{name: "image ID", ref: "abababababababababababababababababababababababababababababababab", cause: api.PullBadReference, words: "give a name"},
		{name: "no such tag", ref: "REG/busybox:gone", cause: api.PullNoTag, words: "no tag gone in busybox"},
		{name: "no such repository", ref: "REG/gone", cause: api.PullNoTag, words: "no tag latest in gone"},
		{name: "no such digest", ref: "REG/busybox@sha256:abababababababababababababababababababababababababababababababab", cause: api.PullNoTag, words: "nothing with that digest in busybox"},
		{name: "denied", use: []real.Middleware{real.Status(403, "DENIED")}, cause: api.PullDenied, words: "denied"},
		{name: "no login", use: []real.Middleware{real.BasicAuth("me", "right")}, cause: api.PullDenied, words: "or it wants a login"},
		{name: "wrong login", use: []real.Middleware{real.BasicAuth("me", "right")}, config: `{"auths":{"REG":{"username":"me","password":"wrong"}}}`, cause: api.PullLogin, words: "is wrong or has expired"},
		{name: "rate limit", use: []real.Middleware{real.Status(429, "TOOMANYREQUESTS", "Retry-After", "90")}, cause: api.PullRateLimit, words: "try again after 90 s"},
		{name: "server error", use: []real.Middleware{real.Status(500, "UNKNOWN")}, cause: api.PullServer, words: "500 Internal Server Error"},
		{name: "unreachable", ref: "127.0.0.1:1/app", cause: api.PullUnreachable, words: "127.0.0.1:1 refuses the connection"},
		{name: "DNS", ref: "no-such-host.invalid/app", cause: api.PullDNS},
		{name: "platform, index", image: real.Foreign, cause: api.PullPlatform, words: "it has linux/s390x, linux/riscv64"},
		{name: "platform, manifest", image: real.ForeignOne, cause: api.PullPlatform, words: "it has linux/s390x"},
		{name: "platform, named", at: "linux/s390x", cause: api.PullPlatform, words: "nothing for linux/s390x; it has " + platforms.DefaultString()},
		{name: "artifact", image: real.Artifact, cause: api.PullNotImage, words: "helm.config.v1+json"},
		{name: "corrupt layer", use: []real.Middleware{real.On("/blobs/", real.Corrupt())}, cause: api.PullCorrupt},
		{name: "corrupt manifest", use: []real.Middleware{real.On("/manifests/sha256", real.Corrupt())}, cause: api.PullCorrupt, words: "the digest does not fit"},
		{name: "broken off", use: []real.Middleware{real.On("/blobs/", real.Truncate(0))}, cause: api.PullUnreachable},
		{name: "lost layer", use: []real.Middleware{real.On("/blobs/", real.Status(404, "BLOB_UNKNOWN"))}, cause: api.PullServer, words: "it has lost a part of the image"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reg := real.Registry(t)
			s, dir := store(t, env)
			ref := reg.Image(t, cmp.Or(tt.image, real.Busybox))
			if tt.ref != "" {
				ref = strings.ReplaceAll(tt.ref, "REG", reg.Addr)
			}
			if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(strings.ReplaceAll(cmp.Or(tt.config, "{}"), "REG", reg.Addr)), 0o600); err != nil {
				t.Fatal(err)
			}
			reg.Use(t, tt.use...)
			before := real.Count(t, env)
			r := &reports{t: t}
			_, err := s.Pull(env.Context(t), ref, tt.at, r.add)
			var pe *api.PullError
			if !errors.As(err, &pe) || pe.Cause != tt.cause || !strings.HasSuffix(err.Error(), tt.words) {
				t.Fatalf("%v (%+v)", err, pe)
			}
			t.Log(err)
			if tt.cause == api.PullPlatform && !errdefs.IsNotFound(err) {
				t.Error("IsNotFound is not true of it")
			}
			if tt.cause != api.PullBadReference && r.last().Phase != api.PullFailed {
				t.Errorf("the last report is %s", r.last().Phase)
			}
			without := []string{}
			if tt.cause == api.PullUnreachable || tt.cause == api.PullServer {
				without = []string{"lease", "ingest"} // kept for the next try
			}
			real.Leftovers(t, env, before, without...)
		})
	}
}

func TestPullWithALogin(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, dir := store(t, env)
	ref := reg.Image(t, real.Busybox)
	reg.Use(t, real.BasicAuth("me", "right"))
	login := `{"auths":{"` + reg.Addr + `":{"username":"me","password":"right"}}}`
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(login), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Pull(env.Context(t), ref, "", nil); err != nil {
		t.Error(err)
	}
}

func TestPullGoesOnWhereAnEarlierOneBrokeOff(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	layer := noise(t, "big", env.Namespace, 5<<20)
	if _, err := reg.PushContent(t.Context(), "big", one(layer)); err != nil {
		t.Fatal(err)
	}
	before := real.Count(t, env)
	t.Run("broken off", func(t *testing.T) {
		reg.Use(t, real.On(layer.Digest().String(), real.First(1, real.Truncate(3<<20), real.Status(503, "UNAVAILABLE"))))
		_, err := s.Pull(env.Context(t), reg.Ref("big"), "", nil)
		var pe *api.PullError
		if !errors.As(err, &pe) || pe.Cause != api.PullUnreachable {
			t.Fatalf("broke off with %v", err)
		}
	})
	asked := len(reg.Requests("GET", layer.Digest().String()))
	r := &reports{t: t}
	if _, err := s.Pull(env.Context(t), reg.Ref("big"), "", r.add); err != nil {
		t.Fatal(err)
	}
	again := reg.Requests("GET", layer.Digest().String())[asked:]
	if len(again) != 1 || !strings.Contains(again[0], "range bytes=3") {
		t.Errorf("the second pull asked for %q", again)
	}
	real.Leftovers(t, env, before, "committed snapshot")
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
