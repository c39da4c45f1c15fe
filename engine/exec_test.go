package engine_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// exec runs a process in a container to its end.
func (p *place) exec(id string, req api.ExecRequest, stdin io.Reader) (out, errs string, code int, err error) {
	p.t.Helper()
	var o, e bytes.Buffer
	s, err := p.Exec(p.t.Context(), id, req, &api.Streams{Stdin: stdin, Stdout: &o, Stderr: &e})
	if err != nil {
		return "", "", 0, err
	}
	code, err = s.Wait()
	return strings.ReplaceAll(o.String(), "\r\n", "\n"), e.String(), code, err
}

func sh(script string) api.ExecRequest { return api.ExecRequest{Args: []string{"sh", "-c", script}} }

func TestExecSeesWhatItIsGiven(t *testing.T) {
	p := open(t)
	id := p.run("--user", "app", "-e", "A=1", "busybox", "sleep", "100")
	with := func(r api.ExecRequest, change func(*api.ExecRequest)) api.ExecRequest { change(&r); return r }
	for _, c := range []struct {
		req   api.ExecRequest
		stdin string
		out   string
		errs  string
		code  int
	}{
		{sh("id -u; echo $A $HOME; pwd; exit 7"), "", "1000\n1 /home/app\n/\n", "", 7},
		{sh("echo out; echo err >&2"), "", "out\n", "err\n", 0},
		{with(sh("id -u; id -g; grep CapEff /proc/self/status"), func(r *api.ExecRequest) { r.User = "0:50" }), "", "0\n50\nCapEff:\t00000000a80425fb\n", "", 0},
		{with(sh("grep CapEff /proc/self/status"), func(r *api.ExecRequest) { r.User = "nobody" }), "", "CapEff:\t0000000000000000\n", "", 0},
		{with(sh("echo $A $B; pwd"), func(r *api.ExecRequest) { r.Env, r.WorkingDir = []string{"A=2", "B=x=y"}, "/tmp" }), "", "2 x=y\n/tmp\n", "", 0},
		{with(sh("test -t 0 && echo $TERM"), func(r *api.ExecRequest) { r.Tty = true }), "", "xterm\n", "", 0},
		{api.ExecRequest{Args: []string{"cat"}}, "through it\n", "through it\n", "", 0},
		{sh("kill -9 $$"), "", "", "", 137},
	} {
		var in io.Reader
		if c.stdin != "" {
			in = strings.NewReader(c.stdin)
		}
		out, errs, code, err := p.exec(id, c.req, in)
		if err != nil || out != c.out || errs != c.errs || code != c.code {
			t.Errorf("%q: %q, %q, %d, %v; want %q, %q, %d", c.req.Args, out, errs, code, err, c.out, c.errs, c.code)
		}
	}
	p.remove(id)
}

func TestExecPrivileged(t *testing.T) {
	p := open(t)
	id := p.run("--cap-drop", "all", "busybox", "sleep", "100")
	const script = "grep -c 'CapEff:.0*$' /proc/self/status"
	if out, _, _, err := p.exec(id, sh(script), nil); out != "1\n" || err != nil {
		t.Errorf("without: %q, %v", out, err)
	}
	req := sh(script)
	req.Privileged = true
	if out, _, _, err := p.exec(id, req, nil); out != "0\n" || err != nil {
		t.Errorf("with: %q, %v", out, err)
	}
	p.remove(id)
}

