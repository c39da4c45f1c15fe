package engine_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/option"
	"gantry/engine/record"
)

// twinEnv tells this test binary to be another gantry, which does what it is told line by line.
const twinEnv = "GANTRY_TEST_TWIN"

// rounds is how often each race is run: each two acts meet once.
func rounds() int {
	if testing.Short() {
		return 5
	}
	return 16
}

// TestTwin is no test: it is the other gantry.
func TestTwin(t *testing.T) {
	raw := os.Getenv(twinEnv)
	if raw == "" {
		return // only for the other tests
	}
	var o order
	if err := json.Unmarshal([]byte(raw), &o); err != nil {
		t.Fatal(err)
	}
	e := o.open(nil)
	defer e.Close()
	replies := os.NewFile(3, "replies")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		if err := json.NewEncoder(replies).Encode(act(e, strings.Fields(in.Text()))); err != nil {
			t.Fatal(err)
		}
	}
}

// reply is what came of one act.
type reply struct {
	ID    string   // of what was made, or of who has the name
	Kind  string   // of the error: its type; "" is none
	Error string   // its text
	Rows  []string // of a list
}

// act carries out one line: what to do, to which container, and what else there is to say.
func act(e *engine.Engine, words []string) (r reply) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	what, id := words[0], words[1]
	var err error
	switch what {
	case "create":
		var d option.Draft
		if d, err = option.FromArgs(append([]string{"--name", id}, words[2:]...)); err == nil {
			var made api.Created
			made, err = e.Create(ctx, d.Parse(option.Facts{}).Request, api.Observer{})
			r.ID = made.ID
		}
	case "start":
		_, err = e.Start(ctx, id, api.StartOptions{}, api.Observer{})
	case "stop":
		err = e.Stop(ctx, id, api.StopOptions{}, api.Observer{})
	case "kill":
		err = e.Kill(ctx, id, "")
	case "remove":
		err = e.Remove(ctx, id, api.RemoveOptions{Force: true}, api.Observer{})
	case "list":
		r.Rows = live(ctx, e)
	default:
		err = fmt.Errorf("what is %q?", what)
	}
	if err == nil {
		return r
	}
	r.Error, r.Kind = err.Error(), fmt.Sprintf("%T", err)
	var taken *api.NameInUseError
	var none *api.NotFoundError
	var state *api.StateError
	switch {
	case errors.As(err, &taken):
		r.ID, r.Kind = taken.ID, "name"
	case errors.As(err, &none):
		r.Kind = "not found"
	case errors.As(err, &state):
		r.Kind = "state"
	}
	return r
}

// live is the live list as it stands.
func live(ctx context.Context, e *engine.Engine) (rows []string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for u := range e.Watch(ctx) {
		if !u.Full {
			continue
		}
		for _, c := range u.Containers {
			rows = append(rows, fmt.Sprint(c.ID, c.Name, c.State, c.Pid, c.ExitCode))
		}
		break
	}
	slices.Sort(rows)
	return rows
}

// twin is the other gantry's process.
type twin struct {
	t       *testing.T
	orders  io.WriteCloser
	replies *json.Decoder
}

func (p *place) twin(t *testing.T) *twin {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestTwin$")
	cmd.Env = append(os.Environ(), twinEnv+"="+p.on(order{}))
	cmd.ExtraFiles = []*os.File{w}
	orders, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() {
		orders.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the other gantry: %v", err)
		}
		r.Close()
	})
	return &twin{t, orders, json.NewDecoder(r)}
}

// race has both gantrys do something at the same moment.
func (w *twin) race(p *place, mine, its string) (own, other reply) {
	w.t.Helper()
	if _, err := io.WriteString(w.orders, its+"\n"); err != nil {
		w.t.Fatal(err)
	}
	own = act(p.Engine, strings.Fields(mine))
	if err := w.replies.Decode(&other); err != nil {
		w.t.Fatalf("the other gantry, told to %s: %v", its, err)
	}
	return own, other
}

