package fake

import (
	"context"
	"slices"
	"time"

	"gantry/engine/api"
)

// Log writes lines to a container's log, a newline added to each.
func (e *Engine) Log(id string, lines ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	b := e.boxes[id]
	if b == nil {
		return
	}
	for _, l := range lines {
		b.log = append(b.log, api.LogLine{Time: e.clock.Now(), Text: []byte(l + "\n")})
	}
	b.wake()
}

// Logs implements backend.Logger.
func (e *Engine) Logs(ctx context.Context, id string, opt api.LogOptions, each func([]api.LogLine) error) error {
	if err := e.asked("Logs", id, api.ActLogs, id); err != nil {
		return err
	}
	next, first := 0, true
	for {
		e.mu.Lock()
		b, err := e.find(id)
		if err != nil {
			e.mu.Unlock()
			if first {
				return err
			}
			return nil // removed while it was followed
		}
		if first && opt.Tail >= 0 {
			next = max(0, len(b.log)-opt.Tail)
		}
		lines := within(b.log[next:], opt.Since, opt.Until)
		next, first = len(b.log), false
		alive, changed := b.c.State.Alive(), b.changed
		e.mu.Unlock()
		if len(lines) > 0 {
			if err := each(lines); err != nil {
				return err
			}
		}
		if !opt.Follow || !alive {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// within is a copy of the lines between two times; a zero time is no bound.
func within(lines []api.LogLine, since, until time.Time) []api.LogLine {
	var out []api.LogLine
	for _, l := range lines {
		if l.Time.Before(since) || !until.IsZero() && l.Time.After(until) {
			continue
		}
		l.Text = slices.Clone(l.Text)
		out = append(out, l)
	}
	return out
}
