package engine

import (
	"context"
	"strings"

	"gantry/engine/api"
	"gantry/engine/path"
)

// Containers is the whole list, read now.
func (e *Engine) Containers(ctx context.Context) ([]api.Container, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	return e.list(e.in(ctx), l)
}

// Find finds a container as Docker does: by its exact name, its full ID, or the beginning
// of its ID if no other begins so. Errors: *api.NotFoundError, *api.AmbiguousError.
func (e *Engine) Find(ctx context.Context, nameOrID string) (api.Container, error) {
	l, err := e.need(ctx)
	if err != nil {
		return api.Container{}, err
	}
	return e.findOn(e.in(ctx), l, nameOrID)
}

// findOn is Find on a link.
func (e *Engine) findOn(ctx context.Context, l *link, nameOrID string) (api.Container, error) {
	all, err := e.list(ctx, l)
	if err != nil {
		return api.Container{}, err
	}
	name := strings.TrimPrefix(nameOrID, "/")
	var prefix []api.Container
	var exact *api.Container
	for i, c := range all {
		if name != "" && c.Name == name {
			return c, nil
		}
		if c.ID == nameOrID {
			exact = &all[i]
		}
		if nameOrID != "" && strings.HasPrefix(c.ID, nameOrID) {
			prefix = append(prefix, c)
		}
	}
	switch {
	case exact != nil:
		return *exact, nil
	case len(prefix) == 1:
		return prefix[0], nil
	case len(prefix) > 1:
		err := &api.AmbiguousError{Prefix: nameOrID}
		for _, c := range prefix {
			err.IDs = append(err.IDs, c.ID)
		}
		return api.Container{}, err
	}
	return api.Container{}, &api.NotFoundError{Kind: "container", Name: nameOrID}
}

// Request is what the container was created with.
func (e *Engine) Request(ctx context.Context, id string) (api.CreateRequest, error) {
	l, err := e.need(ctx)
	if err != nil {
		return api.CreateRequest{}, err
	}
	return l.records.State(id).Request()
}

// Traces are the container's last operations, newest first; none for one of others.
func (e *Engine) Traces(ctx context.Context, id string) ([]path.Trace, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	return l.records.State(id).Traces()
}
