package engine_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/enginetest/real"
)

// kept is a writer that may be looked into while it is written.
type kept struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (k *kept) Write(b []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.buf.Write(b)
}

func (k *kept) lines() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Fields(k.buf.String())
}

// eventually waits for what nobody tells of.
func (p *place) eventually(what string, so func() bool) {
	p.t.Helper()
	real.Eventually(p.t, patience, what, so)
}

// The daemon is killed under an open engine, as the kernel would for want of memory.
func TestTheEngineIsLostAndComesBack(t *testing.T) {
	p := open(t)
	f := p.follow()
	runs := p.run("--name", "runs", "busybox", "sleep", "600")
	ended := p.run("--name", "ended", "busybox", "sh", "-c", "exit 7")
	stays := p.create("--name", "stays", "busybox", "true")
	f.state(runs, api.StateRunning)
	f.state(ended, api.StateExited)
	f.state(stays, api.StateCreated)
	pid := f.all[runs].Pid

	var out kept
	made, session, err := p.Run(t.Context(), p.request("busybox", "sh", "-c", "i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo $i; sleep 0.01; done; exit 9"),
		api.StartOptions{Attach: &api.Streams{Stdout: &out}}, api.Observer{})
	if err != nil {
		t.Fatal(err)
	}
	p.eventually("the first output", func() bool { return len(out.lines()) > 3 })

	killDaemon(t, p)
	began := time.Now()
	f.until("that the engine is lost", func() bool { return f.conn.State == api.ConnLost })
	if as[*api.UnavailableError](t, f.conn.Err) == nil || len(f.all) != 4 {
		t.Errorf("lost: %v, with %d rows", f.conn.Err, len(f.all))
	}
	f.listed = false
	f.until("that it is back", func() bool {
		if !f.conn.Known() {
			t.Errorf("what was lost is unknown while it comes back: %+v", f.conn)
		}
		return f.conn.State == api.ConnReady && f.listed
	})
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("back after %s", took)
	}
	t.Logf("back after %s", time.Since(began).Round(time.Millisecond))
	if c := f.state(runs, api.StateRunning); c.Pid != pid {
		t.Errorf("pid %d was %d", c.Pid, pid)
	}
	// containerd forgets tasks that had ended when it goes; the record does not.
	if c := f.state(ended, api.StateExited); c.ExitCode != 7 || !c.ExitKnown {
		t.Errorf("ended: %+v", c)
	}
	f.state(stays, api.StateCreated)

	// The session never noticed.
	code, err := session.Wait()
	if lines := out.lines(); err != nil || code != 9 || len(lines) != 400 || lines[399] != "400" {
		t.Errorf("session: %d, %v, %d lines", code, err, len(lines))
	}
	f.state(made.ID, api.StateExited)

	// And work goes on: what ran before can be stopped, what is new can be started.
	if err := p.Kill(t.Context(), runs, ""); err != nil {
		t.Error(err)
	}
	if c := f.state(runs, api.StateExited); c.ExitCode != 137 {
		t.Errorf("%+v", c)
	}
	p.start(stays)
	f.state(stays, api.StateExited)
}

// killDaemon kills the embedded daemon of the tests.
func killDaemon(t testing.TB, p *place) {
	t.Helper()
	st, err := daemon.Current(t.Context(), p.env.Config)
	if err != nil || !st.Running {
		t.Fatalf("the engine does not run: %v", err)
	}
	real.Signal(t, st.PID, unix.SIGKILL)
}

// Exits that happen while no daemon is there to see them are in the list when it is back.
func TestAnExitWhileTheEngineIsLostIsNotLost(t *testing.T) {
	p := open(t)
	f := p.follow()
	id := p.run("busybox", "sh", "-c", "trap 'exit 11' USR1; echo set; while :; do sleep 0.01; done")
	c := f.state(id, api.StateRunning)
	p.logged(id, "set")
	killDaemon(t, p)
	real.Signal(t, int(c.Pid), unix.SIGUSR1)
	f.until("that the engine is lost", func() bool { return f.conn.State == api.ConnLost })
	if c := f.state(id, api.StateExited); c.ExitCode != 11 || !c.ExitKnown {
		t.Errorf("%+v", c)
	}
}
