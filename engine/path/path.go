// Package path runs an operation as named, timed, undoable steps.
//
// A Trace is the plain value that a screen draws and a container remembers; a Run
// produces it. Steps run one after the other on the caller's goroutine. A step that
// changes something registers its undo at once; when a later step fails or the
// caller's context ends, Rollback runs the undos in reverse on a context of their
// own, and each of them is part of the trace.
package path

import "time"

// State says how far a step has come.
type State string

// The states of a step. Undone is a step that had been done and was taken back.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Skipped State = "skipped"
	Failed  State = "failed"
	Undone  State = "undone"
)

// Step is one named part of an operation.
type Step struct {
	Name     string        `json:"name"`
	State    State         `json:"state"`
	Start    time.Time     `json:"start,omitzero"`
	Duration time.Duration `json:"duration,omitempty"` // nanoseconds; of a running step: 0
	Detail   string        `json:"detail,omitempty"`   // a few words: what was found or made, why it was skipped
	Error    string        `json:"error,omitempty"`    // why it failed; of an undone step: why its undo failed
}

// Trace is an operation as it stands: a copy that shares nothing with its Run.
type Trace struct {
	ID        string    `json:"id"`                  // unique within the process
	Operation string    `json:"operation"`           // "create", "start", "run", "stop", "remove", "engine"
	Container string    `json:"container,omitempty"` // ID, once known
	Name      string    `json:"name,omitempty"`      // container name, once known
	Steps     []Step    `json:"steps"`
	Started   time.Time `json:"started"`
	Ended     time.Time `json:"ended,omitzero"` // zero while it runs
	Error     string    `json:"error,omitempty"`
}

// Total is the time from the first step's start to the end, or to now while it runs.
func (t Trace) Total(now time.Time) time.Duration {
	if t.Ended.IsZero() {
		return now.Sub(t.Started)
	}
	return t.Ended.Sub(t.Started)
}

// Current is the index of the step that runs, or of the one that failed; -1 if there is none.
func (t Trace) Current() int {
	for i, s := range t.Steps {
		if s.State == Running || s.State == Failed {
			return i
		}
	}
	return -1
}

func (t Trace) clone() Trace {
	t.Steps = append([]Step(nil), t.Steps...)
	return t
}
