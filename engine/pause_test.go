package engine_test

import (
	"testing"
	"time"

	"gantry/engine/api"
)

// pause freezes a container, as another program may.
func (p *place) pause(id string) {
	p.t.Helper()
	box, err := p.env.Client.LoadContainer(p.env.Context(p.t), id)
	if err != nil {
		p.t.Fatal(err)
	}
	task, err := box.Task(p.env.Context(p.t), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := task.Pause(p.env.Context(p.t)); err != nil {
		p.t.Fatal(err)
	}
}

func TestAPausedContainer(t *testing.T) {
	p := open(t)
	f := p.follow()
	const script = "trap 'exit 3' TERM; echo set; while :; do sleep 0.05; done"
	id := p.run("busybox", "sh", "-c", script)
	p.logged(id, "set")
	p.pause(id)
	f.state(id, api.StatePaused)
	_, err := p.Start(t.Context(), id, api.StartOptions{}, api.Observer{})
	if e := as[*api.StateError](t, err); e.State != api.StatePaused || e.Fix == "" {
		t.Errorf("start: %v", e)
	}
	err = p.Remove(t.Context(), id, api.RemoveOptions{}, api.Observer{})
	if e := as[*api.StateError](t, err); e.State != api.StatePaused {
		t.Errorf("remove: %v", e)
	}

	// The signal is for the process, which has to run to obey it.
	began := time.Now()
	if err := p.Stop(soon(t), id, api.StopOptions{}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	if c := f.state(id, api.StateExited); c.ExitCode != 3 || time.Since(began) > 9*time.Second {
		t.Errorf("stopped with %d after %s", c.ExitCode, time.Since(began))
	}

	id = p.run("busybox", "sh", "-c", script)
	p.logged(id, "set")
	p.pause(id)
	if err := p.Kill(t.Context(), id, "TERM"); err != nil {
		t.Fatal(err)
	}
	if code, err := p.Wait(soon(t), id); err != nil || code != 3 {
		t.Errorf("killed: %d, %v", code, err)
	}

	p.start(id)
	p.pause(id)
	p.remove(id)
	f.gone(id)
}
