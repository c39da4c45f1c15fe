package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gantry/engine/api"
	"gantry/engine/network/wire"
	"gantry/engine/path"
	"gantry/engine/record"
)

// recreateWatch is how long a new container must hold out before the old one is given up.
const recreateWatch = time.Second

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
