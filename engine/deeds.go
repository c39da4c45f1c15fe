package engine

import (
	"sync"
	"time"

	"gantry/engine/path"
)

const (
	// manyDeeds is how many are kept at the most.
	manyDeeds = 64
	// deedLinger is how long after its end an operation is still the cause of what happens, and
	// killLinger the same of a signal, which a process may take its time to die of.
	deedLinger = 200 * time.Millisecond
	killLinger = 3 * time.Second
)

// deeds are the operations that this engine is at, and those that it was at a moment ago: what
// they bring about is its own doing.
type deeds struct {
	mu  sync.Mutex
	all []*deed
}

// deed is one of them: one with a trace is told by that, another one by the rest.
type deed struct {
	run          *path.Run
	operation    string
	id           string
	began, ended time.Time // ended is zero while it lasts
}

// facts are what a deed is, to which container, and when.
func (d *deed) facts() (operation, id string, began, ended time.Time) {
	if d.run == nil {
		return d.operation, d.id, d.began, d.ended
	}
	t := d.run.Trace()
	return t.Operation, t.Container, t.Started, t.Ended
}

func (ds *deeds) add(d *deed) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if len(ds.all) >= manyDeeds {
		ds.all = append(ds.all[:0], ds.all[1:]...)
	}
	ds.all = append(ds.all, d)
}

// begin notes an operation that has no trace, until what it returns is called.
func (e *Engine) begin(operation, id string) (end func()) {
	d := &deed{operation: operation, id: id, began: e.cfg.Now()}
	e.deeds.add(d)
	return func() {
		e.deeds.mu.Lock()
		defer e.deeds.mu.Unlock()
		d.ended = e.cfg.Now()
	}
}

// causes are the operations that something which happens to a container can come of.
func causes(action string) []string {
	switch action {
	case "create":
		return []string{"create", "run", "recreate"}
	case "start":
		return []string{"start", "run", "recreate"}
	case "die":
		return []string{"stop", "kill", "remove", "recreate"}
	case "destroy":
		return []string{"remove", "create", "run", "recreate"}
	case "rename":
		return []string{"rename", "recreate"}
	case "exec_create", "exec_start":
		return []string{"exec"}
	}
	return []string{action}
}

// did reports whether something that happened to a container is this engine's doing.
func (ds *deeds) did(action, id string, at time.Time) bool {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	for _, d := range ds.all {
		operation, of, began, ended := d.facts()
		linger := deedLinger
		if operation == "kill" {
			linger = killLinger
		}
		if of != id || at.Before(began) || !ended.IsZero() && at.After(ended.Add(linger)) {
			continue
		}
		for _, c := range causes(action) {
			if c == operation {
				return true
			}
		}
	}
	return false
}