func TestTwoGantrysDoNotTakeOneNameTwice(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	w := p.twin(t)
	won := map[bool]int{}
	for i := range rounds() {
		line := fmt.Sprintf("create race-%d %s", i, p.image(real.Busybox))
		own, other := w.race(p, line, line)
		if other.Kind == "" {
			own, other = other, own
			won[false]++
		} else {
			won[true]++
		}
		if own.Kind != "" || other.Kind != "name" || other.ID != own.ID {
			t.Fatalf("round %d: one got %+v, the other %+v", i, own, other)
		}
		if c := p.get(fmt.Sprintf("race-%d", i)); c.ID != own.ID || c.State != api.StateCreated {
			t.Errorf("round %d: %+v", i, c)
		}
		p.remove(own.ID)
	}
	t.Logf("won by this gantry %d times, by the other %d times", won[true], won[false])
	real.Leftovers(t, p.env, before)
}

// Whatever two gantrys do to one container at the same moment: each has its way or is told
// why not, both see the same afterwards, and the container can be used and removed.
func TestTwoGantrysAtOneContainer(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	before := real.Count(t, p.env)
	w := p.twin(t)
	acts := []string{"start", "stop", "kill", "remove"}
	for i := range rounds() {
		id := p.create(trapper...)
		if i%2 == 0 {
			p.start(id)
			p.logged(id, "set")
		}
		mine, its := acts[i%4], acts[i/4%4]
		own, other := w.race(p, mine+" "+id, its+" "+id)
		for did, r := range map[string]reply{"this one: " + mine: own, "the other: " + its: other} {
			switch r.Kind {
			case "", "state", "not found":
			default:
				t.Errorf("round %d, %s and %s: %s: %s (%s)", i, mine, its, did, r.Error, r.Kind)
			}
		}
		p.eventually("one view of it", func() bool {
			a, b := w.race(p, "list all", "list all")
			c, err := p.Find(t.Context(), id)
			now := 1
			if err != nil {
				now = 0
			}
			return len(a.Rows) == now && slices.Equal(a.Rows, b.Rows) && (now == 0 || strings.Contains(a.Rows[0], fmt.Sprint(c.State, c.Pid)))
		})
		if c, err := p.Find(t.Context(), id); err == nil {
			if err := p.Stop(t.Context(), c.ID, api.StopOptions{}, api.Observer{}); err != nil {
				t.Error(err)
			}
			said := p.lines(id)
			p.start(id)
			p.eventually("the new run", func() bool { return p.lines(id) > said })
			p.endsWith12(id, mine+" and "+its)
		}
	}
	real.Leftovers(t, p.env, before)
}

// Two starts at the same moment make one process, and the traces of both are kept.
func TestTwoGantrysLoseNoUpdate(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	w := p.twin(t)
	for i := range rounds() {
		id := p.create(trapper...)
		own, other := w.race(p, "start "+id, "start "+id)
		if own.Kind != "" || other.Kind != "" {
			t.Errorf("round %d: %+v, %+v", i, own, other)
		}
		p.logged(id, "set")
		if said := p.lines(id); said != 1 {
			t.Errorf("round %d: it said %d lines", i, said)
		}
		kept, err := record.Open(p.env.Endpoint.RecordStore, p.env.Namespace).State(id).Traces()
		starts := 0
		for _, tr := range kept {
			if tr.Operation == "start" {
				starts++
			}
		}
		if err != nil || starts != 2 {
			t.Errorf("round %d: the traces of %d starts are kept, %v", i, starts, err)
		}
		p.remove(id)
	}
}

// lines is how many lines the container has written.
func (p *place) lines(id string) (n int) {
	p.t.Helper()
	err := p.Logs(p.t.Context(), id, api.LogOptions{Tail: -1}, func(lines []api.LogLine) error { n += len(lines); return nil })
	if err != nil {
		p.t.Error(err)
	}
	return n
}
