package e2e

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The first minute of somebody who is not root: the reason, and the line that helps.
func TestFirstMinuteWithoutRoot(t *testing.T) {
	g := install(t)
	c := g.command("--engine", "embedded", "--data-root", "/nowhere")
	c.Args[0] = "./gantry"
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	m := openTerminal(t, 80, 24)
	if err := m.slave.Chmod(0o666); err != nil {
		t.Fatal(err)
	}
	m.start(c)
	s := m.shows("The embedded engine needs root", "Run it as root:", "q quits")
	if want := "sudo ./gantry --engine embedded --data-root /nowhere"; !strings.Contains(s, want) {
		t.Errorf("the line %q is not on the screen:\n%s", want, s)
	}
	g.leave(m)
}

// An address where nothing is: which one, and what can be done.
func TestFirstMinuteWithoutSocket(t *testing.T) {
	g := install(t)
	m := g.open(80, 24, "--address", "/nonexistent.sock")
	m.shows("No containerd at /nonexistent.sock", "no such socket", "--engine embedded", "r tries again")
	g.leave(m)
}

// On a bare machine gantry brings its engine up by itself, and an empty list says what
// to press.
func TestFirstMinuteOnABareMachine(t *testing.T) {
	g := install(t)
	root := filepath.Join(g.root, "bare")
	defer g.endEngine(root)
	started := time.Now()
	m := g.open(80, 24, "--data-root", root, "--engine", "embedded")
	s := m.shows("No containers", "live")
	t.Logf("from nothing to the list: %v", time.Since(started))
	if !strings.Contains(s, "n") {
		t.Errorf("the list does not say what to press:\n%s", s)
	}
	g.leave(m)
}
