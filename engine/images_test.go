package engine_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/containerd/platforms"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// The daemon is killed under a pull: the keeper of the connection brings it back, and the
// pull goes on where it was.
func TestAPullOutlivesItsEngine(t *testing.T) {
	p := open(t)
	reg := real.Registry(t)
	layer, err := real.NewLayer([]real.File{real.Noise("big", p.env.Namespace, 5<<20)})
	if err != nil {
		t.Fatal(err)
	}
	m := real.Manifest{Platform: platforms.DefaultSpec(), Layers: []real.Layer{layer}}
	if _, err := reg.PushContent(t.Context(), "big", real.Content{Manifests: []real.Manifest{m}, AsIs: true}); err != nil {
		t.Fatal(err)
	}
	before := real.Count(t, p.env)
	open := make(chan struct{})
	reg.Use(t, real.On(layer.Digest().String(), real.GateAfter(3<<20, open)))
	var (
		once  sync.Once
		mu    sync.Mutex
		notes []string
	)
	killed := make(chan struct{})
	go func() {
		<-killed
		killDaemon(t, p)
		close(open)
	}()
	img, err := p.Pull(t.Context(), reg.Ref("big"), "", api.Observer{Pull: func(pr api.PullProgress) {
		mu.Lock()
		defer mu.Unlock()
		if pr.Note != "" {
			notes = append(notes, pr.Note)
		}
		if pr.Downloaded >= 3<<20 {
			once.Do(func() { close(killed) })
		}
	}})
	if err != nil || img.Name != reg.Ref("big") {
		t.Fatalf("%+v, %v", img, err)
	}
	asked := reg.Requests("GET", layer.Digest().String())
	if len(asked) < 2 || !strings.Contains(asked[len(asked)-1], "range bytes=") {
		t.Errorf("asked for %q", asked)
	}
	if said := strings.Join(notes, "; "); !strings.Contains(said, "waiting for containerd to come back") {
		t.Errorf("said %q", said)
	}
	real.Leftovers(t, p.env, before, "committed snapshot", "shim")
}
