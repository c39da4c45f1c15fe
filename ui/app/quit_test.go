package app_test

import (
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/uitest"
)

// busy runs a test while app:3 is being pulled for a container named api.
func busy(t *testing.T, body func(w *world)) {
	t.Helper()
	uitest.Run(t, func(t *testing.T) {
		e, _ := pulling()
		flow(t, e, func(w *world) {
			w.create("app:3", "api")
			w.calm()
			body(w)
		})
	})
}

// idle runs a test with nothing under way.
func idle(t *testing.T, engine func() *fake.Engine, body func(w *world)) {
	t.Helper()
	uitest.Run(t, func(t *testing.T) { flow(t, engine(), body) })
}

func TestQuitWithNothingUnderWay(t *testing.T) {
	for _, key := range []string{"q", "ctrl+c"} {
		idle(t, populated, func(w *world) {
			w.Press(key)
			if !w.Quitted() {
				t.Errorf("%s does not quit", key)
			}
		})
	}
}

func TestQuitAsksAndStayIsTheDefault(t *testing.T) {
	busy(t, func(w *world) {
		w.Press("q").Want("Quit?", "api: pulling app:3")
		w.read().Press("enter")
		if w.Quitted() {
			t.Fatal("enter left")
		}
		w.Press("q")
		w.read().Press("esc").Want("Pulling")
		if w.Quitted() || w.model.Jobs().Running() != 1 {
			t.Error("esc left, or cancelled the job")
		}
	})
}

func TestCancelThemAndQuit(t *testing.T) {
	busy(t, func(w *world) {
		w.Press("q")
		w.read().Press("right", "enter")
		w.calm()
		if !w.Quitted() || w.model.Left() != "" {
			t.Errorf("quitted %v, left %q", w.Quitted(), w.model.Left())
		}
		if _, err := w.e.Peek("api"); err == nil {
			t.Error("the container exists")
		}
	})
}

func TestTheSecondInterruptLeavesAtOnce(t *testing.T) {
	busy(t, func(w *world) {
		w.Press("ctrl+c").Want("Quit?")
		w.Press("ctrl+c")
		if !w.Quitted() || !strings.Contains(w.model.Left(), "api") {
			t.Errorf("quitted %v, left %q", w.Quitted(), w.model.Left())
		}
	})
}

// stuck runs a test while an undo hangs: the program is taking back what was begun.
func stuck(t *testing.T, body func(w *world)) {
	t.Helper()
	idle(t, populated, func(w *world) {
		w.e.AddImage("nginx:1.27", api.ImageConfig{})
		w.e.HoldAt("spec")
		g := w.e.HoldAt("undo name given back")
		defer g.Open()
		w.create("nginx:1.27", "web2")
		w.calm()
		w.Press("q")
		w.read().Press("right", "enter")
		w.calm()
		body(w)
	})
}

func TestUndosAreWaitedForButNotForEver(t *testing.T) {
	stuck(t, func(w *world) {
		w.Want("Taking back what was begun", "snapshot removed", "at the latest in 15 s", "ctrl+c leaves at once")
		w.pass(5 * time.Second)
		w.Want("at the latest in 10 s")
		if w.Quitted() {
			t.Fatal("it did not wait")
		}
		w.pass(10 * time.Second)
		if !w.Quitted() || !strings.Contains(w.model.Left(), "web2: create & start; of it there may be left: its name and state dir") {
			t.Errorf("quitted %v, left %q", w.Quitted(), w.model.Left())
		}
	})
}

func TestInterruptLeavesWhileUndosRun(t *testing.T) {
	stuck(t, func(w *world) {
		w.Press("q", "esc", "enter")
		if w.Quitted() {
			t.Fatal("another key left")
		}
		w.Press("ctrl+c")
		if left := w.model.Left(); !w.Quitted() || !strings.Contains(left, "web2") || !strings.Contains(left, "The next start of gantry sweeps") {
			t.Errorf("quitted %v, left %q", w.Quitted(), left)
		}
	})
}

func TestInterruptIsHeardWhileTextIsTyped(t *testing.T) {
	idle(t, populated, func(w *world) {
		w.Press("n").Type("q?ngi").Want("q?ngi")
		w.Press("ctrl+c")
		if !w.Quitted() {
			t.Error("ctrl+c does not quit from the form")
		}
	})
}

func TestOnATooSmallScreenKeysDoNothingButQuit(t *testing.T) {
	idle(t, populated, func(w *world) {
		id := w.id("db")
		w.Resize(40, 12)
		w.Press("s", "d", "enter", "K", "n")
		w.pass(time.Second)
		if w.e.Called("Stop "+id) || w.Quitted() {
			t.Error("a key did something that could not be seen")
		}
		if c, _ := w.e.Peek("db"); c.State != api.StateRunning {
			t.Errorf("db is %s", c.State)
		}
		w.Press("ctrl+c")
		if !w.Quitted() {
			t.Error("ctrl+c does not quit")
		}
	})
}
