package engine_test

import (
	"context"
	"path"
	"slices"
	"sync"
	"testing"

	"github.com/containerd/containerd/v2/core/snapshots"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/record"
)

// calls are what was asked of containerd.
type calls struct {
	mu    sync.Mutex
	count map[string]int
}

func (c *calls) told(method string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count[path.Base(path.Dir(method))+"/"+path.Base(method)]++
}

// since gives how often each thing was asked since the last time.
func (c *calls) since() (all int, each map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	each, c.count = c.count, map[string]int{}
	for _, n := range each {
		all += n
	}
	return all, each
}

// What a single command costs does not grow with the containers that are there, and a list is
// two calls.
func TestASingleCommandAsksContainerdForLittle(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	if err := record.Open(p.env.Endpoint.RecordStore, p.env.Namespace).Swept(); err != nil {
		t.Fatal(err)
	}
	c := &calls{count: map[string]int{}}
	brief := openOn(t, p.env, func(cfg *engine.Config) { cfg.Brief, cfg.Calls = true, c.told })
	if all, each := c.since(); all != 3 {
		t.Errorf("to connect: %d calls: %v", all, each)
	}
	id := brief.create("busybox", "true")
	if all, each := c.since(); all != 5 { // the image, its manifest and config, the snapshot, the record
		t.Errorf("to create: %d calls: %v", all, each)
	}
	if _, err := brief.Containers(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all, each := c.since(); all != 2 {
		t.Errorf("to list: %d calls: %v", all, each)
	}
	// Who watches from the start has the list for six calls, which are made together.
	var mu sync.Mutex
	var first []string
	openOn(t, p.env, func(cfg *engine.Config) {
		cfg.Calls = func(method string) {
			mu.Lock()
			defer mu.Unlock()
			first = append(first, path.Base(method))
		}
	})
	mu.Lock()
	first = slices.Sorted(slices.Values(first[:min(6, len(first))]))
	mu.Unlock()
	if want := []string{"Check", "List", "ListStream", "Plugins", "Subscribe", "Version"}; !slices.Equal(first, want) {
		t.Errorf("for the first list: %v", first)
	}
	// Who watches after all has the list, and what changes.
	for u := range brief.Watch(t.Context()) {
		if u.Full && len(u.Containers) > 0 {
			break
		}
	}
	brief.remove(id)
	brief.eventually("the watcher to see it go", func() bool {
		for u := range brief.Watch(t.Context()) {
			if u.Full {
				return len(u.Containers) == 0
			}
		}
		return false
	})
	// Layers that are no snapshots any more are unpacked for the one that finds them missing.
	p.dropSnapshots()
	brief.remove(brief.create("busybox", "true"))
}

// dropSnapshots removes the layers of all images, as a clean-up does that keeps their contents.
func (p *place) dropSnapshots() {
	p.t.Helper()
	ctx, all := p.env.Context(p.t), p.env.Client.SnapshotService(p.env.Caps.Snapshotter)
	p.eventually("the last snapshot to go", func() bool {
		var left []string
		err := all.Walk(ctx, func(_ context.Context, s snapshots.Info) error {
			left = append(left, s.Name)
			return nil
		})
		for _, name := range left {
			_ = all.Remove(ctx, name) // not while another one lies on it
		}
		return err == nil && len(left) == 0
	})
}

// A container of a single command that is to have a port does not get another's.
func TestASingleCommandKnowsTheOthersPorts(t *testing.T) {
	p := open(t)
	first := p.create("-p", "127.0.0.1:39000-39001:80", "busybox", "true")
	brief := openOn(t, p.env, func(cfg *engine.Config) { cfg.Brief = true })
	second := brief.create("-p", "127.0.0.1:39000-39001:80", "busybox", "true")
	if a, b := p.get(first).Ports, p.get(second).Ports; len(a) != 1 || len(b) != 1 || a[0].HostPort == b[0].HostPort {
		t.Errorf("%+v and %+v", a, b)
	}
	_, err := brief.Create(t.Context(), brief.request("-p", "127.0.0.1:39000-39001:80", "busybox", "true"), api.Observer{})
	if err == nil {
		t.Error("a third one has got one")
	}
	p.remove(first)
	p.remove(second)
}