func TestExecThatCannotBe(t *testing.T) {
	p := open(t)
	id := p.run("busybox", "sleep", "100")
	before := real.Count(t, p.env)
	_, _, _, err := p.exec(id, api.ExecRequest{Args: []string{"no-such"}}, nil)
	if e := as[*api.StartError](t, err); e.Code != 127 || e.Cause != api.CauseNotFound || !e.Exec {
		t.Errorf("%+v", e)
	}
	_, _, _, err = p.exec(id, api.ExecRequest{Args: []string{"/etc/passwd"}}, nil)
	if e := as[*api.StartError](t, err); e.Code != 126 {
		t.Errorf("%+v", e)
	}
	_, _, _, err = p.exec(id, api.ExecRequest{Env: []string{"=x"}, WorkingDir: "rel"}, nil)
	if e := as[api.FieldErrors](t, err); len(e) != 3 {
		t.Errorf("%v", e)
	}
	_, _, _, err = p.exec(id, api.ExecRequest{Args: []string{"true"}, User: "nobody-here"}, nil)
	as[api.FieldErrors](t, err)
	real.Leftovers(t, p.env, before)
	if err := p.Pause(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	_, _, _, err = p.exec(id, sh("true"), nil)
	if e := as[*api.StateError](t, err); e.Fix != "unpause it" {
		t.Errorf("%+v", e)
	}
	if err := p.Kill(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	p.eventually("its end", func() bool { return p.get(id).State == api.StateExited })
	_, _, _, err = p.exec(id, sh("true"), nil)
	as[*api.StateError](t, err)
	p.remove(id)
}

// A session that is closed, or whose caller goes, leaves no process in the container.
func TestAnExecEndsWithItsSession(t *testing.T) {
	p := open(t)
	id := p.run("busybox", "sleep", "100")
	before := real.Count(t, p.env)
	s, err := p.Exec(t.Context(), id, sh("sleep 1000"), &api.Streams{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if out, _, _, err := p.exec(id, sh("ps | grep -c '[s]leep 1000'"), nil); out != "0\n" || err != nil {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := p.Exec(t.Context(), id, sh("touch /alone"), nil); err != nil {
		t.Error(err)
	}
	p.eventually("the one that runs by itself", func() bool {
		_, _, code, err := p.exec(id, sh("test -e /alone"), nil)
		return code == 0 && err == nil
	})
	real.Leftovers(t, p.env, before)
	p.remove(id)
}

// More than a pipe holds comes out whole, with an input of as much.
func TestExecLosesNothing(t *testing.T) {
	p := open(t)
	id := p.run("busybox", "sleep", "100")
	big := strings.Repeat("0123456789abcde\n", 1<<16)
	out, _, code, err := p.exec(id, api.ExecRequest{Args: []string{"cat"}}, strings.NewReader(big))
	if err != nil || code != 0 || out != big {
		t.Errorf("%d of %d bytes, %d, %v", len(out), len(big), code, err)
	}
	p.remove(id)
}

func TestAShellIsFound(t *testing.T) {
	p := open(t)
	id := p.run("busybox", "sleep", "100")
	if shell, err := p.Shell(t.Context(), id); shell != "/bin/sh" || err != nil {
		t.Errorf("%q, %v", shell, err)
	}
	if _, _, _, err := p.exec(id, sh("rm /bin/ash /bin/sh"), nil); err != nil {
		t.Fatal(err)
	}
	_, err := p.Shell(t.Context(), id)
	as[*api.UnsupportedError](t, err)
	p.remove(id)
}

// lines is a writer whose lines can be awaited.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lines) has(s string) func() bool {
	return func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return strings.Contains(l.b.String(), s)
	}
}

// Several attach at once, also from another gantry; detaching leaves it running, and whoever
// comes later has its terminal.
func TestAttachAgain(t *testing.T) {
	p := open(t)
	id := p.run("-it", "busybox", "sh")
	q := openOn(t, p.env)
	var ends []api.Session
	var outs []*lines
	in, keys := io.Pipe()
	for i, x := range []*place{p, q} {
		st := &api.Streams{Stdout: &lines{}}
		if i == 0 {
			st.Stdin = in
		}
		s, err := x.Attach(t.Context(), id, st)
		if err != nil {
			t.Fatal(err)
		}
		ends, outs = append(ends, s), append(outs, st.Stdout.(*lines))
	}
	keys.Write([]byte("echo $((40+2))\n"))
	for i, out := range outs {
		p.eventually("the answer", out.has("42\r\n"))
		_ = i
	}
	keys.Write([]byte{16, 17}) // ctrl-p ctrl-q
	if _, err := ends[0].Wait(); !errors.Is(err, api.ErrDetached) {
		t.Errorf("detached: %v", err)
	}
	keys.Close()
	if c := p.get(id); c.State != api.StateRunning {
		t.Errorf("it is %s", c.State)
	}
	again, typed := io.Pipe()
	out := &lines{}
	sizes := make(chan api.Size, 1)
	sizes <- api.Size{Width: 91, Height: 33}
	s, err := q.Attach(t.Context(), id, &api.Streams{Stdin: again, Stdout: out, Resize: sizes})
	if err != nil {
		t.Fatal(err)
	}
	p.eventually("the size", func() bool {
		typed.Write([]byte("stty size\n"))
		time.Sleep(50 * time.Millisecond) // a person types no faster
		return out.has("33 91\r\n")()
	})
	typed.Write([]byte("exit 5\n"))
	for _, end := range []api.Session{s, ends[1]} {
		if code, err := end.Wait(); code != 5 || err != nil {
			t.Errorf("%d, %v", code, err)
		}
	}
	typed.Close()
	_, err = p.Attach(t.Context(), id, &api.Streams{})
	as[*api.StateError](t, err)
	p.remove(id)
}

func TestPauseRestartRename(t *testing.T) {
	p := open(t)
	id := p.run("--name", "one", "busybox", "sleep", "100")
	other := p.create("--name", "two", "busybox")
	as[*api.StateError](t, p.Unpause(t.Context(), id))
	if err := p.Pause(t.Context(), id); err != nil || p.get(id).State != api.StatePaused {
		t.Errorf("%v, %s", err, p.get(id).State)
	}
	as[*api.StateError](t, p.Pause(t.Context(), id))
	if err := p.Unpause(t.Context(), id); err != nil || p.get(id).State != api.StateRunning {
		t.Errorf("%v, %s", err, p.get(id).State)
	}
	pid := p.get(id).Pid
	zero := time.Duration(0)
	if err := p.Restart(t.Context(), id, api.StopOptions{Timeout: &zero}, api.Observer{}); err != nil || p.get(id).Pid == pid || p.get(id).State != api.StateRunning {
		t.Errorf("restarted: %v, %+v", err, p.get(id))
	}
	as[*api.NameInUseError](t, p.Rename(t.Context(), id, "two"))
	as[api.FieldErrors](t, p.Rename(t.Context(), id, "/"))
	if err := p.Rename(t.Context(), id, "three"); err != nil || p.get("three").ID != id {
		t.Errorf("renamed: %v", err)
	}
	p.remove(p.create("--name", "one", "busybox")) // its old name is free
	_, err := p.Create(t.Context(), p.request("--name", "three", "busybox"), api.Observer{})
	as[*api.NameInUseError](t, err)
	for _, x := range []string{id, other} {
		p.remove(x)
	}
	if all, err := p.Containers(t.Context()); err != nil || slices.ContainsFunc(all, func(c api.Container) bool { return c.ID == id }) {
		t.Errorf("%v, %v", all, err)
	}
}

// A further process on a terminal has its size from the first, and learns of others.
func TestExecHasTheSizeOfItsTerminal(t *testing.T) {
	p := open(t)
	id := p.run("busybox", "sleep", "100")
	in, typed := io.Pipe()
	out := &lines{}
	sizes := make(chan api.Size, 1)
	sizes <- api.Size{Width: 91, Height: 33}
	s, err := p.Exec(t.Context(), id, api.ExecRequest{Args: []string{"sh", "-c", "stty size; while read x; do stty size; done"}, Tty: true}, &api.Streams{Stdin: in, Stdout: out, Resize: sizes})
	if err != nil {
		t.Fatal(err)
	}
	p.eventually("the first size", out.has("33 91\r\n"))
	sizes <- api.Size{Width: 70, Height: 20}
	p.eventually("the second size", func() bool {
		typed.Write([]byte("\n"))
		time.Sleep(50 * time.Millisecond) // a person types no faster
		return out.has("20 70\r\n")()
	})
	typed.Write([]byte{4})
	if code, err := s.Wait(); code != 0 || err != nil {
		t.Errorf("%d, %v", code, err)
	}
	typed.Close()
	p.remove(id)
}
