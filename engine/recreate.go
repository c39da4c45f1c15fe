package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/containerd/errdefs"

	"gantry/engine/api"
	"gantry/engine/network/wire"
	"gantry/engine/path"
	"gantry/engine/record"
	"gantry/engine/task"
)

// recreateWatch is how long a new container must hold out before the old one is given up.
const recreateWatch = time.Second

// bringing is how many of the steps of a create come before the old container is touched:
// those that check and fetch.
const bringing = 5

// recreation is one recreate on its way.
type recreation struct {
	joined
	run  *path.Run
	req  api.CreateRequest
	opt  api.RecreateOptions
	obs  api.Observer
	old  api.Container
	info record.Info // of the old one's labels
	note *record.Recreation
	made *creation
	// touched is set once the old one is no longer as it was.
	touched bool
}

// Recreate puts a new container in the place of an old one, whose name it takes unless the
// request has another: checks and the pull come first, then the old one is stopped and
// renamed away, the new one made and started, and the old one removed when the new one
// runs. When anything fails the old one is brought back as it was. Its anonymous volumes go
// over to the new one. What a killed recreate leaves is put right by the next sweep.
func (e *Engine) Recreate(ctx context.Context, id string, req api.CreateRequest, opt api.RecreateOptions, o api.Observer) (api.Recreated, error) {
	run := e.newRun("recreate", recreateSteps(opt), o)
	r := &recreation{joined: joined{e: e}, run: run, req: req, opt: opt, obs: o}
	made, err := r.recreate(ctx, id)
	t := run.End(err)
	e.account(t, imageOf(req), err)
	e.remember(t)
	return made, err
}

func recreateSteps(opt api.RecreateOptions) []string {
	steps := slices.Concat([]string{"old"}, createSteps[:bringing], []string{"stop old", "rename old"}, createSteps[bringing:])
	if !opt.NoStart {
		steps = slices.Concat(steps, startSteps[:], []string{"check"})
	}
	return append(steps, "remove old")
}

func (r *recreation) recreate(ctx context.Context, id string) (out api.Recreated, err error) {
	if r.l, err = r.e.need(ctx); err != nil {
		return out, err
	}
	ctx = r.e.in(ctx)
	err = r.run.Do(ctx, "old", func(ctx context.Context, sc *path.Scope) error { return r.find(ctx, sc, id) })
	if err != nil {
		return out, err
	}
	if out.Created, err = r.replace(ctx); err != nil {
		err = r.l.lostUnder(ctx, err)
		back := r.back(ctx)
		if r.touched {
			err = &api.RecreateError{Name: r.old.DisplayName(), Back: back, Running: r.note.Running, Err: err}
		}
		return out, err
	}
	r.run.Commit()
	r.giveUpOld(context.WithoutCancel(ctx), &out)
	return out, nil
}

// find sees whether the container can be recreated as asked, and notes what is under way.
func (r *recreation) find(ctx context.Context, sc *path.Scope, id string) (err error) {
	var ok bool
	if r.old, ok, err = r.e.load(ctx, r.l, id); err != nil {
		return err
	}
	if !ok {
		return &api.NotFoundError{Kind: "container", Name: id}
	}
	r.run.Subject(r.old.ID, r.old.Name)
	if r.old.Owner != api.OwnerGantry && r.old.Owner != api.OwnerNerdctl {
		return &api.OwnerError{Action: "recreate", Name: r.old.DisplayName(), Owner: r.old.Owner, Reason: "recreate it with its owner's tools"}
	}
	if r.info, err = r.e.labels(ctx, r.l, id); err != nil {
		return err
	}
	if r.req.Name == "" {
		r.req.Name = r.old.Name
	}
	note := record.Recreation{Name: r.old.Name, Running: r.old.State.Alive(), Keep: r.opt.Keep, Began: r.e.cfg.Now()}
	if r.req.Name == r.old.Name {
		if note.Away, err = r.away(); err != nil {
			return err
		}
	} else if owner := r.l.records.NameOwner(r.req.Name); owner != "" {
		if c, ok, err := r.e.load(ctx, r.l, owner); err == nil && ok {
			return &api.NameInUseError{Name: r.req.Name, ID: owner, State: c.State}
		}
	}
	if note.New, err = record.NewID(r.e.random); err != nil {
		return err
	}
	r.note, err = r.l.records.BeginRecreation(id, note)
	if errors.Is(err, record.ErrRecreating) {
		return &api.StateError{Action: "recreate", Name: r.old.DisplayName(), State: r.old.State, Fix: "wait until the recreate under way has ended"}
	}
	sc.Detail("%s, %s", r.old.DisplayName(), r.old.State)
	return err
}

