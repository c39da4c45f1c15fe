package engine

import (
	"context"

	"gantry/engine/api"
	"gantry/engine/stdio"
)

// Logs reads a container's log. With Follow it goes on until the container has ended and
// its last line was delivered.
func (e *Engine) Logs(ctx context.Context, id string, opt api.LogOptions, each func([]api.LogLine) error) error {
	l, err := e.need(ctx)
	if err != nil {
		return err
	}
	c, ok, err := e.load(e.in(ctx), l, id)
	if err != nil {
		return err
	}
	if !ok {
		return &api.NotFoundError{Kind: "container", Name: id}
	}
	if err := ownersOnly(api.ActLogs, c); err != nil {
		return err
	}
	return stdio.Read(ctx, l.records.Dir(id), id, opt, each)
}
