package engine

import (
	"context"
	"maps"
	"strconv"

	eventtypes "github.com/containerd/containerd/api/events"
	"github.com/containerd/containerd/v2/core/events"

	"gantry/engine/api"
	"gantry/engine/record"
)

// Events tells each what happens from now on, whoever does it, until ctx ends or each fails.
// containerd keeps no past events, and tells none of signals that were sent. It is what the live
// list is kept by, which is begun for it where nobody watches.
func (e *Engine) Events(ctx context.Context, each func(api.Event) error) error {
	if _, err := e.need(ctx); err != nil {
		return err
	}
	li := e.feed.join()
	defer e.feed.leave(li)
	e.watch.Do(func() { close(e.watched) })
	for {
		select {
		case <-li.wake:
		case <-ctx.Done():
			return ctx.Err()
		case <-e.life.Done():
			return e.life.Err()
		}
		evs, err := e.feed.take(li)
		for _, ev := range evs {
			if err := each(ev); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
}

// listen notes what an event of containerd's says, if anybody wants to hear it.
func (e *Engine) listen(l *link, env *events.Envelope, v any) (heard, bool) {
	w, ok := wordsOf(v)
	if !ok || !e.feed.wanted() {
		return heard{}, false
	}
	n := heard{happening: w, at: env.Timestamp}
	if !w.image {
		at := env.Timestamp
		if exit, ok := v.(*eventtypes.TaskExit); ok {
			at = exit.ExitedAt.AsTime() // what is told late may come after a deed that had no part in it
		}
		if n.own = e.deeds.did(w.action, w.id, at); !n.own {
			n.actor = l.actor(w.action, w.id)
		}
	}
	return n, true
}

// manyGone is how many removed containers are remembered at the most.
const manyGone = 64

// tell makes Docker's events of what was heard. One that is removed cannot be asked for its name
// any more, so what was known before counts too; and since its end may be heard of after its
// removal, gone has the last ones.
func (e *Engine) tell(ctx context.Context, l *link, news []heard, before, gone map[string]api.Container) {
	if len(news) == 0 {
		return
	}
	after := e.hub.some(news)
	out := make([]api.Event, 0, len(news))
	for _, n := range news {
		ev := api.Event{At: n.at, Type: api.EventContainer, Action: n.action, ID: n.id, Attributes: map[string]string{}}
		if n.image {
			ev.Type, ev.Attributes["name"] = api.EventImage, n.id
			out = append(out, ev)
			continue
		}
		old, had := before[n.id]
		c, ok := after[n.id]
		switch {
		case ok:
		case had:
			c = old
		default:
			c = gone[n.id]
		}
		if n.action == "destroy" {
			if len(gone) >= manyGone {
				clear(gone)
			}
			gone[n.id] = c
		}
		if n.action == "rename" { // a change of anything else is the engine's own business
			if !had || !ok || old.Name == c.Name {
				continue
			}
			ev.Attributes["oldName"] = old.Name
			before[n.id] = c
		}
		maps.Copy(ev.Attributes, c.Labels)
		ev.Attributes["name"], ev.Attributes["image"] = c.Name, familiar(c.Image)
		maps.Copy(ev.Attributes, n.more)
		var labels record.Info
		if !n.own && (n.action == "start" || n.action == "die") {
			if info, err := e.labels(ctx, l, n.id); err == nil {
				labels = info
			}
		}
		ev.By = doer(n.happening, c, labels, n.own, n.actor)
		out = append(out, ev)
	}
	e.feed.publish(out)
}

// happening is what Docker calls an event of containerd's.
type happening struct {
	id, action string
	more       map[string]string
	image      bool
}

func wordsOf(v any) (happening, bool) {
	code := func(status uint32) string { return strconv.FormatUint(uint64(status), 10) }
	switch ev := v.(type) {
	case *eventtypes.ContainerCreate:
		return happening{id: ev.ID, action: "create"}, true
	case *eventtypes.ContainerUpdate:
		return happening{id: ev.ID, action: "rename"}, true
	case *eventtypes.ContainerDelete:
		return happening{id: ev.ID, action: "destroy"}, true
	case *eventtypes.TaskStart:
		return happening{id: ev.ContainerID, action: "start"}, true
	case *eventtypes.TaskPaused:
		return happening{id: ev.ContainerID, action: "pause"}, true
	case *eventtypes.TaskResumed:
		return happening{id: ev.ContainerID, action: "unpause"}, true
	case *eventtypes.TaskOOM:
		return happening{id: ev.ContainerID, action: "oom"}, true
	case *eventtypes.TaskExecAdded:
		return happening{id: ev.ContainerID, action: "exec_create", more: map[string]string{"execID": ev.ExecID}}, true
	case *eventtypes.TaskExecStarted:
		return happening{id: ev.ContainerID, action: "exec_start", more: map[string]string{"execID": ev.ExecID}}, true
	case *eventtypes.TaskExit:
		if ev.ID != ev.ContainerID {
			return happening{id: ev.ContainerID, action: "exec_die", more: map[string]string{"execID": ev.ID, "exitCode": code(ev.ExitStatus)}}, true
		}
		return happening{id: ev.ContainerID, action: "die", more: map[string]string{"exitCode": code(ev.ExitStatus)}}, true
	case *eventtypes.ImageCreate:
		return happening{id: familiar(ev.Name), action: "create", image: true}, true
	case *eventtypes.ImageUpdate:
		return happening{id: familiar(ev.Name), action: "update", image: true}, true
	case *eventtypes.ImageDelete:
		return happening{id: familiar(ev.Name), action: "delete", image: true}, true
	}
	return happening{}, false
}
