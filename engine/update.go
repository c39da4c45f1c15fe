package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/typeurl/v2"
	"github.com/moby/moby/api/types/container"
	"github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/engine/path"
	"gantry/engine/record"
	"gantry/engine/spec"
	"gantry/engine/stdio"
)

// updatable are the options that can be changed while a container is there.
func updatable() []option.Key {
	return []option.Key{
		option.KeyMemory, option.KeyMemorySwap, option.KeyMemoryReservation, option.KeyCPUs, option.KeyCPUShares, option.KeyCPUPeriod,
		option.KeyCPUQuota, option.KeyCpusetCPUs, option.KeyCpusetMems, option.KeyPidsLimit, option.KeyBlkioWeight, option.KeyRestart,
	}
}

// Update changes limits and the restart policy of a container, at once if it runs. It is
// remembered as if it had been created so. What is wrong comes as api.FieldErrors.
func (e *Engine) Update(ctx context.Context, id string, change option.Draft) error {
	run := e.newRun("update", []string{"state", "options", "limits", "record"}, api.Observer{})
	err := e.update(ctx, run, id, change)
	if err != nil {
		if uerr := run.Rollback(ctx); uerr != nil {
			e.log.Error("undo of an update", "id", id, "err", uerr)
		}
	}
	t := run.End(err)
	e.account(t, "", err)
	e.remember(t)
	return err
}

func (e *Engine) update(ctx context.Context, run *path.Run, id string, change option.Draft) error {
	l, err := e.need(ctx)
	if err != nil {
		return err
	}
	ctx = e.in(ctx)
	unlock, err := l.records.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	u := &updating{joined: joined{e: e, l: l}}
	for _, st := range []struct {
		name string
		do   func(context.Context, *path.Scope) error
	}{
		{"state", func(ctx context.Context, sc *path.Scope) error { return u.state(ctx, run, id) }},
		{"options", func(_ context.Context, sc *path.Scope) error { return u.options(change) }},
		{"limits", u.limits},
		{"record", u.record},
	} {
		if err := run.Do(ctx, st.name, st.do); err != nil {
			return err
		}
	}
	run.Commit()
	return nil
}

// updating is one update on its way.
type updating struct {
	joined
	c        api.Container
	old, req api.CreateRequest
	limit    *specs.LinuxResources
}

func (u *updating) state(ctx context.Context, run *path.Run, id string) error {
	c, ok, err := u.e.load(ctx, u.l, id)
	switch {
	case err != nil:
		return err
	case !ok:
		return &api.NotFoundError{Kind: "container", Name: id}
	}
	u.c = c
	run.Subject(c.ID, c.Name)
	if err := ownersOnly(api.ActUpdate, c); err != nil {
		return err
	}
	if c.Owner != api.OwnerGantry {
		return &api.UnsupportedError{What: "updating " + c.DisplayName(), Reason: "what it was made with is not remembered by gantry, but by " + string(c.Owner)}
	}
	u.old, err = u.l.records.State(id).Request()
	return err
}

// options reads the changes together with what holds already, and by the same rules.
func (u *updating) options(change option.Draft) error {
	var errs api.FieldErrors
	whole := option.FromRequest(u.old)
	can := updatable()
	for _, en := range change.Entries() {
		if !slices.Contains(can, en.Key) {
			errs = append(errs, api.FieldError{Field: string(en.Key), Reason: "cannot be changed in a container that is there", Fix: "duplicate it"})
		}
		whole.Set(en.Key, en.Values...)
	}
	parsed := whole.Parse(u.l.facts)
	for _, p := range parsed.Problems {
		if slices.Contains(can, option.Key(p.Field)) {
			errs = append(errs, p)
		}
	}
	if len(errs) > 0 {
		return errs
	}
	u.req = u.old
	h := container.HostConfig{}
	if u.old.HostConfig != nil {
		h = *u.old.HostConfig
	}
	r, n := &h.Resources, parsed.Request.HostConfig.Resources
	r.Memory, r.MemorySwap, r.MemoryReservation, r.NanoCPUs, r.CPUShares = n.Memory, n.MemorySwap, n.MemoryReservation, n.NanoCPUs, n.CPUShares
	r.CPUPeriod, r.CPUQuota, r.CpusetCpus, r.CpusetMems, r.PidsLimit, r.BlkioWeight = n.CPUPeriod, n.CPUQuota, n.CpusetCpus, n.CpusetMems, n.PidsLimit, n.BlkioWeight
	h.RestartPolicy = parsed.Request.HostConfig.RestartPolicy
	u.req.HostConfig = &h
	var err error
	u.limit, err = spec.Limits(u.req, u.l.facts.Host)
	return err
}

// limits has a container that runs live by them.
func (u *updating) limits(ctx context.Context, sc *path.Scope) error {
	if u.c.State != api.StateRunning && u.c.State != api.StatePaused {
		sc.Skip("%s", u.c.State)
		return nil
	}
	before, err := spec.Limits(u.old, u.l.facts.Host)
	if err != nil {
		return err
	}
	sc.Undo("put the limits back", u.undo(func(ctx context.Context, l *link) error { return limit(ctx, l, u.c.ID, before) }))
	return limit(ctx, u.l, u.c.ID, u.limit)
}

func limit(ctx context.Context, l *link, id string, r *specs.LinuxResources) error {
	box, err := l.client.LoadContainer(ctx, id)
	if err != nil {
		return fmt.Errorf("load container: %w", err)
	}
	t, err := box.Task(ctx, nil)
	if err != nil {
		return fmt.Errorf("load task: %w", err)
	}
	if err := t.Update(ctx, client.WithResources(r)); err != nil {
		return fmt.Errorf("change the limits: %w", err)
	}
	return nil
}

// record writes down what holds from now on, where the next start, lists and nerdctl find it.
func (u *updating) record(ctx context.Context, sc *path.Scope) error {
	state := u.l.records.State(u.c.ID)
	if err := state.SetRequest(u.req); err != nil {
		return err
	}
	sc.Undo("remember what was", func(context.Context) error { return state.SetRequest(u.old) })
	box, err := u.l.client.LoadContainer(ctx, u.c.ID)
	if err != nil {
		return fmt.Errorf("load container: %w", err)
	}
	sp, err := box.Spec(ctx)
	if err != nil {
		return fmt.Errorf("read spec: %w", err)
	}
	if sp.Linux == nil {
		sp.Linux = &specs.Linux{}
	}
	if sp.Linux.Resources == nil {
		sp.Linux.Resources = &specs.LinuxResources{}
	}
	r := sp.Linux.Resources
	r.Memory, r.CPU, r.Pids, r.BlockIO = u.limit.Memory, u.limit.CPU, u.limit.Pids, u.limit.BlockIO
	changed, err := typeurl.MarshalAny(sp)
	if err != nil {
		return fmt.Errorf("write spec: %w", err)
	}
	err = box.Update(ctx, func(_ context.Context, _ *client.Client, c *containers.Container) error {
		labels := record.UpdateLabels(c.Labels, u.req, stdio.LogURI(u.l.end.Helper, u.l.records.Dir(u.c.ID)))
		if labels[record.LabelRestartPolicy] != "" && u.c.State.Alive() {
			labels[record.LabelRestartStatus] = restarted
		}
		c.Labels = maps.Clone(c.Labels)
		for k, v := range labels {
			if c.Labels[k] = v; v == "" {
				delete(c.Labels, k)
			}
		}
		c.Spec = changed
		return nil
	})
	if err != nil {
		return fmt.Errorf("write the container's record: %w", err)
	}
	return nil
}
