package engine_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// The list is asked for again only once a minute, so what comes well before came by events.
const atOnce = 20 * time.Second

func TestTheListFollowsByEvents(t *testing.T) {
	p := open(t)
	f := p.follow()
	began := time.Now()
	id := p.create("--name", "web", "busybox", "sh", "-c", "trap 'exit 6' TERM; echo set; while :; do sleep 0.05; done")
	if c := f.state(id, api.StateCreated); c.Name != "web" {
		t.Errorf("%+v", c)
	}
	p.start(id)
	if c := f.state(id, api.StateRunning); c.Pid == 0 || c.StartedAt.IsZero() {
		t.Errorf("%+v", c)
	}
	p.logged(id, "set")
	if err := p.Stop(t.Context(), id, api.StopOptions{}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	if c := f.state(id, api.StateExited); c.ExitCode != 6 || !c.ExitKnown {
		t.Errorf("%+v", c)
	}
	if err := p.Remove(t.Context(), id, api.RemoveOptions{}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	f.gone(id)
	if took := time.Since(began); took > atOnce {
		t.Errorf("took %s: is it by events?", took)
	}
	if got := f.states[id]; !slices.Equal(got, []api.State{api.StateCreated, api.StateRunning, api.StateExited}) {
		t.Errorf("it went through %v", got)
	}
}

func TestTwoEnginesSeeTheSame(t *testing.T) {
	p := open(t)
	q := openOn(t, p.env)
	f, g := p.follow(), q.follow()
	id := p.create("busybox", "sleep", "60")
	f.state(id, api.StateCreated)
	g.state(id, api.StateCreated)
	q.start(id)
	f.state(id, api.StateRunning)
	g.state(id, api.StateRunning)
	if err := p.Kill(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	if c := f.state(id, api.StateExited); c.ExitCode != 137 {
		t.Errorf("%+v", c)
	}
	g.state(id, api.StateExited)
	q.remove(id)
	f.gone(id)
	g.gone(id)
}

func TestOfTwoCreatesOfOneNameExactlyOneWins(t *testing.T) {
	p := open(t)
	q := openOn(t, p.env)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	for range 10 {
		reqs := []api.CreateRequest{p.request("--name", "web", "busybox"), p.request("--name", "web", "busybox")}
		var (
			both sync.WaitGroup
			made [2]api.Created
			errs [2]error
		)
		for i, e := range []*place{p, q} {
			both.Go(func() { made[i], errs[i] = e.Create(t.Context(), reqs[i], api.Observer{}) })
		}
		both.Wait()
		won := 0
		if errs[0] != nil {
			won = 1
		}
		if errs[won] != nil || errs[1-won] == nil {
			t.Fatalf("made %v, errors %v", made, errs)
		}
		if e := as[*api.NameInUseError](t, errs[1-won]); e.ID != made[won].ID {
			t.Errorf("%v, but %s has it", e, made[won].ID)
		}
		if c := p.get("web"); c.ID != made[won].ID {
			t.Errorf("the name is %s's", c.ID)
		}
		p.remove(made[won].ID)
	}
	real.Leftovers(t, p.env, before)
}

func TestOneStartOfTwoAtOnceIsEnough(t *testing.T) {
	p := open(t)
	q := openOn(t, p.env)
	id := p.create("busybox", "sleep", "60")
	var both sync.WaitGroup
	for _, e := range []*place{p, q} {
		both.Go(func() {
			if _, err := e.Start(t.Context(), id, api.StartOptions{}, api.Observer{}); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if c := p.get(id); c.State != api.StateRunning {
		t.Errorf("it is %s", c.State)
	}
	p.remove(id)
}

func TestWhoeverWatchesRemovesWhatIsToGoAtItsEnd(t *testing.T) {
	p := open(t)
	before := real.Count(t, p.env)
	f := p.follow()
	id := p.create("--rm", "busybox", "sh", "-c", "sleep 0.2")
	p.start(id)
	f.state(id, api.StateRunning)
	f.gone(id)
	p.gone(id)
	real.Leftovers(t, p.env, before, "committed snapshot")
}

func TestEndedWhileNobodyWatchedIsRemovedAtTheNextConnection(t *testing.T) {
	env := real.Engine(t)
	before := real.Count(t, env)
	p := openOn(t, env)
	id := p.create("--rm", "busybox", "sleep", "60")
	kept := p.create("busybox", "true")
	p.start(id)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	box, err := env.Client.LoadContainer(env.Context(t), id)
	if err != nil {
		t.Fatal(err)
	}
	task, err := box.Task(env.Context(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	exit, err := task.Wait(env.Context(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := task.Kill(env.Context(t), 9); err != nil {
		t.Fatal(err)
	}
	<-exit
	q := openOn(t, env)
	f := q.follow()
	f.gone(id)
	if q.get(kept).State != api.StateCreated {
		t.Error("one that was to stay was changed")
	}
	q.remove(kept)
	real.Leftovers(t, env, before, "committed snapshot")
}

func TestOpenAndCloseLeaveNoGoroutine(t *testing.T) {
	env := real.Engine(t)
	before := goleak.IgnoreCurrent()
	p := openOn(t, env)
	f := p.follow()
	id := p.create("busybox", "sleep", "60")
	if _, err := p.Start(t.Context(), id, api.StartOptions{Attach: &api.Streams{}}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	f.state(id, api.StateRunning)
	if err := p.Close(); err != nil { // nobody waits for the session
		t.Fatal(err)
	}
	if _, open := <-f.updates; open {
		for range f.updates {
		}
	}
	goleak.VerifyNone(t, before)
}

func TestAnEngineThatCannotBeSaysWhy(t *testing.T) {
	env := real.Engine(t)
	before := goleak.IgnoreCurrent()
	cfg := env.Config
	cfg.Mode, cfg.Address = "", env.Endpoint.StateDir+"/nothing.sock"
	e := engine.Open(engine.Config{Daemon: cfg})
	err := e.Ready(soon(t))
	if u := as[*api.UnavailableError](t, err); u.Cause != api.NoSocket || u.Address != cfg.Address {
		t.Errorf("%+v", u)
	}
	if _, err := e.Create(t.Context(), api.CreateRequest{}, api.Observer{}); !errors.As(err, new(*api.UnavailableError)) {
		t.Errorf("create: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	u := <-e.Watch(ctx)
	cancel()
	if u.Conn == nil || u.Conn.State != api.ConnLost || u.Conn.Err == nil || u.Full {
		t.Errorf("the watch begins with %+v", u)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	goleak.VerifyNone(t, before)
}

// More changes than are worth reading one by one.
func TestManyChangesAtOnce(t *testing.T) {
	p := open(t)
	f := p.follow()
	const many = 60
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() { p.foreign("box-"+strconv.Itoa(i), nil) })
	}
	all.Wait()
	f.until("all of them", func() bool { return len(f.all) == many })
	for i := range many {
		all.Go(func() {
			if err := p.env.Client.ContainerService().Delete(p.env.Context(t), "box-"+strconv.Itoa(i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	f.until("none of them", func() bool { return len(f.all) == 0 })
}
