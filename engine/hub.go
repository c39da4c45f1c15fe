package engine

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"gantry/engine/api"
)

// updateGap is the least time between two updates to one watcher: 20 a second.
const updateGap = 50 * time.Millisecond

// hub holds the latest state of every container and passes changes on to watchers. It
// never waits for one: what a watcher has not taken yet is merged by ID.
type hub struct {
	mu       sync.Mutex
	conn     *api.Connection
	listed   bool      // the first full list has come
	at       time.Time // of the last full list
	all      map[string]api.Container
	oom      map[string]time.Time // when the kernel last killed in a container for want of memory
	watchers map[*watcher]struct{}
}

type watcher struct {
	wake    chan struct{} // one slot
	pending api.Update
	changed map[string]api.Container
	removed map[string]struct{}
	waiting bool // something is pending
}

func (h *hub) init() {
	h.all = map[string]api.Container{}
	h.oom = map[string]time.Time{}
	h.watchers = map[*watcher]struct{}{}
}

// publish applies an update and hands it on.
func (h *hub) publish(u api.Update) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if u.Conn != nil {
		h.conn = u.Conn
	}
	if u.Full {
		h.listed, h.at = true, u.At
		h.all = make(map[string]api.Container, len(u.Containers))
	}
	for _, c := range u.Containers {
		h.all[c.ID] = c
	}
	for _, id := range u.Removed {
		delete(h.all, id)
		delete(h.oom, id)
	}
	for w := range h.watchers {
		w.merge(u)
	}
}

func (w *watcher) merge(u api.Update) {
	if u.Conn != nil {
		w.pending.Conn = u.Conn
	}
	if u.Full {
		w.pending.Full = true
		clear(w.changed)
		clear(w.removed)
	}
	for _, c := range u.Containers {
		w.changed[c.ID] = c
		delete(w.removed, c.ID)
	}
	for _, id := range u.Removed {
		delete(w.changed, id)
		w.removed[id] = struct{}{}
	}
	w.pending.At = u.At
	w.waiting = true
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// list is the live list as it stands, in no order.
func (h *hub) list() []api.Container {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Values(h.all))
}

// some are the containers of the live list that something is heard of.
func (h *hub) some(news []heard) map[string]api.Container {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make(map[string]api.Container, len(news))
	for _, n := range news {
		if c, ok := h.all[n.id]; ok {
			out[n.id] = c
		}
	}
	return out
}

// unheard is how a full list differs from the live one.
func (h *hub) unheard(all []api.Container) (changed []api.Container, gone []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	here := make(map[string]bool, len(all))
	for _, c := range all {
		here[c.ID] = true
		if known, ok := h.all[c.ID]; !ok || !reflect.DeepEqual(c, known) {
			changed = append(changed, c)
		}
	}
	for id := range h.all {
		if !here[id] {
			gone = append(gone, id)
		}
	}
	return changed, gone
}

// ids are those of the live list.
func (h *hub) ids() map[string]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make(map[string]bool, len(h.all))
	for id := range h.all {
		all[id] = true
	}
	return all
}

// age has what is listed not be what is known now.
func (h *hub) age() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = time.Time{}
}

// listedSince reports whether the whole list was read at a time or later.
func (h *hub) listedSince(t time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.listed && !h.at.Before(t)
}

// take empties what is pending; ok is false when nothing is.
func (h *hub) take(w *watcher) (u api.Update, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !w.waiting {
		return api.Update{}, false
	}
	u = w.pending
	u.Containers = make([]api.Container, 0, len(w.changed))
	for _, c := range w.changed {
		u.Containers = append(u.Containers, c.Clone())
	}
	u.Removed = slices.Collect(maps.Keys(w.removed))
	w.pending, w.waiting = api.Update{}, false
	clear(w.changed)
	clear(w.removed)
	return u, true
}

func (h *hub) join() *watcher {
	w := &watcher{wake: make(chan struct{}, 1), changed: map[string]api.Container{}, removed: map[string]struct{}{}}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers[w] = struct{}{}
	first := api.Update{Conn: h.conn, Full: h.listed}
	if h.listed {
		first.Containers = slices.Collect(maps.Values(h.all))
	}
	if h.conn != nil || h.listed {
		w.merge(first)
	}
	return w
}

func (h *hub) leave(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers, w)
}

// states counts the containers by state.
func (h *hub) states() map[api.State]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := map[api.State]int{}
	for _, c := range h.all {
		n[c.State]++
	}
	return n
}

// Watch follows the connection and the containers: first how it stands, then changes, at
// most 20 updates a second, until ctx or the engine ends. Then the channel is closed. While
// there is no connection a new watch has the engine try again at once.
func (e *Engine) Watch(ctx context.Context) <-chan api.Update {
	out := make(chan api.Update)
	e.watch.Do(func() { close(e.watched) })
	w := e.hub.join()
	if e.connection().State == api.ConnLost {
		e.Retry()
	}
	e.done.Go(func() {
		defer close(out)
		defer e.hub.leave(w)
		listed := false
		for {
			select {
			case <-w.wake:
			case <-ctx.Done():
				return
			case <-e.life.Done():
				return
			}
			u, ok := e.hub.take(w)
			if !ok {
				continue
			}
			select {
			case out <- u:
			case <-ctx.Done():
				return
			case <-e.life.Done():
				return
			}
			if listed = listed || u.Full; !listed {
				continue // the first list does not wait behind the news of the connection
			}
			select {
			case <-time.After(updateGap):
			case <-ctx.Done():
				return
			case <-e.life.Done():
				return
			}
		}
	})
	return out
}

// sawOOM notes that the kernel killed something in a container for want of memory.
func (h *hub) sawOOM(id string, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.oom[id] = at
}

// oomWindow is how far an OOM event and the exit it caused may lie apart.
const oomWindow = 3 * time.Second

// oomKilled reports whether an exit came with an OOM kill.
func (h *hub) oomKilled(id string, exit time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	at, ok := h.oom[id]
	return ok && exit.Sub(at).Abs() < oomWindow
}
