package engine

import (
	"context"
	"fmt"

	"gantry/engine/api"
	"gantry/engine/stdio"
	"gantry/engine/stdio/wire"
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
	log, err := wire.ReadLogConfig(l.records.Dir(id))
	if err != nil {
		return fmt.Errorf("read how %s is logged: %w", c.DisplayName(), err)
	}
	switch log.Driver {
	case wire.LogJSONFile:
		return stdio.Read(ctx, l.records.Dir(id), id, opt, each)
	case wire.LogJournald:
		return stdio.ReadJournal(ctx, l.records.Dir(id), id, opt, each)
	case wire.LogNone:
		return &api.UnsupportedError{What: "reading the log of " + c.DisplayName(), Reason: "its log driver is none, which keeps nothing"}
	}
	return &api.UnsupportedError{What: "reading the log of " + c.DisplayName(), Reason: "its log driver " + log.Driver + " does not support reading"}
}
