package image_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

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
		if !errors.As(err, &pe) || pe.Cause != api.PullServer {
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
