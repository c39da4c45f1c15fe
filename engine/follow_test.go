package engine_test

import (
	"context"
	"testing"
	"time"

	"gantry/engine/api"
)

// follower applies what a watch tells, as a screen does.
type follower struct {
	t       testing.TB
	updates <-chan api.Update
	conn    api.Connection
	all     map[string]api.Container
	listed  bool
	states  map[string][]api.State // of each container, as they were told
}

// follow watches and waits for the first list.
func (p *place) follow() *follower {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p.t.Cleanup(cancel)
	f := &follower{t: p.t, updates: p.Watch(ctx), all: map[string]api.Container{}, states: map[string][]api.State{}}
	f.until("the first list", func() bool { return f.listed && f.conn.State == api.ConnReady })
	return f
}

func (f *follower) apply(u api.Update) {
	if u.Conn != nil {
		f.conn = *u.Conn
	}
	if u.Full {
		f.listed = true
		f.all = map[string]api.Container{}
	}
	for _, c := range u.Containers {
		f.all[c.ID] = c
		if s := f.states[c.ID]; len(s) == 0 || s[len(s)-1] != c.State {
			f.states[c.ID] = append(s, c.State)
		}
	}
	for _, id := range u.Removed {
		delete(f.all, id)
	}
}

// until reads updates until it is so, and returns how long that took.
func (f *follower) until(what string, so func() bool) time.Duration {
	f.t.Helper()
	began, late := time.Now(), time.After(patience)
	for !so() {
		select {
		case u, ok := <-f.updates:
			if !ok {
				f.t.Fatalf("the watch ended before %s", what)
			}
			f.apply(u)
		case <-late:
			f.t.Fatalf("no word of %s; connection %s (%v), containers %v", what, f.conn.State, f.conn.Err, f.states)
		}
	}
	return time.Since(began)
}

// state waits until a container is in a state.
func (f *follower) state(id string, s api.State) api.Container {
	f.t.Helper()
	f.until(api.ShortID(id)+" "+string(s), func() bool { return f.all[id].State == s })
	return f.all[id]
}

// gone waits until a container is not listed any more.
func (f *follower) gone(id string) {
	f.t.Helper()
	f.until(api.ShortID(id)+" gone", func() bool { _, there := f.all[id]; return !there })
}