// away is a free name for the old container.
func (r *recreation) away() (string, error) {
	base := r.old.Name
	if base == "" {
		base = api.ShortID(r.old.ID)
	}
	for n := 1; ; n++ {
		name := base + "-old"
		if n > 1 {
			name += strconv.Itoa(n)
		}
		if !record.ValidName(name) {
			return "", api.FieldErrors{{Field: "name", Value: base, Reason: "leaves no room for a name of the old container", Fix: "give the new one another name"}}
		}
		if r.l.records.NameOwner(name) == "" {
			return name, nil
		}
	}
}

// replace makes the new container, and starts it. What it has done is undone by a rollback.
func (r *recreation) replace(ctx context.Context) (api.Created, error) {
	c := &creation{
		joined: joined{e: r.e, l: r.l}, run: r.run, obs: r.obs, req: r.req, unlock: func() {},
		id: r.note.New, between: r.makeWay, inPlaceOf: r.old.ID, carried: carried(r.info),
	}
	r.made = c
	err := c.steps(ctx)
	if err != nil {
		return api.Created{}, err
	}
	c.settled()
	c.unlock()
	c.unlock = func() {}
	made := api.Created{ID: c.id, Name: c.name, Warnings: c.warn}
	if r.obs.Registered != nil {
		r.obs.Registered(made)
	}
	if !r.opt.NoStart {
		err = r.start(ctx)
	}
	if err == nil {
		r.note.Done = true
		err = r.note.Save()
	}
	return made, err
}

// withoutOld is a plan without the ports and addresses that the old container may have until it is
// stopped. Its error, that the ports are not known, is the start's to tell.
func (c *creation) withoutOld(p wire.Plan) wire.Plan {
	if c.inPlaceOf == "" {
		return p
	}
	has, _ := c.l.records.State(c.inPlaceOf).Ports()
	p.Ports = slices.DeleteFunc(slices.Clone(p.Ports), func(w wire.Port) bool {
		return slices.ContainsFunc(has, func(o api.Port) bool { return o.HostPort == w.Host && o.Protocol == w.Protocol })
	})
	p.Networks = slices.Clone(p.Networks)
	for i := range p.Networks {
		p.Networks[i].Addresses = nil
	}
	return p
}

// carried are the old container's anonymous volumes by where they are mounted.
func carried(in record.Info) map[string]string {
	out := map[string]string{}
	for _, m := range in.Mounts {
		if m.Type == "volume" && slices.Contains(in.AnonymousVolumes, m.Name) {
			out[m.Destination] = m.Name
		}
	}
	return out
}

// makeWay stops the old container and gives it another name.
func (r *recreation) makeWay(ctx context.Context) error {
	r.touched = r.note.Running || r.note.Away != ""
	if err := r.run.Do(ctx, "stop old", r.stopOld); err != nil {
		return err
	}
	return r.run.Do(ctx, "rename old", func(ctx context.Context, sc *path.Scope) error {
		if r.note.Away == "" {
			sc.Skip("keeps its name")
			return nil
		}
		sc.Undo("called "+r.note.Name+" again", r.undo(func(ctx context.Context, l *link) error {
			return renameTo(ctx, l, r.old.ID, r.note.Away, r.note.Name)
		}))
		sc.Detail("%s", r.note.Away)
		return renameTo(ctx, r.l, r.old.ID, r.note.Name, r.note.Away)
	})
}

func (r *recreation) stopOld(ctx context.Context, sc *path.Scope) error {
	if !r.note.Running {
		sc.Skip("does not run")
		return nil
	}
	r.note.Stopping = true
	if err := r.note.Save(); err != nil {
		return err
	}
	sc.Undo("started again", r.undo(func(ctx context.Context, _ *link) error { return r.e.runAgain(ctx, r.old.ID) }))
	if err := r.e.stopQuietly(ctx, r.old.ID); err != nil {
		return err
	}
	sc.Detail("%s", r.old.DisplayName())
	// With its task its logger ends, and gives back its ports and addresses.
	return task.Delete(ctx, r.l.client, r.old.ID)
}

// stopQuietly is a stop that is a step of something else.
func (e *Engine) stopQuietly(ctx context.Context, id string) error {
	run := e.newRun("stop", nil, api.Observer{})
	err := e.stop(ctx, run, id, api.StopOptions{})
	run.End(err)
	return err
}

