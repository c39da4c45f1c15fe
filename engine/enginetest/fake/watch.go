package fake

import (
	"context"
	"sort"

	"gantry/engine/api"
	"gantry/engine/path"
)

// watcher merges changes by ID until its receiver takes them.
type watcher struct {
	signal  chan struct{}
	conn    bool
	full    bool
	changed map[string]bool
}

func (w *watcher) wake() {
	select {
	case w.signal <- struct{}{}:
	default:
	}
}

// Watch implements backend.Watcher.
func (e *Engine) Watch(ctx context.Context) <-chan api.Update {
	out := make(chan api.Update)
	w := &watcher{signal: make(chan struct{}, 1), changed: map[string]bool{}}
	e.mu.Lock()
	e.calls = append(e.calls, Call{"Watch", ""})
	e.watchers[w] = true
	w.conn, w.full = true, e.conn.State == api.ConnReady
	e.mu.Unlock()
	w.wake()
	go func() {
		defer close(out)
		defer e.forget(w)
		for {
			select {
			case <-ctx.Done():
				return
			case <-w.signal:
			}
			u, ok := e.take(w)
			if !ok {
				continue
			}
			select {
			case out <- u:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (e *Engine) forget(w *watcher) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.watchers, w)
}

// take is what has gathered for a watcher.
func (e *Engine) take(w *watcher) (api.Update, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	u := api.Update{At: e.clock.Now()}
	if w.conn {
		c := e.conn
		u.Conn = &c
	}
	if w.full {
		u.Full, u.Containers = true, e.list()
	} else {
		for id := range w.changed {
			if b := e.boxes[id]; b != nil {
				u.Containers = append(u.Containers, b.c.Clone())
			} else {
				u.Removed = append(u.Removed, id)
			}
		}
		sort.Slice(u.Containers, func(i, j int) bool { return u.Containers[i].ID < u.Containers[j].ID })
		sort.Strings(u.Removed)
	}
	some := w.conn || w.full || len(w.changed) > 0
	w.conn, w.full, w.changed = false, false, map[string]bool{}
	return u, some
}

// publish tells the watchers that a container has changed; under e.mu. While the
// connection is not ready nothing comes through.
func (e *Engine) publish(id string) {
	if e.conn.State != api.ConnReady {
		return
	}
	for w := range e.watchers {
		w.changed[id] = true
		w.wake()
	}
}

// SetConn changes the connection. When it becomes ready the watchers get the full list.
func (e *Engine) SetConn(c api.Connection) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for name, v := range e.views {
		own := c
		if own.Info == (api.EngineInfo{}) {
			own.Info = infoOf(c.State)
		}
		own.Info.Namespace = name
		v.SetConn(own)
	}
	if c.Since.IsZero() {
		c.Since = e.clock.Now()
	}
	if c.Info == (api.EngineInfo{}) {
		c.Info = infoOf(c.State)
	}
	e.conn = c
	for w := range e.watchers {
		w.conn = true
		w.full = w.full || c.State == api.ConnReady
		w.wake()
	}
}

// infoOf is what is known of the engine: its version only once it has answered.
func infoOf(s api.ConnState) api.EngineInfo {
	info := Info()
	if s != api.ConnReady {
		info.Version = ""
	}
	return info
}

// Starting says that the embedded engine is being brought up and has come to a step.
func (e *Engine) Starting(steps []path.Step) {
	e.SetConn(api.Connection{State: api.ConnStarting, Trace: path.Trace{ID: "engine", Operation: "engine", Steps: steps, Started: e.clock.Now()}})
}

// Ready says that the connection is there.
func (e *Engine) Ready() { e.SetConn(api.Connection{State: api.ConnReady}) }

// Lost says that the connection broke.
func (e *Engine) Lost() {
	info := Info()
	e.SetConn(api.Connection{State: api.ConnLost, Info: info, Err: &api.UnavailableError{Address: info.Address, Cause: api.Refused}})
}

// Unavailable says that no engine can be used at all, and why.
func (e *Engine) Unavailable(cause api.UnavailableCause, detail string) {
	known := Info()
	info := api.EngineInfo{Kind: known.Kind, Address: known.Address, Namespace: known.Namespace, DataRoot: known.DataRoot}
	e.SetConn(api.Connection{State: api.ConnLost, Info: info, Err: &api.UnavailableError{Address: Info().Address, Cause: cause, Detail: detail}})
}
