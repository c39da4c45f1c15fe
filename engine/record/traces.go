package record

import (
	"encoding/json"
	"slices"

	"gantry/engine/path"
)

// The bounds of what is kept of a container's operations.
const (
	maxTraces     = 5
	maxTraceText  = 2 << 10  // bytes of a step's detail or error
	maxTraceBytes = 64 << 10 // of the file
)

// Traces are the container's last operations, newest first, at most five.
func (d StateDir) Traces() (ts []path.Trace, err error) {
	_, err = readJSON(d.file(tracesFile), &ts)
	return ts, err
}

// AddTrace puts a finished operation first; one with the same ID is replaced. Long texts
// are cut and the oldest dropped until it all fits.
func (d StateDir) AddTrace(t path.Trace) error {
	return d.locked(func() error {
		old, err := d.Traces()
		if err != nil {
			return err
		}
		old = slices.DeleteFunc(old, func(o path.Trace) bool { return o.ID == t.ID })
		ts := append([]path.Trace{bounded(t)}, old...)
		if len(ts) > maxTraces {
			ts = ts[:maxTraces]
		}
		for len(ts) > 1 && size(ts) > maxTraceBytes {
			ts = ts[:len(ts)-1]
		}
		return writeJSON(d.file(tracesFile), ts)
	})
}

func bounded(t path.Trace) path.Trace {
	t.Steps = slices.Clone(t.Steps)
	for i := range t.Steps {
		s := &t.Steps[i]
		s.Detail, s.Error = cut(s.Detail, maxTraceText), cut(s.Error, maxTraceText)
	}
	t.Error = cut(t.Error, maxTraceText)
	return t
}

func size(ts []path.Trace) int {
	b, err := json.Marshal(ts)
	if err != nil {
		return 0
	}
	return len(b)
}

// AddTrace remembers a finished operation of a container.
func (s *Store) AddTrace(id string, t path.Trace) error { return s.State(id).AddTrace(t) }
