package engine

import (
	"gantry/engine/api"
	"gantry/engine/path"
)

// newRun begins the trace of an operation.
func (e *Engine) newRun(operation string, steps []string, o api.Observer) *path.Run {
	cfg := path.Config{Report: o.Trace, Now: e.cfg.Now}
	if e.cfg.Gap != nil {
		cfg.Gap = func(step string) { e.cfg.Gap(operation, step) }
	}
	run := path.New(operation, steps, cfg)
	e.deeds.add(&deed{run: run})
	return run
}

// account counts an ended operation, and writes creates and starts into the journal.
func (e *Engine) account(t path.Trace, image string, err error) {
	e.metrics.note(t.Operation, t.Total(t.Ended), err)
	switch t.Operation {
	case "create", "start", "run", "recreate":
	default:
		return
	}
	j := api.JournalEntry{At: t.Started, Action: t.Operation, Container: t.Container, Name: t.Name, Image: image, Duration: t.Total(t.Ended)}
	if err != nil {
		j.Error = err.Error()
	}
	e.metrics.write(j)
	e.log.Info("operation", "action", j.Action, "container", j.Container, "name", j.Name, "image", image, "took", j.Duration, "err", j.Error)
}

// remember keeps a trace with its container. That it cannot be kept never fails the
// operation it tells of.
func (e *Engine) remember(t path.Trace) {
	e.mu.Lock()
	l := e.link
	e.mu.Unlock()
	if l == nil || t.Container == "" {
		return
	}
	if err := l.records.AddTrace(t.Container, t); err != nil {
		e.log.Warn("keep trace", "id", t.Container, "err", err)
	}
}
