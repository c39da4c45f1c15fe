package fake

import (
	"context"

	"gantry/engine/api"
)

// Happen tells those who listen of an event. Those that are to come at once must have been said
// before; they are told to whoever listens next.
func (e *Engine) Happen(evs ...api.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, evs...)
	close(e.happened)
	e.happened = make(chan struct{})
}

// Events implements backend.Eventer.
func (e *Engine) Events(ctx context.Context, each func(api.Event) error) error {
	if err := e.record("Events", ""); err != nil {
		return err
	}
	for told := 0; ; {
		e.mu.Lock()
		next, happened := e.events[told:], e.happened
		e.mu.Unlock()
		for _, ev := range next {
			if err := each(ev); err != nil {
				return err
			}
		}
		told += len(next)
		select {
		case <-happened:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
