package engine_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"gantry/engine"
	"gantry/engine/api"
)

func TestEventsAreToldInDockersWords(t *testing.T) {
	p := open(t)
	ctx, cancel := context.WithCancel(soon(t))
	defer cancel()
	var seen []string
	var last api.Event
	by := map[string]string{}
	heard, ended := make(chan string, 1000), make(chan error, 1)
	go func() {
		ended <- p.Events(ctx, func(ev api.Event) error {
			if ev.Type == api.EventContainer && ev.Attributes["tier"] == "front" {
				seen = append(seen, ev.Action)
				by[ev.Action] = ev.By
				switch ev.Action {
				case "create":
					heard <- ev.ID
				case "die":
					last = ev
					heard <- "its end"
				case "destroy":
					cancel()
				}
			}
			return nil
		})
	}()
	// Nobody says when a subscription has begun: until one of these was heard, more are made.
	var ids []string
	another := func() string {
		ids = append(ids, p.create("-l", "tier=front", "busybox", "sh", "-c", "exit 3"))
		return ids[len(ids)-1]
	}
	p.eventually("the first event", func() bool {
		select {
		case <-heard:
			return true
		default:
			another()
			return false
		}
	})
	// What was renamed before its first name was known is no news.
	id := another()
	for <-heard != id {
	}
	if err := p.Rename(t.Context(), id, "renamed"); err != nil {
		t.Fatal(err)
	}
	p.start(id)
	if _, err := p.Wait(soon(t), id); err != nil {
		t.Fatal(err)
	}
	for <-heard != "its end" { // of which whoever waits may know before it is told
	}
	p.remove(id)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	seen = slices.DeleteFunc(seen, func(s string) bool { return s == "create" })
	if got := strings.Join(seen, " "); got != "rename start die destroy" {
		t.Errorf("%s", got)
	}
	if last.ID != id || last.Attributes["exitCode"] != "3" || last.Attributes["name"] != "renamed" || !strings.HasSuffix(last.Attributes["image"], "/busybox:latest") && last.Attributes["image"] == "" || last.At.IsZero() {
		t.Errorf("%+v", last)
	}
	want := map[string]string{"create": api.ByThis, "rename": api.ByThis, "start": api.ByThis, "die": api.ByItself, "destroy": api.ByThis}
	if !maps.Equal(by, want) {
		t.Errorf("by %v, want %v", by, want)
	}
	for _, id := range ids[:len(ids)-1] {
		p.remove(id)
	}
}

// One who listens sees whose doing it is, as far as that can be known; the events are heard on the
// stream that the live list is kept by.
func TestEventsTellByWhom(t *testing.T) {
	var streams atomic.Int32
	p := open(t, func(c *engine.Config) {
		c.Calls = func(method string) {
			if strings.HasSuffix(method, "/Subscribe") {
				streams.Add(1)
			}
		}
	})
	ctx, cancel := context.WithCancel(soon(t))
	var mu sync.Mutex
	var seen []string
	ended := make(chan error, 1)
	go func() {
		ended <- p.Events(ctx, func(ev api.Event) error {
			mu.Lock()
			defer mu.Unlock()
			if !strings.HasPrefix(ev.Action, "exec") && ev.Type == api.EventContainer {
				seen = append(seen, ev.Attributes["name"]+" "+ev.Action+": "+ev.By)
			}
			return nil
		})
	}()
	told := func(want string) {
		t.Helper()
		p.eventually(want, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return slices.Contains(seen, want)
		})
	}
	id := p.run("--name", "web", "--restart", "always", "busybox", "sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done")
	told("web start: " + api.ByThis)
	// Its process is killed by nobody that is known, and the restart monitor starts it again.
	if err := syscall.Kill(int(p.get(id).Pid), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	told("web die: ")
	told("web start: " + api.ByPolicy)
	if err := p.Stop(t.Context(), id, api.StopOptions{}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	told("web die: " + api.ByThis)
	p.remove(id)
	told("web destroy: " + api.ByThis)
	hog := p.run("--name", "hog", "-m", "16m", "--memory-swap", "16m", "busybox", "sh", "-c", "x=$(head -c 64m /dev/zero | tr '\\0' x)")
	told("hog die: " + api.ByKernel)
	p.remove(hog)
	if n := streams.Load(); n != 1 {
		t.Errorf("%d streams of events were asked for", n)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}
