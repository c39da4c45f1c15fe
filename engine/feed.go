package engine

import (
	"errors"
	"sync"

	"gantry/engine/api"
)

// manyEvents is how many may wait for one who listens.
const manyEvents = 10_000

// errBehind is the end of one who listens and does not take what is told.
var errBehind = errors.New("events came faster than they were taken")

// feed passes events on to those who listen. It never waits for one.
type feed struct {
	mu        sync.Mutex
	listeners map[*listener]struct{}
}

type listener struct {
	wake    chan struct{} // one slot
	pending []api.Event
	err     error // nothing more will come
}

func (f *feed) join() *listener {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.listeners == nil {
		f.listeners = map[*listener]struct{}{}
	}
	li := &listener{wake: make(chan struct{}, 1)}
	f.listeners[li] = struct{}{}
	return li
}

func (f *feed) leave(li *listener) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.listeners, li)
}

// wanted reports whether anybody listens.
func (f *feed) wanted() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.listeners) > 0
}

func (f *feed) publish(evs []api.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for li := range f.listeners {
		switch {
		case li.err != nil:
			continue
		case len(li.pending)+len(evs) > manyEvents:
			li.err = errBehind
		default:
			li.pending = append(li.pending, evs...)
		}
		li.rouse()
	}
}

// end tells those who listen that nothing more will come, and why.
func (f *feed) end(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for li := range f.listeners {
		if li.err == nil {
			li.err = err
		}
		li.rouse()
	}
}

func (li *listener) rouse() {
	select {
	case li.wake <- struct{}{}:
	default:
	}
}

// take is what has come since, and why nothing more will.
func (f *feed) take(li *listener) ([]api.Event, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	evs := li.pending
	li.pending = nil
	return evs, li.err
}
