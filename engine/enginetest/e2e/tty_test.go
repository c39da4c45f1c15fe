package e2e

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine/enginetest/real"
)

// A shell in a container, on the terminal of the one who asked for it: keys, sizes, the
// exit code, and the terminal back as it was.
func TestShellOnATerminal(t *testing.T) {
	g := install(t)
	m := g.open(100, 30, "run", "-it", "--rm", "--name", "shell", g.image(real.Busybox), "sh")
	m.shows("/ #")
	if modes := m.termios(); modes.Lflag&(unix.ECHO|unix.ICANON|unix.ISIG) != 0 {
		t.Errorf("the terminal is not raw while a shell has it: %+v", modes)
	}
	m.tells("stty size; tty", "30 100", "/dev/pts/0")
	m.resize(70, 20)
	m.tells("stty size", "20 70") // perhaps before the news of the size at first
	// ctrl+c is the shell's, not gantry's. cat answers, so it is what hears the key.
	m.prompt().typed("echo go$((1+1)); cat\r").shows("go2")
	m.typed("heard\r").until("cat to answer", func(s string) bool { return strings.Count(s, "heard") == 2 })
	m.send([]byte{3}).shows("^C")
	m.tells("echo $((40+2))", "42")
	m.prompt().typed("exit 9\r")
	if code := m.exit(); code != 9 {
		t.Errorf("exit 9 in the shell gave %d", code)
	}
	if left := m.audited().left(); len(left) > 0 {
		t.Errorf("left on the terminal: %v", left)
	}
	if rows := g.ps("-a"); len(rows) != 0 {
		t.Errorf("left: %v", rows)
	}
}

// The detach keys give the terminal back, and the container runs on.
func TestDetachFromATerminal(t *testing.T) {
	g := install(t)
	m := g.open(80, 24, "run", "-it", "--name", "left", g.image(real.Busybox), "sh")
	m.shows("/ #")
	m.send([]byte{0x10, 0x11})
	if code := m.exit(); code != 0 {
		t.Errorf("detaching gave %d", code)
	}
	g.runs("left")
}

// Until the container runs ctrl+c cancels, with -it as without.
func TestCancelAPullOnATerminal(t *testing.T) {
	g := install(t)
	slow := real.Registry(t)
	image := slow.Image(t, real.Multi)
	slow.Use(t, real.On("/blobs/", real.Slow(200_000)))
	m := g.open(120, 30, "run", "-it", "--name", "never", image)
	m.line("Pulling", "%")
	g.eventually("layers are coming", func() bool { return len(slow.Requests("GET", "/blobs/")) > 2 })
	m.send([]byte{3})
	if code := m.exit(); code != 125 && code != 130 {
		t.Errorf("ctrl+c in a pull gave %d", code)
	}
	if s := m.screen(); !strings.Contains(s, "gantry: Cancelled") {
		t.Errorf("the screen says\n%s", s)
	}
}
