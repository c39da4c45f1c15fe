package fake

import (
	"context"
	"maps"
	"slices"
	"strings"

	"gantry/engine/api"
	"gantry/ui/backend"
)

// In implements backend.Spacer.
func (e *Engine) In(namespace string) backend.Engine {
	_ = e.record("In", namespace)
	return e.Space(namespace)
}

// Space is the fake in another namespace: with containers and images of its own, and the
// same clock. It is there from then on.
func (e *Engine) Space(namespace string) *Engine {
	if e.whole != nil {
		return e.whole.Space(namespace)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if namespace == "" || namespace == e.conn.Info.Namespace {
		return e
	}
	if v := e.views[namespace]; v != nil {
		return v
	}
	v := New()
	v.clock, v.whole, v.facts, v.conn = e.clock, e, e.facts, e.conn
	v.conn.Info.Namespace = namespace
	if e.views == nil {
		e.views = map[string]*Engine{}
	}
	e.views[namespace] = v
	return v
}

// Namespaces implements backend.Spacer.
func (e *Engine) Namespaces(ctx context.Context) ([]api.Namespace, error) {
	if err := e.record("Namespaces", ""); err != nil {
		return nil, err
	}
	whole := e
	if e.whole != nil {
		whole = e.whole
	}
	whole.mu.Lock()
	views := maps.Clone(whole.views)
	whole.mu.Unlock()
	all := []api.Namespace{whole.count()}
	for _, v := range views {
		all = append(all, v.count())
	}
	slices.SortFunc(all, func(a, b api.Namespace) int { return strings.Compare(a.Name, b.Name) })
	return all, ctx.Err()
}

func (e *Engine) count() api.Namespace {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := api.Namespace{Name: e.conn.Info.Namespace, Owner: api.OwnerOther, Owners: map[api.Owner]int{}}
	switch n.Name {
	case "k8s.io":
		n.Owner = api.OwnerKubernetes
	case "moby":
		n.Owner = api.OwnerDocker
	case "buildkit":
		n.Owner = api.OwnerBuildKit
	}
	for _, b := range e.boxes {
		n.Containers++
		n.Owners[b.c.Owner]++
		if b.c.State.Alive() {
			n.Running++
		}
	}
	return n
}

// asked records a call on a container, and refuses what its owner does not allow as the
// engine does.
func (e *Engine) asked(method, arg string, a api.Act, id string) error {
	if err := e.record(method, arg); err != nil {
		return err
	}
	c, err := e.Peek(id)
	if r := c.May(a); err == nil && r.Verdict == api.Deny {
		return &api.OwnerError{Action: a.Verb(), Name: c.DisplayName(), Owner: c.Owner, Reason: r.Reason}
	}
	return nil // that it is not there the caller says
}
