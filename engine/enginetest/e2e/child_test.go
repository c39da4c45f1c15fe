package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui"
)

// childEnv tells this test binary to be another program: what it names is played on the
// terminal that it is started on.
const childEnv = "GANTRY_E2E_CHILD"

// The programs that the test binary can be.
const (
	childDraws   = "panics-drawing" // gantry's screen, on a broken engine
	childCommand = "panics-in-a-command"
	childEmpty   = "empty" // a Bubble Tea program that does nothing
)

// playChild is one of these; it gives its exit code.
func playChild(name string) int {
	var err error
	switch name {
	case childDraws, childCommand:
		e := broken{fake.New(), name}
		e.Add(api.Container{Name: "web", Image: "app:3", State: api.StateRunning})
		err = ui.Run(context.Background(), e, ui.Options{})
	case childEmpty:
		_, err = tea.NewProgram(nothing{}).Run()
	default:
		err = fmt.Errorf("there is no child %q", name)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		return 1
	}
	return 0
}

// trap is an error that panics when it is read.
type trap struct{}

func (trap) Error() string { panic("trapped") }

// broken is an engine that breaks the screen when a container is stopped: by a panic, or
// by an error that panics when it is shown.
type broken struct {
	*fake.Engine
	how string
}

func (b broken) Stop(context.Context, string, api.StopOptions, api.Observer) error {
	if b.how == childCommand {
		panic("trapped")
	}
	return trap{}
}

// nothing is the least that a program on the whole screen can be.
type nothing struct{}

func (nothing) Init() tea.Cmd { return nil }

func (n nothing) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if k, ok := msg.(tea.KeyPressMsg); ok && k.String() == "q" {
		return n, tea.Quit
	}
	return n, nil
}

func (nothing) View() tea.View {
	v := tea.NewView("nothing here")
	v.AltScreen = true
	return v
}

// child starts this test binary as one of its children on a terminal.
func child(t testing.TB, name string, width, height int) *terminal {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self)
	c.Env = append(os.Environ(), childEnv+"="+name, "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8")
	return openTerminal(t, width, height).start(c)
}

// A panic gives the terminal back before it is told of. There is no way to make the
// program itself panic, so this is its screen on an engine that does.
func TestAPanicGivesTheTerminalBack(t *testing.T) {
	for name, playing := range map[string]string{"while drawing": childDraws, "in a command": childCommand} {
		t.Run(name, func(t *testing.T) {
			m := child(t, playing, 100, 30)
			m.line("web", "Running")
			m.decide("s")
			if code := m.exit(); code == 0 {
				t.Error("it ended as if nothing had happened")
			}
			if left := m.audited().left(); len(left) > 0 {
				t.Errorf("left on: %v", left)
			}
			_, after, ok := strings.Cut(m.output(), "\x1b[?1049l")
			if !ok || !strings.Contains(after, "panic") {
				t.Errorf("that it happened is not told on the screen that was there before: %q", cut(after))
			}
			for line := range strings.SplitSeq(after, "\n") { // in raw mode lines would become a staircase
				if line != "" && !strings.HasSuffix(line, "\r") {
					t.Errorf("the terminal was still raw at %q", line)
					break
				}
			}
		})
	}
}
