package e2e

import (
	"strings"
	"syscall"
	"testing"

	"gantry/engine/enginetest/real"
)

// However the screen ends, the terminal is as it was: its modes, its title, its kernel's
// settings; and a shell sees how by the exit code.
func TestTheTerminalIsGivenBack(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(*terminal)
		code int
	}{
		"q":      {func(m *terminal) { m.press("q") }, 0},
		"ctrl+c": {func(m *terminal) { m.press("ctrl+c") }, 0},
		"TERM":   {func(m *terminal) { m.signal(syscall.SIGTERM) }, 143},
		"HUP":    {func(m *terminal) { m.signal(syscall.SIGHUP) }, 129},
		"INT":    {func(m *terminal) { m.signal(syscall.SIGINT) }, 130},
	} {
		t.Run(name, func(t *testing.T) {
			g := install(t)
			m := g.open(100, 30)
			m.shows("No containers", "live")
			if a := m.audited(); !a.modes[1049] {
				t.Fatalf("the screen is not the alternate one: %v", a.modes)
			}
			c.end(m)
			if code := m.exit(); code != c.code {
				t.Errorf("exit code %d, not %d", code, c.code)
			}
			m.isGivenBack()
		})
	}
}

// A signal during a pull takes the pull back first.
func TestASignalTakesBackWhatWasBegun(t *testing.T) {
	g := install(t)
	slow := real.Registry(t)
	image := slow.Image(t, real.Multi)
	slow.Use(t, real.On("/blobs/", real.Slow(200_000)))
	before := real.Count(t, g.place())
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		asked := len(slow.Requests("GET", "/blobs/"))
		m := g.open(100, 30)
		m.shows("No containers", "live")
		g.make(m, image, "web")
		m.line("web", "Pulling")
		g.eventually("layers are coming", func() bool { return len(slow.Requests("GET", "/blobs/")) > asked+2 })
		m.signal(sig)
		if code := m.exit(); code != 128+int(sig) {
			t.Errorf("exit code %d", code)
		}
		m.isGivenBack()
		real.Leftovers(t, g.place(), before)
	}
}

// isGivenBack holds what the program has told the terminal against how it found it. The
// kernel's settings are compared by exit.
func (m *terminal) isGivenBack() {
	m.t.Helper()
	a := m.audited()
	if left := a.left(); len(left) > 0 {
		m.t.Errorf("left on: %v", left)
	}
	if title := m.mock.GetTitle(); title != "" {
		m.t.Errorf("the title is left as %q", title)
	}
	_, after, _ := strings.Cut(m.output(), "\x1b[?1049l")
	if strings.Contains(after, "goroutine ") {
		m.t.Errorf("a crash was printed:\n%s", after)
	}
}
