package e2e

import (
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gantry/engine/daemon"
	"gantry/engine/enginetest/real"
)

// eventually waits for what nobody tells of.
func (g *gantry) eventually(what string, ok func() bool) {
	g.t.Helper()
	for until := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
		if time.Now().After(until) {
			g.t.Fatalf("it did not come to this: %s", what)
		}
	}
}

// ctrl+c in the middle of a pull takes everything back, and says one sentence.
func TestInterruptedPullLeavesNothing(t *testing.T) {
	g := install(t)
	slow := real.Registry(t)
	image := slow.Image(t, real.Multi)
	slow.Use(t, real.On("/blobs/", real.Slow(200_000)))
	before := real.Count(t, g.place())
	for _, cmd := range []string{"run", "create"} {
		asked := len(slow.Requests("GET", "/blobs/"))
		p := g.start(cmd, "--name", "never", image)
		p.said("Pulling ")
		g.eventually("layers are coming", func() bool { return len(slow.Requests("GET", "/blobs/")) > asked+2 })
		p.signal(syscall.SIGINT)
		r := p.wait()
		if r.code != 125 && r.code != 130 {
			t.Errorf("%s ended with %d", r.line, r.code)
		}
		if said := sentences(r.errOut); len(said) != 1 || said[0] != "gantry: Cancelled" || r.out != "" {
			t.Errorf("%s said %q and printed %q", r.line, said, r.out)
		}
		real.Leftovers(t, g.place(), before)
	}
	if got := g.run("images", "-q").want(t, 0).out; got != "" {
		t.Errorf("images lists %q", got)
	}
	if rows := g.ps("-a"); len(rows) != 0 {
		t.Errorf("ps -a lists %v", rows)
	}
}

// A signal to a run in the foreground is the container's; its code is the run's.
func TestSignalsReachTheContainer(t *testing.T) {
	g := install(t)
	p := g.start("run", "--rm", g.image(real.Busybox), "sh", "-c", `trap 'echo got it; exit 5' TERM; trap 'echo usr1' USR1; echo ready; while :; do sleep 0.05; done`)
	p.said("ready\n")
	p.signal(syscall.SIGUSR1)
	p.said("usr1\n")
	p.signal(syscall.SIGTERM)
	r := p.wait().want(t, 5)
	if r.out != "ready\nusr1\ngot it\n" || len(sentences(r.errOut)) != 0 {
		t.Errorf("stdout %q, stderr %q", r.out, r.errOut)
	}
}

// Two gantrys that find no engine start one, and both work on it.
func TestTwoAtOnceStartOneEngine(t *testing.T) {
	g := install(t)
	root := filepath.Join(g.root, "two")
	image := g.image(real.Busybox)
	var runs [2]*process
	for i := range runs {
		runs[i] = g.start("--data-root", root, "--engine", "embedded", "run", "--rm", image, "echo", "hello")
	}
	var both sync.WaitGroup
	for _, p := range runs {
		both.Go(func() { <-p.done })
	}
	both.Wait()
	defer g.endEngine(root)
	for _, p := range runs {
		if r := p.wait().want(t, 0); r.out != "hello\n" || len(sentences(r.errOut)) != 0 {
			t.Errorf("printed %q and said %q", r.out, r.errOut)
		}
	}
	engines := 0
	for _, pid := range processesBelow(g.root) {
		if isEngine(pid, root) {
			engines++
		}
	}
	if engines != 1 {
		t.Errorf("%d engines run on one data root", engines)
	}

	// While a container runs, what it needs of the host stays there also when its engine goes.
	g.run("--data-root", root, "run", "-d", "--name", "stays", image, "sleep", "100").want(t, 0)
	g.run("--data-root", root, "engine", "down").want(t, 0)
	if there, err := networksOf(root); len(there) < 2 || err != nil {
		t.Errorf("on the host is %q, %v", there, err)
	}
	g.run("--data-root", root, "rm", "-f", "stays").want(t, 0)
}

// isEngine says whether a process is the engine of a data root.
func isEngine(pid int, root string) bool {
	return strings.Contains(cmdline(pid), "/containerd --config "+root+"/")
}

// endEngine ends the engine of another data root, and looks that nothing of it is left.
func (g *gantry) endEngine(root string) {
	g.t.Helper()
	g.run("--data-root", root, "engine", "down").want(g.t, 0)
	ep, err := daemon.Choose(g.t.Context(), daemon.Config{DataRoot: root, Mode: daemon.Embedded, SystemSockets: []daemon.Candidate{}})
	if err == nil {
		err = nothingOf(root, ep)
	}
	if err != nil {
		g.t.Error(err)
	}
}
