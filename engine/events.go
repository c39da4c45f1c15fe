package engine

import (
	"context"
	"maps"
	"strconv"

	eventtypes "github.com/containerd/containerd/api/events"
	"github.com/containerd/containerd/v2/core/events"
	"github.com/containerd/typeurl/v2"

	"gantry/engine/api"
)

// Events tells each what happens from now on, whoever does it, until ctx ends or each fails.
// containerd keeps no past events, and tells none of signals that were sent.
func (e *Engine) Events(ctx context.Context, each func(api.Event) error) error {
	l, err := e.need(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(e.in(ctx))
	defer cancel()
	stream, errs := l.client.EventService().Subscribe(ctx,
		`namespace==`+e.cfg.Namespace+`,topic~="^/(tasks|containers|images)/"`)
	j := &journal{e: e, l: l, known: map[string]api.Container{}}
	all, err := e.list(ctx, l)
	if err != nil {
		return err
	}
	for _, c := range all {
		j.known[c.ID] = c
	}
	for {
		select {
		case env := <-stream:
			ev, ok := j.tell(ctx, env)
			if !ok {
				continue
			}
			if err := each(ev); err != nil {
				return err
			}
		case err := <-errs:
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return l.lostUnder(ctx, err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// journal makes Docker's events of containerd's. It knows the containers, since one that is
// removed cannot be asked for its name any more.
type journal struct {
	e     *Engine
	l     *link
	known map[string]api.Container
}

func (j *journal) tell(ctx context.Context, env *events.Envelope) (api.Event, bool) {
	if env == nil || env.Event == nil {
		return api.Event{}, false
	}
	v, err := typeurl.UnmarshalAny(env.Event)
	if err != nil {
		return api.Event{}, false
	}
	w, ok := wordsOf(v)
	if !ok {
		return api.Event{}, false
	}
	ev := api.Event{At: env.Timestamp, Type: api.EventContainer, Action: w.action, ID: w.id, Attributes: map[string]string{}}
	if w.image {
		ev.Type, ev.Attributes["name"] = api.EventImage, w.id
		return ev, true
	}
	before, had := j.known[w.id]
	if w.action == "destroy" {
		delete(j.known, w.id)
	} else if w.changes || !had {
		if c, ok, err := j.e.load(ctx, j.l, w.id); err == nil && ok {
			j.known[w.id] = c
		}
	}
	c, ok := j.known[w.id]
	if !ok {
		c = before
	}
	if w.action == "rename" { // a change of anything else is the engine's own business
		if !had || before.Name == c.Name {
			return api.Event{}, false
		}
		ev.Attributes["oldName"] = before.Name
	}
	maps.Copy(ev.Attributes, c.Labels)
	ev.Attributes["name"], ev.Attributes["image"] = c.Name, familiar(c.Image)
	maps.Copy(ev.Attributes, w.more)
	return ev, true
}

// happening is what Docker calls an event of containerd's.
type happening struct {
	id, action string
	more       map[string]string
	image      bool
	changes    bool // what is known of the container may be no longer so
}

func wordsOf(v any) (happening, bool) {
	code := func(status uint32) string { return strconv.FormatUint(uint64(status), 10) }
	switch ev := v.(type) {
	case *eventtypes.ContainerCreate:
		return happening{id: ev.ID, action: "create", changes: true}, true
	case *eventtypes.ContainerUpdate:
		return happening{id: ev.ID, action: "rename", changes: true}, true
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
