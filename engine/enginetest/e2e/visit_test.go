package e2e

import (
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine/enginetest/real"
)

// The screen lends its terminal to a container and has it back as it was, however the
// container lets go of it: by itself, by the detach keys, killed underneath, or not at all.
func TestTheScreenLendsItsTerminal(t *testing.T) {
	g := install(t)
	image := g.image(real.Busybox)
	g.run("run", "-d", "--name", "box", image, "sleep", "1000").want(t, 0)
	g.run("run", "-dit", "--name", "tty", image, "sh").want(t, 0)
	m := g.open(100, 30)
	m.line("box", "Running")
	ours := m.termios()

	m.decide("e")
	m.shows("/bin/sh in box", "/ #")
	m.tells("stty size; tty", "30 100", "/dev/pts/0")
	m.prompt().typed(`printf '\033[?1003h\033[?2004h\033[?1l\033[?25l\033[31m'; exit 3` + "\r")
	m.shows("▐Containers▌", "the shell in box ended with 3")
	m.isOurs(ours)

	m.decide("X")
	m.shows("Run a command in box")
	m.typed(`sh -c 'echo "$A is read"; read line; echo "$line"; exit 4'`)
	m.press("tab", "tab", "tab")
	m.typed("A='what it wrote'").press("ctrl+s")
	m.shows("what it wrote is read")
	m.typed("typed to it\r").shows("sh in box ended with 4; any key goes back to gantry")
	m.decide("q") // is for nothing else
	m.shows("▐Containers▌")
	m.isOurs(ours)
	m.decide("X")
	m.shows(`"$line"; exit 4'`) // to be run again
	m.decide("esc")

	m.decide("e")
	m.prompt().typed("printf '\\033[5;9r'; echo rea''dy\r").shows("ready")
	g.run("kill", "box").want(t, 0)
	m.shows("▐Containers▌", "the shell in box ended with 137")
	m.isOurs(ours)
	m.line("box", "Exited 137")

	g.run("exec", "tty", "ln", "-s", "/proc/self/exe", "/tmp/x").want(t, 0)
	m.decide("j")
	m.decide("a")
	m.shows("attached to tty")
	m.typed("\r").shows("/ #")
	m.tells("echo he''re", "here")
	m.send([]byte{0x10, 0x11})
	m.shows("▐Containers▌", "left tty; it goes on")
	m.isOurs(ours)

	g.run("exec", "tty", "sh", "-c", "cd /bin && mv sh no-sh; rm -f ash bash /usr/bin/sh /usr/bin/bash; true").want(t, 0)
	m.decide("e")
	m.shows("▐Containers▌", "shell")
	m.until("a clear word", func(s string) bool {
		return strings.Contains(s, "has none") || strings.Contains(s, "no shell") || strings.Contains(s, "a shell in tty")
	})
	m.isOurs(ours)

	g.run("start", "box").want(t, 0)
	m.line("box", "Running")
	m.decide("k")
	m.decide("e")
	m.shows("/bin/sh in box", "/ #")
	m.signal(syscall.SIGTERM)
	if code := m.exit(); code != 143 {
		t.Errorf("exit code %d", code)
	}
	m.isGivenBack()
}

// isOurs looks that the terminal is again as the screen has it.
func (m *terminal) isOurs(before unix.Termios) {
	m.t.Helper()
	m.until("the list, on the alternate screen", func(s string) bool { // what was drawn before is still there on the other one
		return strings.Contains(s, "q quit") && m.audited().modes[1049]
	})
	if now := m.termios(); now.Lflag != before.Lflag || now.Iflag != before.Iflag || now.Oflag != before.Oflag {
		m.t.Errorf("the kernel's settings are %+v, not %+v", now, before)
	}
	a := m.audited()
	for _, mode := range []int{1000, 1002, 1003, 1006} {
		if a.modes[mode] {
			m.t.Errorf("mode %d was left on", mode)
		}
	}
	if a.margins != "" {
		m.t.Errorf("margins are left: %s", a.margins)
	}
}
