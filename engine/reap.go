package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"golang.org/x/sync/semaphore"

	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/record"
	"gantry/engine/stdio/wire"
	"gantry/engine/volume"
)

const (
	// reapTime is how long a reaper waits for containerd, and then for it to have seen the end.
	reapTime = 30 * time.Second
	reapPoll = 50 * time.Millisecond
)

// Reap removes a container that is to go at its end (docker run --rm), when nobody else has
// done it: its logger starts `gantry internal reap` for that. It waits for a containerd that
// is away, and starts none. A container that was started again, or that somebody is attached
// to, stays: its next end, or the one who is attached, has it removed.
func Reap(ctx context.Context, stateDir string, log *slog.Logger) error {
	note, err := wire.ReadReap(stateDir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // it stays, or is gone
	case err != nil:
		return fmt.Errorf("read what is to be removed: %w", err)
	case note.Version > wire.ReapVersion:
		return fmt.Errorf("%s was made by a newer gantry", api.ShortID(note.ID))
	}
	ctx, cancel := context.WithTimeout(ctx, reapTime)
	defer cancel()
	e := unconnected(Config{Namespace: note.Namespace, Log: log})
	l, err := reach(ctx, note)
	if err != nil {
		return err
	}
	e.setConn(l, api.Connection{State: api.ConnReady, Info: l.info})
	return errors.Join(e.reap(e.in(ctx), l, note.ID), e.Close(), l.client.Close())
}

// reach connects to the note's containerd as soon as it serves.
func reach(ctx context.Context, note wire.Reap) (*link, error) {
	end := daemon.Endpoint{Kind: api.EngineKind(note.Kind), Address: note.Address, DataRoot: note.DataRoot, RecordStore: note.Store}
	for {
		c, err := daemon.Dial(ctx, end)
		if err == nil {
			info := api.EngineInfo{Kind: end.Kind, Address: end.Address, Namespace: note.Namespace, DataRoot: end.DataRoot}
			return &link{client: c, end: end, info: info, records: record.Open(end.RecordStore, note.Namespace), volumes: volume.Open(end.RecordStore, note.Namespace), use: semaphore.NewWeighted(manyUses)}, nil
		}
		select {
		case <-time.After(reapPoll):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// reap removes the container once containerd says that it has ended, which it may see later
// than its logger did.
func (e *Engine) reap(ctx context.Context, l *link, id string) error {
	for {
		c, ok, err := e.load(ctx, l, id)
		switch {
		case ctx.Err() != nil:
			return nil // it runs again
		case err != nil && !isLost(ctx, err):
			return err
		case err != nil:
		case !ok, !c.AutoRemove, c.Owner != api.OwnerGantry:
			return nil
		case c.State == api.StateExited:
			e.autoRemove(ctx, l, id)
			return nil
		}
		select {
		case <-time.After(reapPoll):
		case <-ctx.Done():
			return nil // it runs again
		}
	}
}

// reapNote is what the container's reaper is told.
func (c *creation) reapNote() wire.Reap {
	return wire.Reap{
		ID: c.id, Namespace: c.e.cfg.Namespace, Kind: string(c.l.end.Kind), Address: c.l.end.Address,
		DataRoot: c.l.end.DataRoot, Store: c.l.end.RecordStore,
	}
}
