package engine_test

import (
	"errors"
	"strings"
	"testing"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

func TestAnAttachedRunEndsWithTheContainersCode(t *testing.T) {
	p := open(t)
	before := real.Count(t, p.env)
	for script, want := range map[string]int{"true": 0, "exit 7": 7, "exit 255": 255, "sh -c 'kill -9 $$'; exit $?": 137} {
		o, err := p.attached("--rm", "busybox", "sh", "-c", script)
		if err != nil || o.code != want {
			t.Errorf("%s: %d, not %d (%v)", script, o.code, want, err)
		}
		p.gone(o.id)
	}
	real.Leftovers(t, p.env, before, "committed snapshot")
}

// A start that fails leaves the container with its reason, and nothing else.
func TestAFailedStartLeavesTheContainerWithItsError(t *testing.T) {
	p := open(t)
	for _, c := range []struct {
		name  string
		words []string
		cause api.StartCause
		code  int
		says  string
	}{
		{"a missing command", []string{"busybox", "no-such-program"}, api.CauseNotFound, 127, "no-such-program: no such program in the image"},
		{"a missing path", []string{"busybox", "/no/such/program"}, api.CauseNotFound, 127, "no such program"},
		{"a file without x", []string{"busybox", "/etc/passwd"}, api.CausePermission, 126, "/etc/passwd: not executable"},
		{"a directory", []string{"busybox", "/etc"}, api.CausePermission, 126, "/etc: not executable"},
		{"below a file", []string{"busybox", "/etc/passwd/sh"}, api.CauseNotDir, 127, "not a directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			id := p.create(c.words...)
			before := real.Count(t, p.env)
			_, err := p.Start(t.Context(), id, api.StartOptions{}, api.Observer{})
			e := as[*api.StartError](t, err)
			if e.Cause != c.cause || e.Code != c.code || !strings.Contains(e.Error(), c.says) {
				t.Errorf("%s %d: %s", e.Cause, e.Code, e)
			}
			real.Leftovers(t, p.env, before)
			box := p.get(id)
			if box.State != api.StateCreated || !strings.Contains(box.Error, c.says) || !box.StartedAt.IsZero() {
				t.Errorf("it is %s since %s with the error %q", box.State, box.StartedAt, box.Error)
			}
			traces, err := p.Traces(t.Context(), id)
			if err != nil || len(traces) != 2 || traces[0].Operation != "start" || traces[0].Steps[traces[0].Current()].Name != "task" {
				t.Errorf("traces %+v (%v)", traces, err)
			}
			// Attached it says the same.
			_, err = p.Start(t.Context(), id, api.StartOptions{Attach: &api.Streams{}}, api.Observer{})
			if e := as[*api.StartError](t, err); e.Code != c.code {
				t.Errorf("attached: %v", err)
			}
			real.Leftovers(t, p.env, before)
			p.remove(id)
		})
	}
}

func TestAFailedRunOfOneThatIsToGoLeavesNothing(t *testing.T) {
	p := open(t)
	p.output("busybox", "true") // the image is here now
	before := real.Count(t, p.env)
	o, err := p.attached("--rm", "--name", "web", "busybox", "no-such-program")
	if e := as[*api.StartError](t, err); e.Code != 127 {
		t.Error(e)
	}
	p.gone(o.id)
	real.Leftovers(t, p.env, before)
}

func TestAStartThatWorksClearsTheError(t *testing.T) {
	p := open(t)
	id := p.create("busybox", "/tmp/made-later")
	if _, err := p.Start(t.Context(), id, api.StartOptions{}, api.Observer{}); !errors.As(err, new(*api.StartError)) {
		t.Fatal(err)
	}
	p.inside(id, func(write func(name, body string)) { write("tmp/made-later", "#!/bin/sh\nexit 9\n") })
	p.start(id)
	if code, err := p.Wait(soon(t), id); err != nil || code != 9 {
		t.Errorf("%d, %v", code, err)
	}
	if c := p.get(id); c.Error != "" || c.State != api.StateExited || c.ExitCode != 9 {
		t.Errorf("%+v", c)
	}
}

// What is refused before anything is made, and what it is called.
func TestARequestThatCannotBeHonouredIsRefusedByField(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	for field, words := range map[string][]string{
		"user":    {"--user", "nobody-knows", "busybox"},
		"network": {"--network", "none", "busybox"},
	} {
		req := p.request(words...)
		if field == "network" {
			req.HostConfig.NetworkMode = "wonderland"
		}
		_, err := p.Create(t.Context(), req, api.Observer{})
		if e := as[api.FieldErrors](t, err); e[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := p.Create(t.Context(), api.CreateRequest{}, api.Observer{}); !errors.As(err, new(api.FieldErrors)) {
		t.Errorf("an empty request: %v", err)
	}
	req := p.request("--pull", "never", "busybox")
	req.Config.Image = p.env.Registry.Ref("unknown")
	_, err := p.Create(t.Context(), req, api.Observer{})
	if e := as[*api.PullError](t, err); e.Cause != api.PullNotHere {
		t.Error(e)
	}
	real.Leftovers(t, p.env, before)
}