// runAgain starts a container that is stopped, or on its way to be.
func (e *Engine) runAgain(ctx context.Context, id string) error {
	if err := e.stopQuietly(ctx, id); err != nil {
		return err
	}
	run := e.newRun("start", nil, api.Observer{})
	_, err := e.start(ctx, run, id, api.StartOptions{})
	run.End(err)
	return err
}

// renameTo changes a container's name; done twice it does no harm.
func renameTo(ctx context.Context, l *link, id, from, to string) error {
	exists := func(id string) bool {
		_, err := l.client.ContainerService().Get(ctx, id)
		return !errdefs.IsNotFound(err)
	}
	if to != "" {
		if err := l.records.AcquireName(to, id, exists); err != nil {
			return err
		}
	}
	if err := relabel(ctx, l, id, map[string]string{record.LabelName: to}); err != nil {
		return fmt.Errorf("write the name down: %w", err)
	}
	if from == "" {
		return nil
	}
	return l.records.ReleaseName(from, id)
}

// start starts the new container and sees whether it holds out.
func (r *recreation) start(ctx context.Context) error {
	unlock, err := r.l.records.Lock(ctx, r.note.New)
	if err != nil {
		return err
	}
	defer unlock()
	s := &starting{joined: joined{e: r.e, l: r.l}, run: r.run}
	if err := s.steps(ctx, r.note.New); err != nil {
		return err
	}
	return r.run.Do(ctx, "check", func(ctx context.Context, sc *path.Scope) error {
		select {
		case x := <-s.exit:
			code, at, err := x.Result()
			if err != nil {
				return fmt.Errorf("wait for the container: %w", err)
			}
			if code != 0 {
				return &api.StartError{Name: s.c.DisplayName(), Command: command(s.c), Cause: api.CauseEnded, Code: int(code)}
			}
			sc.Detail("ended with 0 after %s", at.Sub(r.e.cfg.Now()).Abs().Round(10*time.Millisecond))
			return nil
		case <-time.After(recreateWatch):
			sc.Detail("runs")
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// back brings the old container back, and says whether it is. What cannot be done now, because
// containerd went away, is done by a sweep when it is there again.
func (r *recreation) back(ctx context.Context) bool {
	err := r.run.Rollback(ctx)
	if r.made != nil {
		r.made.unlock()
	}
	r.run.Subject(r.old.ID, r.old.Name)
	if err == nil {
		err = r.note.End()
		if err != nil {
			r.e.log.Error("forget a recreate", "id", r.old.ID, "err", err)
		}
		return true
	}
	r.e.log.Error("undo of a recreate", "id", r.old.ID, "err", err)
	if again := r.e.putRight(context.WithoutCancel(ctx), r.l, r.note); again == nil {
		if err := r.note.End(); err != nil {
			r.e.log.Error("forget a recreate", "id", r.old.ID, "err", err)
		}
		return true
	}
	if err := r.note.Leave(); err != nil {
		r.e.log.Error("leave a recreate", "id", r.old.ID, "err", err)
	}
	r.e.sweepAfter(r.l)
	return false
}

// giveUpOld removes the old container, unless it is to stay. That it cannot be removed does
// not fail a recreate whose container runs: a sweep removes it.
func (r *recreation) giveUpOld(ctx context.Context, out *api.Recreated) {
	err := r.run.Do(ctx, "remove old", func(ctx context.Context, sc *path.Scope) error {
		if r.opt.Keep {
			sc.Skip("kept as %s", r.oldName())
			return nil
		}
		sc.Detail("%s", r.old.DisplayName())
		return r.e.discard(ctx, r.old)
	})
	if r.opt.Keep {
		out.OldName = r.oldName()
		err = r.note.End()
	}
	_, unavailable := errors.AsType[*api.UnavailableError](err)
	lost := unavailable || isLost(ctx, err)
	if err != nil {
		out.OldName = r.oldName()
		out.Warnings = append(out.Warnings, "the old container could not be removed: "+err.Error())
	}
	if !r.opt.Keep {
		err = r.note.Leave()
	}
	if lost {
		r.e.sweepAfter(r.l)
	}
	if err != nil {
		r.e.log.Error("forget a recreate", "id", r.old.ID, "err", err)
	}
}

func (r *recreation) oldName() string {
	if r.note.Away != "" {
		return r.note.Away
	}
	return r.old.DisplayName()
}

// discard removes the old container of a recreate. Its anonymous volumes stay if they would
// stay at any other end of it.
func (e *Engine) discard(ctx context.Context, old api.Container) error {
	run := e.newRun("remove", nil, api.Observer{})
	err := e.remove(ctx, run, old.ID, api.RemoveOptions{Volumes: old.AutoRemove})
	run.End(err)
	return err
}
