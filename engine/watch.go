package engine

import (
	"context"
	"time"

	eventtypes "github.com/containerd/containerd/api/events"
	"github.com/containerd/containerd/v2/core/events"
	"github.com/containerd/typeurl/v2"

	"gantry/engine/api"
	"gantry/engine/daemon"
)

const (
	// firstAudit comes soon: the server may begin to deliver events only after the list.
	firstAudit = time.Second
	// auditEvery is how often the whole list is read again, in case an event was lost.
	auditEvery = time.Minute
	// manyDirty is how many changed containers make reading the whole list cheaper.
	manyDirty = 20
)

// changed is what an event says: which container, and whether the kernel killed in it.
type changed struct {
	id  string
	oom bool
}

// follow keeps the live list: subscribe, then list, then apply what was buffered, by ID.
// It returns when the event stream ends, or containerd is lost. That one container cannot be
// read is no such end: operations are under way on the same connection.
func (e *Engine) follow(ctx context.Context, l *link) error {
	ctx, cancel := context.WithCancel(e.in(ctx))
	defer cancel()
	out := e.ahead
	if e.ahead = nil; out == nil {
		out = e.lookAhead(ctx, l)
	}
	defer out.end()
	all, err := out.list()
	defer func() { e.feed.end(l.lostUnder(ctx, err)) }()
	if err != nil {
		return err
	}
	e.publishAll(ctx, l, all)
	if e.whole == nil {
		l.info.Skew = daemon.Skew(l.end) // which nobody waits for, and only who watches is told
	}
	e.connected(l)
	e.done.Go(func() { e.sweepSoon(ctx, l) })

	dirty := map[string]bool{}
	var news []heard // to be told once it is known what they have changed
	gone := map[string]api.Container{}
	var flush <-chan time.Time // nil while nothing is dirty
	next := time.NewTimer(firstAudit)
	defer next.Stop()
	for {
		select {
		case env := <-out.events:
			v := unpack(env)
			if w, ok := e.listen(l, env, v); ok {
				news = append(news, w)
			}
			if c, ok := decode(v); ok {
				if c.oom {
					e.hub.sawOOM(c.id, env.Timestamp)
				}
				dirty[c.id] = true
			}
			if flush == nil && len(dirty)+len(news) > 0 {
				flush = time.After(updateGap / 2)
			}
		case <-flush:
			before := e.hub.some(news)
			err = e.refresh(ctx, l, dirty)
			if isLost(ctx, err) {
				return err
			}
			e.tell(ctx, l, news, before, gone)
			clear(dirty)
			news, flush = nil, nil
			if err != nil {
				e.log.Warn("read what has changed", "err", err)
				next.Reset(firstAudit)
			}
		case <-next.C:
			err = e.audit(ctx, l)
			if isLost(ctx, err) {
				return err
			}
			if err != nil {
				e.log.Warn("read the list", "err", err)
			}
			next.Reset(auditEvery)
		case err = <-out.errs:
			return err
		}
	}
}

// refresh reads the containers again that events spoke of.
func (e *Engine) refresh(ctx context.Context, l *link, dirty map[string]bool) error {
	if len(dirty) > manyDirty {
		return e.audit(ctx, l)
	}
	if len(dirty) == 0 {
		return nil
	}
	u := api.Update{At: e.cfg.Now()}
	for id := range dirty {
		c, ok, err := e.load(ctx, l, id)
		if err != nil {
			return err
		}
		if ok {
			u.Containers = append(u.Containers, c)
		} else {
			u.Removed = append(u.Removed, id)
		}
	}
	e.hub.publish(u)
	e.removeEnded(ctx, l, u.Containers)
	return nil
}

// relist reads the whole list.
func (e *Engine) relist(ctx context.Context, l *link) error {
	all, err := e.list(ctx, l)
	if err != nil {
		return err
	}
	e.publishAll(ctx, l, all)
	return nil
}

// publishAll tells of the whole list.
func (e *Engine) publishAll(ctx context.Context, l *link, all []api.Container) {
	e.hub.publish(api.Update{Full: true, Containers: all, At: e.cfg.Now()})
	e.removeEnded(ctx, l, all)
}

// audit reads the whole list and tells only what is not as it was said last: where nothing
// has gone unheard, nobody hears of it.
func (e *Engine) audit(ctx context.Context, l *link) error {
	all, err := e.list(ctx, l)
	if err != nil {
		return err
	}
	changed, gone := e.hub.unheard(all)
	if len(changed)+len(gone) > 0 {
		e.hub.publish(api.Update{Containers: changed, Removed: gone, At: e.cfg.Now()})
	}
	e.removeEnded(ctx, l, all)
	return nil
}

// unpack is what an event says; nil when it cannot be read.
func unpack(env *events.Envelope) any {
	if env == nil || env.Event == nil {
		return nil
	}
	v, err := typeurl.UnmarshalAny(env.Event)
	if err != nil {
		return nil
	}
	return v
}

// decode finds out which container an event is about; events of exec processes and of
// unknown kinds are not ok.
func decode(v any) (changed, bool) {
	switch ev := v.(type) {
	case *eventtypes.ContainerCreate:
		return changed{id: ev.ID}, true
	case *eventtypes.ContainerUpdate:
		return changed{id: ev.ID}, true
	case *eventtypes.ContainerDelete:
		return changed{id: ev.ID}, true
	case *eventtypes.TaskCreate:
		return changed{id: ev.ContainerID}, true
	case *eventtypes.TaskStart:
		return changed{id: ev.ContainerID}, true
	case *eventtypes.TaskPaused:
		return changed{id: ev.ContainerID}, true
	case *eventtypes.TaskResumed:
		return changed{id: ev.ContainerID}, true
	case *eventtypes.TaskOOM:
		return changed{id: ev.ContainerID, oom: true}, true
	case *eventtypes.TaskExit:
		return changed{id: ev.ContainerID}, ev.ID == ev.ContainerID
	case *eventtypes.TaskDelete:
		return changed{id: ev.ContainerID}, ev.ID == "" || ev.ID == ev.ContainerID
	}
	return changed{}, false
}
