package engine_test

import (
	"context"
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/enginetest/real"
)

// killer kills containerd in the gap after a step of the next operation.
type killer struct {
	t               *testing.T
	cfg             daemon.Config
	operation, step string
	killed          bool
}

func (k *killer) gap(operation, step string) {
	if k.killed || operation != k.operation || step != k.step {
		return
	}
	k.killed = true
	st, err := daemon.Current(context.Background(), k.cfg)
	if err != nil || !st.Running {
		k.t.Errorf("the engine does not run: %v", err)
		return
	}
	real.Signal(k.t, st.PID, unix.SIGKILL)
}

// arm has containerd killed after a step of the next operation.
func (k *killer) arm(operation, step string) { k.operation, k.step, k.killed = operation, step, false }

// spent sees that it was killed, and waits until it is back.
func (k *killer) spent(p *place) {
	p.t.Helper()
	if !k.killed {
		p.t.Errorf("%s never came past %s", k.operation, k.step)
	}
	p.eventually("containerd", func() bool {
		_, err := p.env.Snapshot(context.Background())
		return err == nil && p.Ready(context.Background()) == nil
	})
}

// mortal is an engine of the test's own, whose containerd may be killed as often as it likes.
func mortal(t *testing.T) (*place, *killer) {
	env := real.OwnEngine(t, "256m").Env
	k := &killer{t: t, cfg: env.Config}
	p := openOn(t, env, func(cfg *engine.Config) { cfg.Gap = k.gap })
	p.output("busybox", "true")
	return p, k
}

// A create that containerd was lost under fails, says so, and leaves nothing; once it is
// registered it succeeds.
func TestACreateThatContainerdDiesUnderLeavesNothing(t *testing.T) {
	p, k := mortal(t)
	req := p.request("--name", "web", "-v", "data:/home", "-v", "/anonymous", "busybox")
	for _, step := range some(gapsOfCreate) {
		before := real.Count(t, p.env)
		k.arm("create", step)
		made, err := p.Create(t.Context(), req, api.Observer{})
		k.spent(p)
		next := "it was made all the same"
		var lost *api.UnavailableError
		switch {
		case err == nil:
			p.remove(made.ID)
			p.clearVolumes(2)
		case step == "register" || !errors.As(err, &lost):
			t.Errorf("after %s: %v", step, err)
		default:
			next = "failed, taken back; the name is free"
		}
		real.Leftovers(t, p.env, before)
		p.remove(p.create("--name", "web", "busybox"))
		p.row("create", step, "containerd killed", "nothing", next)
	}
}

// A start that containerd was lost under leaves the container as it was, without an error of
// its own; once its process runs it succeeds.
func TestAStartThatContainerdDiesUnderCanBeStartedAgain(t *testing.T) {
	p, k := mortal(t)
	empty := real.Count(t, p.env)
	for _, step := range some(gapsOfStart) {
		id := p.create(trapper...)
		before := real.Count(t, p.env)
		k.arm("start", step)
		_, err := p.Start(t.Context(), id, api.StartOptions{}, api.Observer{})
		k.spent(p)
		left, next := "nothing", "it runs on; stopped: exit 12"
		c := p.get(id)
		var lost *api.UnavailableError
		switch {
		case err == nil:
			if c.State != api.StateRunning {
				t.Errorf("after %s it is %s", step, c.State)
			}
		case step == "run" || step == "restart" || !errors.As(err, &lost):
			t.Errorf("after %s: %v", step, err)
		default:
			if c.State != api.StateCreated || c.Error != "" {
				t.Errorf("after %s it is %s with the error %q", step, c.State, c.Error)
			}
			real.Leftovers(t, p.env, before)
			next = "failed, it was created; started, stopped: exit 12"
			p.start(id)
		}
		p.endsWith12(id, step)
		p.row("start", step, "containerd killed", left, next)
	}
	real.Leftovers(t, p.env, empty)
}
