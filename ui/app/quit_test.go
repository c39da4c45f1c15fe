package app_test

import (
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/ui/uitest"
)

func TestQuitWithNothingUnderWay(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		for _, key := range []string{"q", "ctrl+c"} {
			flow(t, populated(), func(w *world) {
				w.Press(key)
				if !w.Quitted() {
					t.Errorf("%s does not quit", key)
				}
			})
		}
	})
}

func TestQuitAsksAndStayIsTheDefault(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e, _ := pulling()
		flow(t, e, func(w *world) {
			w.create("app:3", "api")
			w.calm()
			w.Press("q").Want("Quit?", "api: pulling app:3")
			w.Press("enter")
			if w.Quitted() {
				t.Fatal("enter left")
			}
			w.Press("esc").Want("Pulling")
			if w.Quitted() || w.model.Jobs().Running() != 1 {
				t.Error("esc left, or cancelled the job")
			}
		})
	})
}

func TestCancelThemAndQuit(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e, _ := pulling()
		flow(t, e, func(w *world) {
			w.create("app:3", "api")
			w.calm()
			w.Press("q", "right", "enter")
			w.calm()
			if !w.Quitted() || w.model.Left() != "" {
				t.Errorf("quitted %v, left %q", w.Quitted(), w.model.Left())
			}
			if _, err := e.Peek("api"); err == nil {
				t.Error("the container exists")
			}
		})
	})
}

func TestTheSecondInterruptLeavesAtOnce(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e, _ := pulling()
		flow(t, e, func(w *world) {
			w.create("app:3", "api")
			w.calm()
			w.Press("ctrl+c").Want("Quit?")
			w.Press("ctrl+c")
			if !w.Quitted() || !strings.Contains(w.model.Left(), "api") {
				t.Errorf("quitted %v, left %q", w.Quitted(), w.model.Left())
			}
		})
	})
}

func TestInterruptIsHeardWhileTextIsTyped(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		flow(t, populated(), func(w *world) {
			w.Press("n").Type("q?ngi").Want("q?ngi")
			w.Press("ctrl+c")
			if !w.Quitted() {
				t.Error("ctrl+c does not quit from the form")
			}
		})
	})
}

func TestOnATooSmallScreenKeysDoNothingButQuit(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			id := w.id("db")
			w.Resize(40, 12)
			w.Press("s", "d", "enter", "K", "n")
			w.pass(time.Second)
			if e.Called("Stop "+id) || w.Quitted() {
				t.Error("a key did something that could not be seen")
			}
			if c, _ := e.Peek("db"); c.State != api.StateRunning {
				t.Errorf("db is %s", c.State)
			}
			w.Press("ctrl+c")
			if !w.Quitted() {
				t.Error("ctrl+c does not quit")
			}
		})
	})
}
