package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/containerd/v2/pkg/namespaces"

	"golang.org/x/sync/semaphore"

	"gantry/engine/api"
	"gantry/engine/record"
	"gantry/engine/task"
)

// Namespaces are all of containerd's namespaces, by name, with what is in them; the engine's
// own too, when nothing is in it yet.
func (e *Engine) Namespaces(ctx context.Context) ([]api.Namespace, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	names, err := l.client.NamespaceService().List(ctx)
	if err != nil {
		return nil, fmt.Errorf("list namespaces: %w", err)
	}
	if !slices.Contains(names, e.cfg.Namespace) {
		names = append(names, e.cfg.Namespace)
	}
	slices.Sort(names)
	all := make([]api.Namespace, 0, len(names))
	for _, name := range names {
		n, err := countNamespace(namespaces.WithNamespace(ctx, name), l, name)
		if err != nil {
			return nil, fmt.Errorf("namespace %s: %w", name, err)
		}
		all = append(all, n)
	}
	return all, nil
}

func countNamespace(ctx context.Context, l *link, name string) (api.Namespace, error) {
	n := api.Namespace{Name: name, Owner: record.Owner(name, nil), Owners: map[api.Owner]int{}}
	tasks, err := task.List(ctx, l.client)
	if err != nil {
		return n, err
	}
	err = eachRecord(ctx, l.client, func(r containers.Container) {
		n.Containers++
		n.Owners[record.Owner(name, r.Labels)]++
		switch tasks[r.ID].Status {
		case client.Running, client.Paused, client.Pausing:
			n.Running++
		}
	})
	return n, err
}

// In is the engine in another namespace. It shares this one's connection, is the same one
// each time, and ends with this one; Close of it alone does nothing, as others may have it.
func (e *Engine) In(namespace string) *Engine {
	if e.whole != nil {
		return e.whole.In(namespace)
	}
	if namespace = strings.TrimSpace(namespace); namespace == "" || namespace == e.cfg.Namespace {
		return e
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if v := e.views[namespace]; v != nil {
		return v
	}
	cfg := e.cfg
	cfg.Namespace = namespace
	v := unconnected(cfg)
	v.whole = e
	if e.views == nil {
		e.views = map[string]*Engine{}
	}
	e.views[namespace] = v
	if e.closing {
		v.cancel()
	}
	v.done.Go(func() { v.keepConnected(v.life) })
	return v
}

// share is the link of a view: its whole's, with what belongs to the namespace its own.
func (e *Engine) share(ctx context.Context) (*link, error) {
	l, err := e.whole.need(ctx)
	if err != nil {
		return nil, err
	}
	own := *l
	own.info.Namespace, own.use = e.cfg.Namespace, semaphore.NewWeighted(manyUses)
	own.records = record.Open(l.end.RecordStore, e.cfg.Namespace)
	e.enter(&own)
	return &own, nil
}

// endViews ends the views before the connection that they share.
func (e *Engine) endViews() {
	e.mu.Lock()
	e.closing = true
	views := e.views
	e.mu.Unlock()
	for _, v := range views {
		v.cancel()
	}
	for _, v := range views {
		v.done.Wait()
	}
}
