package engine_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/path"
)

// canceller cancels in the gap after a step of the next operation.
type canceller struct {
	operation, step string
	cancel          context.CancelFunc
	cancelled       bool
}

func (c *canceller) gap(operation, step string) {
	if c.cancel != nil && operation == c.operation && step == c.step {
		c.cancelled = true
		c.cancel()
	}
}

// arm has the next operation cancelled after a step.
func (c *canceller) arm(t *testing.T, operation, step string) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	c.operation, c.step, c.cancel, c.cancelled = operation, step, cancel, false
	return ctx
}

func TestACreateCancelledAnywhereLeavesNothing(t *testing.T) {
	var c canceller
	p := open(t, func(cfg *engine.Config) { cfg.Gap = c.gap })
	p.output("busybox", "true") // the image is here, so what is left is the create's own
	for _, step := range some(gapsOfCreate) {
		t.Run(step, func(t *testing.T) {
			before := real.Count(t, p.env)
			var last path.Trace
			ctx := c.arm(t, "create", step)
			_, err := p.Create(ctx, p.request("--name", "web", "-v", "data:/home", "-v", "/anonymous", "busybox"), api.Observer{
				Trace:      func(tr path.Trace) { last = tr },
				Registered: func(api.Created) { t.Error("it was said to exist") },
			})
			if err == nil || !c.cancelled {
				t.Fatalf("cancelled: %t, error: %v", c.cancelled, err)
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
			real.Leftovers(t, p.env, before)
			if last.Error != "cancelled" || last.Ended.IsZero() {
				t.Errorf("trace ends with %q", last.Error)
			}
			for _, s := range last.Steps {
				if s.Name == "rootfs" && s.State == path.Done || s.Name == "identity" && s.State == path.Done {
					t.Errorf("%s is not shown as undone", s.Name)
				}
			}
			p.remove(p.create("--name", "web", "busybox")) // the name is free
			p.row("create", step, "cancelled", "nothing", "the name is free")
		})
	}
}

func TestAStartCancelledAnywhereLeavesTheContainerAsItWas(t *testing.T) {
	var c canceller
	p := open(t, func(cfg *engine.Config) { cfg.Gap = c.gap })
	id := p.create("busybox", "sleep", "60")
	before := real.Count(t, p.env)
	for _, step := range some(gapsOfStart[:len(gapsOfStart)-1]) { // after the last nothing is left to cancel
		for _, opt := range []api.StartOptions{{}, {Attach: &api.Streams{}}} {
			ctx := c.arm(t, "start", step)
			_, err := p.Start(ctx, id, opt, api.Observer{})
			if !errors.Is(err, context.Canceled) || !c.cancelled {
				t.Errorf("%s: cancelled: %t, error: %v", step, c.cancelled, err)
			}
			real.Leftovers(t, p.env, before)
			box := p.get(id)
			if want := map[bool]api.State{true: api.StateExited, false: api.StateCreated}[step == "run"]; box.State != want || box.Error != "" {
				t.Errorf("after %s it is %s with the error %q", step, box.State, box.Error)
			}
		}
		p.row("start", step, "cancelled", "nothing", "as before, and starts")
	}
	c.cancel = nil
	p.start(id)
	if box := p.get(id); box.State != api.StateRunning {
		t.Errorf("it is %s", box.State)
	}
	p.remove(id)
}

// A run is cancelled like its halves: before it is registered nothing stays, afterwards
// the container does.
func TestARunCancelledBetweenCreateAndStartKeepsTheContainer(t *testing.T) {
	var c canceller
	p := open(t, func(cfg *engine.Config) { cfg.Gap = c.gap })
	p.output("busybox", "true")
	for step, stays := range map[string]bool{"spec": false, "state": true, "wait": true} {
		before := real.Count(t, p.env)
		ctx := c.arm(t, "run", step)
		made, _, err := p.Run(ctx, p.request("busybox", "sleep", "60"), api.StartOptions{}, api.Observer{})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", step, err)
		}
		if stays != (made.ID != "") {
			t.Errorf("%s: made %q", step, made.ID)
		}
		if stays {
			if box := p.get(made.ID); box.State != api.StateCreated {
				t.Errorf("after %s it is %s", step, box.State)
			}
			p.remove(made.ID)
		}
		real.Leftovers(t, p.env, before)
	}
	ctx := c.arm(t, "run", "wait")
	before := real.Count(t, p.env)
	if _, _, err := p.Run(ctx, p.request("--rm", "busybox", "sleep", "60"), api.StartOptions{}, api.Observer{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	real.Leftovers(t, p.env, before)
}

// Layers that had been fetched whole may stay: the next pull has them. But nothing is half.
func TestAPullCancelledInTheMiddleLeavesNothing(t *testing.T) {
	p := open(t)
	reg := real.Registry(t)
	ref := reg.Image(t, real.Multi)
	open := make(chan struct{})
	reg.Use(t, real.On("/blobs/", real.GateAfter(64<<10, open)))
	defer close(open)
	before := real.Count(t, p.env)
	req := p.request("--name", "web", "busybox")
	req.Config.Image = ref
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last path.Trace
	_, err := p.Create(ctx, req, api.Observer{
		Trace: func(tr path.Trace) { last = tr },
		Pull: func(pp api.PullProgress) {
			if pp.Phase == api.PullDownloading && pp.Downloaded >= 64<<10 {
				cancel()
			}
		},
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if s := last.Steps[last.Current()]; s.Name != "pull" || s.Error != "cancelled" {
		t.Errorf("it ended at %+v", s)
	}
	real.Leftovers(t, p.env, before)
	if _, err := p.ImageConfig(t.Context(), ref, ""); !errors.As(err, new(*api.NotFoundError)) {
		t.Errorf("the image is said to be here: %v", err)
	}
}

func TestAPullThatFailsLeavesNothing(t *testing.T) {
	p := open(t)
	for _, c := range []struct {
		name  string
		image real.Image
		bad   []real.Middleware
		cause api.PullCause
	}{
		{"no such image", "", nil, api.PullNoTag},
		{"another platform's", real.Foreign, nil, api.PullPlatform},
		{"corrupt on the way", real.Busybox, []real.Middleware{real.On("/blobs/", real.Corrupt())}, api.PullCorrupt},
		{"the registry is broken", real.Busybox, []real.Middleware{real.On("/manifests/", real.Status(http.StatusInternalServerError, "UNKNOWN"))}, api.PullServer},
	} {
		t.Run(c.name, func(t *testing.T) {
			reg := real.Registry(t)
			req := p.request("busybox")
			req.Config.Image = reg.Ref("nothing")
			if c.image != "" {
				req.Config.Image = reg.Image(t, c.image)
			}
			reg.Use(t, c.bad...)
			before := real.Count(t, p.env)
			_, err := p.Create(t.Context(), req, api.Observer{})
			if e := as[*api.PullError](t, err); e.Cause != c.cause || !strings.Contains(e.Error(), req.Config.Image) {
				t.Errorf("%s: %v", e.Cause, e)
			}
			real.Leftovers(t, p.env, before)
		})
	}
}
