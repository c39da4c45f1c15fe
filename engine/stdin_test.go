package engine_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// heard is output that can be looked at while it comes.
type heard struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.Write(b)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.String()
}

// fed runs a container with input to its end.
func (p *place) fed(stdin io.Reader, words ...string) (out, errs string, code int) {
	p.t.Helper()
	var o, e bytes.Buffer
	made, s, err := p.Run(p.t.Context(), p.request(words...),
		api.StartOptions{Attach: &api.Streams{Stdin: stdin, Stdout: &o, Stderr: &e}}, api.Observer{})
	if err != nil {
		p.t.Fatalf("%q: %v", words, err)
	}
	code, err = s.Wait()
	if err != nil {
		p.t.Fatalf("%q: %v", words, err)
	}
	if x := p.get(made.ID); x.State != api.StateExited || x.ExitCode != code {
		p.t.Errorf("%q: %s %d, told %d", words, x.State, x.ExitCode, code)
	}
	p.remove(made.ID)
	return o.String(), e.String(), code
}

func TestInputWithoutATerminal(t *testing.T) {
	p := open(t)
	p.remove(p.create("busybox"))
	before := real.Count(t, p.env)
	if out, errs, code := p.fed(strings.NewReader("x\n"), "-i", "busybox", "cat"); out != "x\n" || errs != "" || code != 0 {
		t.Errorf("cat: %q, %q, %d", out, errs, code)
	}
	much := strings.Repeat("0123456789abcde\n", 64<<10)
	out, errs, code := p.fed(strings.NewReader(much), "-i", "busybox", "sh", "-c", "cat; echo end >&2; exit 7")
	if out != much || errs != "end\n" || code != 7 {
		t.Errorf("a mebibyte: %d bytes, %q, %d", len(out), errs, code)
	}
	// One that does not read ends all the same, with input left over.
	if _, _, code := p.fed(strings.NewReader(much), "-i", "busybox", "sh", "-c", "exit 3"); code != 3 {
		t.Errorf("not read: %d", code)
	}
	// A program that cannot be run leaves no holder behind.
	_, _, err := p.Run(t.Context(), p.request("--rm", "-i", "busybox", "no-such"), api.StartOptions{Attach: &api.Streams{}}, api.Observer{})
	if e := as[*api.StartError](t, err); e.Code != 127 {
		t.Errorf("%+v", e)
	}
	real.Leftovers(t, p.env, before)
}

// What runs detached with its input open has it from whoever attaches, one after the other.
func TestInputOfADetachedContainer(t *testing.T) {
	p := open(t)
	p.remove(p.create("busybox"))
	before := real.Count(t, p.env)
	id := p.run("-d", "-i", "busybox", "sh", "-c", "while read x; do echo got $x; done; exit 5")
	first := openOn(t, p.env)
	var all heard
	watching, err := p.Attach(t.Context(), id, &api.Streams{Stdout: &all})
	if err != nil {
		t.Fatal(err)
	}
	_, err = first.Attach(t.Context(), id, &api.Streams{Stdin: strings.NewReader("one\n")})
	if err != nil {
		t.Fatal(err)
	}
	p.logged(id, "got one")
	if err := first.Close(); err != nil { // as its gantry goes
		t.Fatal(err)
	}
	var out heard
	second, err := p.Attach(t.Context(), id, &api.Streams{Stdin: strings.NewReader("two\nthree\n"), Stdout: &out})
	if err != nil {
		t.Fatal(err)
	}
	p.eventually("what is answered", func() bool { return strings.HasSuffix(out.String(), "got three\n") })
	if got := all.String(); got != "got one\ngot two\ngot three\n" {
		t.Errorf("the other who is attached saw %q", got)
	}
	if c := p.get(id); c.State != api.StateRunning {
		t.Errorf("it is %s: %d", c.State, c.ExitCode)
	}
	if err := p.Kill(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	for _, s := range []api.Session{watching, second} {
		if code, err := s.Wait(); code != 137 || err != nil {
			t.Errorf("killed: %d, %v", code, err)
		}
	}
	p.start(id) // a second run has a holder of its own
	p.remove(id)
	real.Leftovers(t, p.env, before)
}

// The one whose input it was has gone: there is no more.
func TestInputEndsWithItsCaller(t *testing.T) {
	p := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w := io.Pipe()
	defer w.Close()
	made, s, err := p.Run(ctx, p.request("-i", "busybox", "sh", "-c", "cat; exit 4"),
		api.StartOptions{Attach: &api.Streams{Stdin: r}}, api.Observer{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "last\n"); err != nil {
		t.Fatal(err)
	}
	p.logged(made.ID, "last")
	cancel()
	if _, err := s.Wait(); err == nil {
		t.Error("a session whose caller has gone ends well")
	}
	if code, err := p.Wait(soon(t), made.ID); err != nil || code != 4 {
		t.Errorf("%d, %v", code, err)
	}
	p.remove(made.ID)
}
