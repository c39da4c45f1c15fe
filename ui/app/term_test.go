package app_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/app"
	"gantry/ui/uitest"
	"gantry/ui/widget/dialog"
)

func TestMain(m *testing.M) {
	// teatest leaves the goroutine behind that waits for its signals.
	teatest := goleak.IgnoreAnyFunction("github.com/charmbracelet/x/exp/teatest/v2.NewTestModel.func2")
	goleak.VerifyTestMain(m, append(uitest.Leaks(), teatest)...)
}

// hostile is text that would do something to a terminal that was given it raw: set the
// title, write to the clipboard, ring, leave the alternate screen, move the cursor, turn
// the mouse on, turn the direction of text around.
const hostile = "x\x1b]0;pwned\x07\x1b]52;c;cHduZWQ=\x07\a\x1b[?1049l\x1b[2J\x1b[H\x1b[?1003h\x1b[31m\u202egnp\u202c\x9b5m\r\nnext"

func TestHostileTextLeavesTheTerminalAlone(t *testing.T) {
	e := fake.New()
	id := e.Add(api.Container{
		Name: hostile, Image: "nginx", State: api.StateRunning, StartedAt: e.Now(),
		Labels: map[string]string{"evil": hostile}, Command: []string{hostile},
	})
	e.Change(id, func(c *api.Container) { c.Image = hostile })
	e.Add(api.Container{Name: "ended", State: api.StateCreated, Error: hostile})
	e.Log(id, hostile, "after it")
	m := app.New(context.Background(), e, app.Options{Now: e.Now})
	defer m.Close()
	term := uitest.Start(t, m, 120, 36)
	term.WaitFor("Containers").WaitFor("Running")
	term.Press("enter", "right").WaitFor("after it")
	term.Press("right").WaitFor("Processes")
	term.Press("right").WaitFor("ResolvConfPath")
	term.Press("right").WaitFor("Mounts")
	term.Press("esc").WaitFor("▐Containers▌")
	term.Press("l")
	term.WaitFor("after it")
	term.Press("esc").WaitFor("▐Containers▌")
	term.Press("d").WaitFor("Remove container")
	e.Clock().Advance(dialog.Grace)
	term.Press("esc")
	term.WaitUntil("the dialog to close", func(s string) bool { return !strings.Contains(s, "Remove container") })
	if got := term.Title(); got != "gantry" {
		t.Errorf("the title is %q", got)
	}
	if got := term.Clipboard(); got != "" {
		t.Errorf("the clipboard holds %q", got)
	}
	if n := term.Bells(); n != 0 {
		t.Errorf("the bell rang %d times", n)
	}
	out := term.Output()
	for _, bad := range []string{"\x1b]0;", "\x1b]52", "\x9b5m", "\x1b[?1049l", "\x1b[?1003h", "\x1b[2J\x1b[H\x1b[?", "\u202e"} {
		if bytes.Contains(out, []byte(bad)) {
			t.Errorf("%q went to the terminal", bad)
		}
	}
	lines := strings.Split(term.Screen(), "\n")
	if !strings.HasPrefix(lines[0], " gantry") || !strings.Contains(lines[len(lines)-1], "q quit") {
		t.Errorf("the screen is not as it was laid out:\n%s", term.Screen())
	}
	term.Press("q")
	if _, err := term.Wait(); err != nil {
		t.Errorf("Run = %v", err)
	}
}
