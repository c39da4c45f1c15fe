package image_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/pkg/namespaces"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/image"
	"gantry/ui/kit"
)

const bigLayer = 5 << 20

// bigImage pushes an image of one big layer and counts the bytes of it that are served.
func bigImage(t *testing.T, env *real.Env, reg *real.Server, m ...real.Middleware) (real.Layer, *atomic.Int64) {
	t.Helper()
	layer, sent := noise(t, "big", t.Name()+env.Namespace, bigLayer), new(atomic.Int64)
	if _, err := reg.PushContent(t.Context(), "big", one(layer)); err != nil {
		t.Fatal(err)
	}
	for i := range m {
		m[i] = real.On(layer.Digest().String(), m[i])
	}
	reg.Use(t, append([]real.Middleware{real.On(layer.Digest().String(), real.CountBytes(sent))}, m...)...)
	return layer, sent
}

func good(next http.Handler) http.Handler { return next }

// served checks that about so many bytes were served as a layer has: a little may have been
// on its way when the connection broke off.
func served(t *testing.T, sent *atomic.Int64, times float64) {
	t.Helper()
	if n := float64(sent.Load()) / bigLayer; n < times || n > times+0.3 {
		t.Errorf("%.2f times the layer was served, want %.2f", n, times)
	}
}

func TestADownloadThatBreaksOffGoesOnFromWhereItWas(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	layer, sent := bigImage(t, env, reg, real.First(2, real.Truncate(1<<20), good))
	r := &reports{t: t}
	if _, err := s.Pull(env.Context(t), reg.Ref("big"), "", r.add); err != nil {
		t.Fatal(err)
	}
	served(t, sent, 1)
	if asked := reg.Requests("GET", layer.Digest().String()); len(asked) != 3 || !strings.Contains(asked[2], "range bytes=2097152-") {
		t.Errorf("asked for %q", asked)
	}
}

func TestARegistryThatIgnoresRanges(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	// The whole layer comes again; what is here already is thrown away.
	_, sent := bigImage(t, env, reg, real.Whole(), real.First(1, real.Truncate(1<<20), good))
	if _, err := s.Pull(env.Context(t), reg.Ref("big"), "", (&reports{t: t}).add); err != nil {
		t.Fatal(err)
	}
	served(t, sent, 1.2)
}

// A server that answers a range with something else would spoil the layer: it is fetched
// again, whole.
func TestARangeThatIsAnotherOne(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	s, _ := store(t, env)
	shift := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			if r.Header.Get("Range") != "" {
				r.Header.Set("Range", "bytes=1000-")
			}
			next.ServeHTTP(w, r)
		})
	}
	bigImage(t, env, reg, shift, real.First(1, real.Truncate(1<<20), good))
	before := real.Count(t, env)
	if _, err := s.Pull(env.Context(t), reg.Ref("big"), "", (&reports{t: t}).add); err != nil {
		t.Fatal(err)
	}
	real.Leftovers(t, env, before, "committed snapshot")
}

// TestPullInAChild is the pull that the next test kills.
func TestPullInAChild(t *testing.T) {
	at := strings.Fields(os.Getenv("GANTRY_TEST_PULL"))
	if len(at) != 4 {
		t.Skip("only for the next test")
	}
	c, err := containerd.New(at[0])
	if err != nil {
		t.Fatal(err)
	}
	s := image.New(c, image.Config{Snapshotter: at[3], DockerConfigDir: t.TempDir(), HostDirs: []string{}})
	_, err = s.Pull(namespaces.WithNamespace(t.Context(), at[1]), at[2], "", nil)
	t.Fatalf("the pull ended: %v", err)
}

func TestAPullGoesOnAfterGantryWasKilled(t *testing.T) {
	env := real.Engine(t)
	reg := real.Registry(t)
	before := real.Count(t, env)
	_, sent := bigImage(t, env, reg, real.First(1, real.GateAfter(3<<20, nil), good))
	child := exec.Command(os.Args[0], "-test.run=^TestPullInAChild$")
	child.Env = append(os.Environ(), "GANTRY_TEST_PULL="+strings.Join([]string{env.Endpoint.Address, env.Namespace, reg.Ref("big"), env.Caps.Snapshotter}, " "))
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(20 * time.Second); arrived(t, env) < 3<<20; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("the child fetches nothing: %s", &out)
		}
	}
	if err := errors.Join(child.Process.Kill()); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // killed
	s, _ := store(t, env)
	if _, err := s.Pull(env.Context(t), reg.Ref("big"), "", (&reports{t: t}).add); err != nil {
		t.Fatal(err)
	}
	served(t, sent, 1)
	real.Leftovers(t, env, before, "committed snapshot") // the dead one's lease is gone, too
}

// arrived is how much of all downloads is in the content store.
func arrived(t *testing.T, env *real.Env) (n int64) {
	t.Helper()
	active, err := env.Client.ContentStore().ListStatuses(env.Context(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range active {
		n += a.Offset
	}
	return n
}

// When containerd dies the pull fails at once, in words; with containerd back the next
// one goes on where it was.
func TestContainerdDiesUnderAPull(t *testing.T) {
	own := real.OwnEngine(t, "160m")
	reg := real.Registry(t)
	before := real.Count(t, own.Env)
	layer, sent := bigImage(t, own.Env, reg, real.First(1, real.GateAfter(3<<20, nil), good))
	s := image.New(own.Client, image.Config{Snapshotter: own.Caps.Snapshotter, DockerConfigDir: t.TempDir(), HostDirs: []string{}, Patience: brief()})
	failed := make(chan error, 1)
	r := &reports{t: t}
	go func() {
		_, err := s.Pull(own.Context(t), reg.Ref("big"), "", r.add)
		failed <- err
	}()
	for late := time.Now().Add(20 * time.Second); arrived(t, own.Env) < 3<<20; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatal("nothing is fetched")
		}
	}
	own.Kill(t)
	select {
	case err := <-failed:
		var pe *api.PullError
		if !errors.As(err, &pe) || pe.Cause != api.PullEngine {
			t.Errorf("failed with %v", err)
		}
		t.Log(kit.Explain(err).Line())
	case <-time.After(20 * time.Second):
		t.Fatal("the pull does not notice")
	}
	if r.last().Phase != api.PullFailed {
		t.Errorf("the last report: %+v", r.last())
	}
	own.Up(t)
	serves(t, own)
	if _, err := s.Pull(own.Context(t), reg.Ref("big"), "", (&reports{t: t}).add); err != nil {
		t.Fatal(err)
	}
	// What came while there was nobody to take it comes again, but nothing of the rest.
	if n := sent.Load(); n > bigLayer+(bigLayer-3<<20)+1<<16 {
		t.Errorf("%d bytes were served", n)
	}
	asked := reg.Requests("GET", layer.Digest().String())
	if last := asked[len(asked)-1]; !strings.HasSuffix(last, "range bytes=3145728-") {
		t.Errorf("asked for %q", asked)
	}
	real.Leftovers(t, own.Env, before, "committed snapshot")
}

// serves waits until the client has found containerd again.
func serves(t *testing.T, own *real.Separate) {
	t.Helper()
	for late := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := own.Client.Version(t.Context()); err == nil {
			return
		} else if time.Now().After(late) {
			t.Fatal(err)
		}
	}
}
