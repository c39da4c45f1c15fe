package e2e

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine/enginetest/real"
)

// A shell with job control, left by the detach keys, and attached to again from another
// terminal of another size; with --rm it is gone when it ends.
func TestLeaveAndComeBackFromAnotherTerminal(t *testing.T) {
	g := install(t)
	m := g.open(100, 30, "run", "-it", "--rm", "--name", "shell", g.image(real.Busybox), "sh")
	m.shows("/ #")
	m.typed("sleep 1000\r")
	g.eventually("the job runs", func() bool {
		return strings.Contains(g.run("exec", "shell", "ps").want(t, 0).out, "sleep 1000")
	})
	m.send([]byte{26}).shows("Stopped") // ctrl+z
	m.tells("bg; jobs", "Running")
	m.prompt().typed("fg\r").shows("/ # fg")
	m.until("the job ended by ctrl+c", func(string) bool { // which the shell may have taken for itself before
		if m.prompts() {
			return true
		}
		m.send([]byte{3})
		return false
	})
	m.tells("echo back$((1+1))", "back2")
	m.send([]byte{16, 17})
	if code := m.exit(); code != 0 {
		t.Errorf("detaching gave %d", code)
	}
	g.runs("shell")
	n := g.open(70, 20, "attach", "shell")
	g.eventually("the terminal is the shell's", func() bool { return n.termios().Lflag&unix.ICANON == 0 })
	n.until("a prompt", func(string) bool {
		if n.prompts() {
			return true
		}
		n.typed("\r")
		return false
	})
	n.tells("stty size", "20 70")
	n.prompt().typed("exit 4\r")
	if code := n.exit(); code != 4 {
		t.Errorf("the end gave %d", code)
	}
	g.eventually("it is gone", func() bool { return len(g.ps("-a")) == 0 })
}

// What exec prints, takes in and answers with is the process's; on a terminal too.
func TestExecOnTheCommandLine(t *testing.T) {
	g := install(t)
	id := g.run("run", "-d", "--name", "box", g.image(real.Busybox), "sleep", "1000").want(t, 0).out
	if r := g.run("exec", "-u", "app", "-w", "/tmp", "-e", "A=1", "box", "sh", "-c", "id -u; pwd; echo $A; echo err >&2; exit 6").want(t, 6); r.out != "1000\n/tmp\n1\n" || r.errOut != "err\n" {
		t.Errorf("%q, %q", r.out, r.errOut)
	}
	c := g.command("exec", "-i", "box", "cat")
	c.Stdin = strings.NewReader("through it")
	out, err := c.Output()
	if string(out) != "through it" || err != nil {
		t.Errorf("%q, %v", out, err)
	}
	g.run("exec", "box", "no-such").want(t, 127)
	g.run("exec", "-d", "box", "touch", "/made").want(t, 0)
	g.eventually("the detached one", func() bool { return strings.Contains(g.run("exec", "box", "ls", "/").want(t, 0).out, "made") })
	m := g.open(90, 25, "exec", "-it", "box", "sh")
	m.shows("/ #")
	m.tells("stty size", "25 90")
	m.prompt().typed("exit 3\r")
	if code := m.exit(); code != 3 {
		t.Errorf("exit 3 gave %d", code)
	}
	g.run("pause", "box").want(t, 0)
	g.state("box", "paused")
	g.run("exec", "box", "true").want(t, 1)
	g.run("unpause", "box").want(t, 0)
	g.run("rename", "box", "crate").want(t, 0)
	g.run("restart", "-t", "0", "crate").want(t, 0)
	g.runs("crate")
	w := g.start("wait", "crate")
	g.run("kill", "crate").want(t, 0)
	if r := w.wait().want(t, 0); r.out != "137\n" {
		t.Errorf("wait printed %q", r.out)
	}
	g.run("exec", "crate", "true").want(t, 1)
	g.run("rm", strings.TrimSpace(id)).want(t, 0)
}
