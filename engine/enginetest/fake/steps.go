package fake

import (
	"context"
	"sync"
	"time"

	"gantry/engine/path"
)

// CreateSteps and StartSteps are the steps of the two paths, in order.
func CreateSteps() []string {
	return []string{"config", "options", "supported", "image", "pull", "identity", "rootfs", "volumes", "spec", "register"}
}

// StartSteps are the steps of a start.
func StartSteps() []string {
	return []string{"state", "mounts", "network", "security", "task", "wait", "run", "restart"}
}

// stepTimes is what each step takes on the fake's clock.
func stepTimes() map[string]time.Duration {
	us := func(n int) time.Duration { return time.Duration(n) * time.Microsecond }
	return map[string]time.Duration{
		"config": us(400), "options": us(200), "supported": us(100), "image": us(1900), "identity": us(1100), "rootfs": us(2000),
		"volumes": us(100), "spec": us(2300), "register": us(1700), "state": us(300), "mounts": us(200), "network": us(5000),
		"security": us(300), "task": us(84000), "wait": us(100), "run": us(9000), "restart": us(800),
	}
}

// Gate stops operations at a step until it is opened or their context ends.
type Gate struct {
	reach, opened sync.Once
	reached, open chan struct{}
}

// Reached is closed when the first operation has come to the gate.
func (g *Gate) Reached() <-chan struct{} { return g.reached }

// Open lets operations pass, now and later.
func (g *Gate) Open() { g.opened.Do(func() { close(g.open) }) }

// HoldAt puts a gate before the end of a step, or with "undo WHAT" before an undo:
// "undo name given back".
func (e *Engine) HoldAt(step string) *Gate {
	g := &Gate{reached: make(chan struct{}), open: make(chan struct{})}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.gates[step] = g
	return g
}

func (g *Gate) pass(ctx context.Context) error {
	g.reach.Do(func() { close(g.reached) })
	select {
	case <-g.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// step runs one step: its gate, its scripted failure, then fn.
func (e *Engine) step(ctx context.Context, r *path.Run, name string, fn func(*path.Scope) error) error {
	return r.Do(ctx, name, func(ctx context.Context, s *path.Scope) error {
		e.mu.Lock()
		gate, fail, took := e.gates[name], e.fails[name], e.steps[name]
		e.mu.Unlock()
		if gate != nil {
			if err := gate.pass(ctx); err != nil {
				return err
			}
		}
		e.clock.Advance(took)
		if fail != nil {
			return fail
		}
		if fn == nil {
			return nil
		}
		return fn(s)
	})
}
