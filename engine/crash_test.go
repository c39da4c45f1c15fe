package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/enginetest/real"
	"gantry/engine/option"
)

// crashEnv tells this test binary to be a gantry that is killed on its way.
const crashEnv = "GANTRY_TEST_CRASH"

// order is what such a gantry does and where it is killed.
type order struct {
	DataRoot, RunRoot, Namespace string
	Operation, Step              string
	DockerConfig                 string   // a folder of the test's, which the killed one cannot clear away
	Words                        []string // of a run or create
	ID                           string   // of a start, commit or recreate
	Within                       string   // "recreate" when the operation is a part of one
}

// TestCrash is no test: it is the gantry that is killed.
func TestCrash(t *testing.T) {
	raw := os.Getenv(crashEnv)
	if raw == "" {
		return // only for the other tests
	}
	var o order
	if err := json.Unmarshal([]byte(raw), &o); err != nil {
		t.Fatal(err)
	}
	e := o.open(func(operation, step string) {
		if operation == o.Operation && step == o.Step {
			_ = unix.Kill(os.Getpid(), unix.SIGKILL)
		}
	})
	if err := o.carryOut(e); err != nil {
		t.Fatal(err)
	}
	t.Fatal("it came to its end")
}

// open opens the engine that the order is for.
func (o order) open(gap func(operation, step string)) *engine.Engine {
	return engine.Open(engine.Config{
		Daemon:    daemon.Config{DataRoot: o.DataRoot, RunRoot: o.RunRoot, Mode: daemon.Embedded, SystemSockets: []daemon.Candidate{}},
		Namespace: o.Namespace, Version: "test", DockerConfigDir: o.DockerConfig, Gap: gap,
	})
}

// on is an order for another gantry on the test's engine.
func (p *place) on(o order) string {
	p.t.Helper()
	o.DataRoot, o.RunRoot, o.Namespace = p.env.Config.DataRoot, p.env.Config.RunRoot, p.env.Namespace
	o.DockerConfig = p.t.TempDir()
	raw, err := json.Marshal(o)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(raw)
}

func (o order) carryOut(e *engine.Engine) error {
	ctx := context.Background()
	if err := e.Ready(ctx); err != nil {
		return err
	}
	if o.Operation == "start" {
		_, err := e.Start(ctx, o.ID, api.StartOptions{}, api.Observer{})
		return err
	}
	if o.Operation == "commit" {
		_, err := e.Commit(ctx, o.ID, "mine", api.CommitOptions{}, api.Observer{})
		return err
	}
	d, err := option.FromArgs(o.Words)
	if err != nil {
		return err
	}
	if o.Within == "recreate" {
		_, err = e.Recreate(ctx, o.ID, d.Parse(option.Facts{}).Request, api.RecreateOptions{}, api.Observer{})
		return err
	}
	_, err = e.Create(ctx, d.Parse(option.Facts{}).Request, api.Observer{})
	return err
}

// crash has another gantry do it, and be killed after the step.
func (p *place) crash(o order) {
	p.t.Helper()
	cmd := exec.CommandContext(soon(p.t), os.Args[0], "-test.run", "^TestCrash$")
	cmd.Env = append(os.Environ(), crashEnv+"="+p.on(o))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Success() || exit.ExitCode() != -1 {
		p.t.Fatalf("it was not killed after %s: %v\n%s", o.Step, err, out)
	}
}

// The gaps of the two paths are those after each of their steps.
var (
	gapsOfCreate = []string{"config", "options", "supported", "image", "pull", "identity", "rootfs", "volumes", "spec", "register"}
	gapsOfStart  = []string{"state", "mounts", "network", "security", "task", "wait", "run", "restart"}
)

// some of the gaps are enough for the race detector, which sees the same code in any of them.
func some[T any](gaps []T) (out []T) {
	if !testing.Short() {
		return gaps
	}
	for i := 0; i < len(gaps); i += 4 {
		out = append(out, gaps[i])
	}
	return out
}

// trapper runs until it is told to stop, and ends with 12 then.
var trapper = []string{"busybox", "sh", "-c", "trap 'exit 12' TERM; echo set; while :; do sleep 0.05; done"}

// row is one line of the table of gaps: what was left, and what the next start did.
func (p *place) row(operation, step, how, left, next string) {
	p.t.Logf("| %s: %s | %s | %s | %s |", operation, step, how, left, next)
}

// kinds says in a few words what a census has more than another.
func kinds(diff []string) string {
	if len(diff) == 0 {
		return "nothing"
	}
	var out []string
	for _, line := range diff {
		kind, _, _ := strings.Cut(line, ":")
		if !slices.Contains(out, kind) {
			out = append(out, kind)
		}
	}
	return strings.Join(out, ", ")
}

func TestACreateKilledAnywhereIsSwept(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	for _, step := range some(gapsOfCreate) {
		p.crash(order{Operation: "create", Step: step, Words: []string{"--name", "web", "-v", "data:/home", "-v", "/anonymous", p.image(real.Busybox)}})
		left := kinds(real.Count(t, p.env).Diff(before))
		q := openOn(t, p.env)
		next := "swept; the name is free"
		if step == "register" { // from here on it exists
			c := q.get("web")
			if c.State != api.StateCreated || c.Owner != api.OwnerGantry {
				t.Errorf("%+v", c)
			}
			q.start(c.ID)
			q.remove(c.ID)
			q.clearVolumes(2)
			next = "it exists, and starts"
		}
		real.Leftovers(t, p.env, before)
		q.remove(q.create("--name", "web", "busybox")) // the name is free
		p.row("create", step, "gantry killed", left, next)
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAStartKilledAnywhereCanBeStartedAgain(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	empty := real.Count(t, p.env)
	for _, step := range some(gapsOfStart) {
		id := p.create(trapper...)
		before := real.Count(t, p.env)
		p.crash(order{Operation: "start", Step: step, ID: id})
		left := kinds(real.Count(t, p.env).Diff(before))
		want := api.StateCreated
		if step == "run" || step == "restart" {
			want = api.StateRunning
		}
		if c := p.get(id); c.State != want {
			t.Errorf("after %s it is %s", step, c.State)
		}
		p.start(id)
		p.endsWith12(id, step)
		p.row("start", step, "gantry killed", left, fmt.Sprintf("it was %s; started, stopped: exit 12", want))
	}
	real.Leftovers(t, p.env, empty)
}

// endsWith12 stops the trapper, sees how it ended, and removes it.
func (p *place) endsWith12(id, after string) {
	p.t.Helper()
	p.logged(id, "set")
	if err := p.Stop(p.t.Context(), id, api.StopOptions{}, api.Observer{}); err != nil {
		p.t.Error(err)
	}
	if c := p.get(id); c.State != api.StateExited || c.ExitCode != 12 {
		p.t.Errorf("after %s: %s", after, fmt.Sprint(c.State, c.ExitCode))
	}
	p.remove(id)
}
