package fake

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/engine/path"
)

// box is one container with all that is remembered of it.
type box struct {
	c       api.Container
	req     api.CreateRequest
	traces  []path.Trace // newest first
	log     []api.LogLine
	changed chan struct{} // closed and replaced at each change
	sample  api.Sample
	busy    float64   // percent of a core it uses
	since   time.Time // from when on
}

// Add puts a container on the host as it is given. What is missing is filled in: ID,
// image, creation time, owner. It returns the container's ID.
func (e *Engine) Add(c api.Container) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.ID == "" {
		c.ID = e.newID()
	}
	if c.Namespace == "" {
		c.Namespace = "default"
	}
	if c.Image == "" {
		c.Image = "busybox"
	}
	c.Image = full(c.Image)
	if c.State == "" {
		c.State = api.StateCreated
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = e.clock.Now()
	}
	if c.Owner == "" {
		c.Owner = api.OwnerGantry
	}
	if c.Platform == "" {
		c.Platform = "linux/amd64"
	}
	e.boxes[c.ID] = &box{c: c, changed: make(chan struct{})}
	e.publish(c.ID)
	return c.ID
}

// Change edits a container, as somebody else on the host would.
func (e *Engine) Change(id string, fn func(*api.Container)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.change(id, fn)
}

// Drop takes a container away, as somebody else on the host would.
func (e *Engine) Drop(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.drop(id)
}

// Exit ends a running container with a code.
func (e *Engine) Exit(id string, code int) {
	e.Change(id, func(c *api.Container) { ended(c, code, e.clock.Now()) })
}

// SetTraces replaces the operations that are remembered of a container, newest first.
func (e *Engine) SetTraces(id string, t ...path.Trace) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if b := e.boxes[id]; b != nil {
		b.traces = t
	}
}

func ended(c *api.Container, code int, at time.Time) {
	c.State, c.Pid, c.ExitCode, c.ExitKnown, c.FinishedAt = api.StateExited, 0, code, true, at
}

// change edits a container under e.mu and tells the watchers and log readers.
func (e *Engine) change(id string, fn func(*api.Container)) {
	b := e.boxes[id]
	if b == nil {
		return
	}
	fn(&b.c)
	b.wake()
	e.publish(id)
}

func (e *Engine) drop(id string) {
	b := e.boxes[id]
	if b == nil {
		return
	}
	delete(e.boxes, id)
	b.wake()
	e.publish(id)
}

func (b *box) wake() {
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *box) remember(t path.Trace) {
	b.traces = append([]path.Trace{t}, b.traces...)
	if len(b.traces) > 5 {
		b.traces = b.traces[:5]
	}
}

// find is the container by name, ID or the unique beginning of an ID; under e.mu.
func (e *Engine) find(s string) (*box, error) {
	if b := e.boxes[s]; b != nil {
		return b, nil
	}
	var ids []string
	for id, b := range e.boxes {
		if b.c.Name == s {
			return b, nil
		}
		if s != "" && strings.HasPrefix(id, s) {
			ids = append(ids, id)
		}
	}
	switch len(ids) {
	case 0:
		return nil, &api.NotFoundError{Kind: "container", Name: s}
	case 1:
		return e.boxes[ids[0]], nil
	}
	sort.Strings(ids)
	return nil, &api.AmbiguousError{Prefix: s, IDs: ids}
}

// list is every container, by ID; under e.mu.
func (e *Engine) list() []api.Container {
	out := make([]api.Container, 0, len(e.boxes))
	for _, b := range e.boxes {
		out = append(out, b.c.Clone())
	}
	slices.SortFunc(out, func(a, b api.Container) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Fill adds n containers, half of them running, for benchmarks.
func (e *Engine) Fill(n int) {
	for i := range n {
		c := api.Container{Name: fmt.Sprintf("box-%04d", i), Image: "busybox:1.36", CreatedAt: e.clock.Now().Add(-time.Duration(i) * time.Minute)}
		if i%2 == 0 {
			c.State, c.StartedAt, c.Pid = api.StateRunning, c.CreatedAt, uint32(1000+i)
		} else {
			c.State, c.ExitKnown, c.ExitCode, c.FinishedAt = api.StateExited, true, i%3, c.CreatedAt
		}
		e.Add(c)
	}
}
