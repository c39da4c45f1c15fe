package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/errdefs"
	"golang.org/x/sync/errgroup"

	"gantry/engine/api"
	"gantry/engine/record"
	"gantry/engine/stdio"
	"gantry/engine/task"
)

// list is every container of the namespace, in two calls to containerd at a time.
func (e *Engine) list(ctx context.Context, l *link) ([]api.Container, error) {
	var tasks map[string]task.Process
	var all []api.Container
	both, ctx := errgroup.WithContext(ctx)
	known := make(chan struct{}) // closed when tasks are
	both.Go(func() (err error) {
		if tasks, err = task.List(ctx, l.client); err == nil {
			close(known)
		}
		return err
	})
	both.Go(func() error {
		return eachRecord(ctx, l.client, func(r containers.Container) {
			select {
			case <-known:
			case <-ctx.Done():
				return
			}
			var p *task.Process
			if t, ok := tasks[r.ID]; ok {
				p = &t
			}
			all = append(all, e.derive(l, r, p))
		})
	})
	err := both.Wait()
	return all, err
}

// recordOf is what containerd has of a container; a *api.NotFoundError when there is none, which
// may be so a moment after there was.
func (l *link) recordOf(ctx context.Context, id string) (containers.Container, error) {
	rec, err := l.client.ContainerService().Get(ctx, id)
	switch {
	case errdefs.IsNotFound(err):
		return rec, &api.NotFoundError{Kind: "container", Name: id}
	case err != nil:
		return rec, fmt.Errorf("read container: %w", err)
	}
	return rec, nil
}

// load is one container; ok is false when there is none.
func (e *Engine) load(ctx context.Context, l *link, id string) (c api.Container, ok bool, err error) {
	rec, err := l.recordOf(ctx, id)
	if errors.As(err, new(*api.NotFoundError)) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	p, has, err := task.Get(ctx, l.client, id)
	if err != nil {
		return c, false, err
	}
	if !has {
		return e.derive(l, rec, nil), true, nil
	}
	return e.derive(l, rec, &p), true, nil
}

// labels are the container's labels, read.
func (e *Engine) labels(ctx context.Context, l *link, id string) (record.Info, error) {
	rec, err := l.recordOf(ctx, id)
	if err != nil {
		return record.Info{}, err
	}
	return record.Read(rec.Labels), nil
}

// derive makes the listed form of a container from its record, its task, and the files
// that outlive its task.
func (e *Engine) derive(l *link, rec containers.Container, p *task.Process) api.Container {
	in := record.Read(rec.Labels)
	sum := in.Summary
	if !in.HasSummary {
		sum = summaryOf(rec)
	}
	c := api.Container{
		ID: rec.ID, Name: in.Name, Namespace: e.cfg.Namespace, Image: rec.Image,
		Command: sum.Command, Tty: sum.Tty, OpenStdin: sum.Stdin, MemoryLimit: sum.Memory, Ports: sum.Ports,
		CreatedAt: rec.CreatedAt, Labels: record.Visible(rec.Labels), Networks: in.Networks,
		AutoRemove: in.AutoRemove, Platform: in.Platform, Error: in.Error,
		RestartPolicy: in.RestartPolicy, RestartCount: in.RestartCount,
		Owner: record.Owner(e.cfg.Namespace, rec.Labels),
	}
	if c.Owner == api.OwnerNerdctl && !in.HasSummary || sum.More {
		var err error
		if c.Ports, err = l.records.State(rec.ID).Ports(); err != nil {
			e.log.Warn("read ports", "id", rec.ID, "err", err)
		}
	}
	if c.Owner == api.OwnerDocker {
		if err := knownToDocker(rec, &c); err != nil && !errors.Is(err, fs.ErrNotExist) {
			e.log.Warn("read what dockerd knows", "id", rec.ID, "err", err)
		}
	}
	if c.RestartPolicy == "" {
		c.RestartPolicy = "no"
	}
	ev := task.Evidence{Task: p, WillReturn: p != nil && willReturn(in, p.ExitCode)}
	if p != nil && p.Status != client.Stopped && p.Status != client.Created {
		ev.StartedAt = task.StartTime(p.Pid, e.boot)
	} else {
		e.ofFiles(l, rec.ID, &ev)
	}
	task.Derive(&c, ev)
	e.health(l, rec.Labels, &c)
	if c.State == api.StateExited && e.hub.oomKilled(c.ID, c.FinishedAt) {
		c.OOMKilled = true
	}
	return c
}

// ofFiles adds what the state dir remembers of the container's last run.
func (e *Engine) ofFiles(l *link, id string, ev *task.Evidence) {
	life, err := l.records.State(id).Lifecycle()
	if err != nil {
		e.log.Warn("read lifecycle", "id", id, "err", err)
	}
	ev.StartedAt = life.StartedAt
	x, err := stdio.ReadLastExit(l.records.Dir(id))
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			e.log.Warn("read the last exit", "id", id, "err", err)
		}
		return
	}
	ev.Last = &task.Exit{Code: x.Code, At: x.At, OOM: x.OOM, Unknown: x.Unknown}
}

// summaryOf reads from the spec what containers of others have in no label.
func summaryOf(rec containers.Container) record.Summary {
	var spec struct {
		Process struct {
			Args     []string `json:"args"`
			Terminal bool     `json:"terminal"`
		} `json:"process"`
		Linux struct {
			Resources struct {
				Memory struct {
					Limit int64 `json:"limit"`
				} `json:"memory"`
			} `json:"resources"`
		} `json:"linux"`
	}
	if rec.Spec == nil || json.Unmarshal(rec.Spec.GetValue(), &spec) != nil {
		return record.Summary{}
	}
	return record.Summary{Command: spec.Process.Args, Tty: spec.Process.Terminal, Memory: spec.Linux.Resources.Memory.Limit}
}
