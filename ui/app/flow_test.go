package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/uitest"
)

// create fills the form in and sends it off to be created and started.
func (w *world) create(image, name string) {
	w.t.Helper()
	w.Press("n").Type(image).Press("tab").Type(name).Press("ctrl+s")
}

// row is the line of the list that begins with a name.
func (w *world) row(name string) string {
	w.t.Helper()
	list, _, _ := strings.Cut(w.Screen(), "╭ Pulls")
	for l := range strings.SplitSeq(list, "\n") {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimPrefix(l, "│"), " ▌"), name); ok && strings.HasPrefix(rest, " ") {
			return l
		}
	}
	return ""
}

func (w *world) selected() string {
	w.t.Helper()
	for l := range strings.SplitSeq(w.Screen(), "\n") {
		if strings.HasPrefix(l, "│ ▌ ") {
			return strings.Fields(strings.TrimPrefix(l, "│ ▌ "))[0]
		}
	}
	return ""
}

// flow drives an engine's workbench on a screen of 120×36. The engine must be made in the
// bubble of uitest.Run, or its channels would keep the bubble from coming to rest.
func flow(t *testing.T, e *fake.Engine, body func(w *world)) {
	t.Helper()
	w, end := begin(t, e, 120, 36)
	defer end()
	w.calm()
	body(w)
}

func TestCreateThenStart(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		p := e.OnPull("app:3").Layers(30_000_000, 10_000_000).Manual()
		flow(t, e, func(w *world) {
			w.Press("f", "f") // only what does not run is shown: the new row is there all the same
			w.create("app:3", "api")
			w.calm()
			w.Want("asking the registry")
			if w.selected() != "api" {
				t.Fatalf("the new row is not selected:\n%s", w.Screen())
			}
			p.Download(0, 15_000_000)
			w.pass(200 * time.Millisecond)
			w.Want("Pulling 19%", "30.0 MB")
			at := slices.Index(strings.Split(w.Screen(), "\n"), w.row("api"))
			task := e.HoldAt("task")
			p.Download(0, 30_000_000)
			p.Download(1, 10_000_000)
			p.Finish()
			w.pass(200 * time.Millisecond)
			if !strings.Contains(w.row("api"), "Created") || w.selected() != "api" {
				t.Errorf("not Created and selected:\n%s", w.Screen())
			}
			task.Open()
			w.pass(200 * time.Millisecond)
			if !strings.Contains(w.row("api"), "● Running") || w.selected() != "api" {
				t.Errorf("not Running and selected:\n%s", w.Screen())
			}
			if got := slices.Index(strings.Split(w.Screen(), "\n"), w.row("api")); got != at {
				t.Errorf("the row moved from line %d to %d", at, got)
			}
			w.Want("✓ restart")
			w.pass(6 * time.Second)
			w.Want("Nothing is on its way")
			if c, err := e.Peek("api"); err != nil || c.State != api.StateRunning {
				t.Errorf("the engine has %+v, %v", c, err)
			}
		})
	})
}

func TestCancelAPull(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e, p := pulling()
		flow(t, e, func(w *world) {
			w.create("app:3", "api")
			progress(p)
			w.calm()
			w.Press("c")
			w.calm()
			w.Want("cancelled").WantNot("Pulling")
			if w.row("api") != "" {
				t.Errorf("the row is still there:\n%s", w.Screen())
			}
			if _, err := e.Peek("api"); err == nil {
				t.Error("the container exists")
			}
		})
	})
}

func TestStopStartKillRemove(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			id := w.id("db")
			exit := e.HoldAt("exit")
			w.Press("s")
			if !strings.Contains(w.row("db"), "stopping…") {
				t.Errorf("the row does not say so: %s", w.row("db"))
			}
			w.calm()
			w.Press("s")
			w.Want("db: stopping is under way")
			exit.Open()
			w.calm()
			if !strings.Contains(w.row("db"), "Exited 0") || w.selected() != "db" {
				t.Errorf("stopped: %s, selected %s", w.row("db"), w.selected())
			}
			w.Want("s start")
			w.Press("s")
			w.calm()
			if !strings.Contains(w.row("db"), "Running") {
				t.Errorf("started: %s", w.row("db"))
			}
			w.Press("K").Want("Kill db?", "SIGTERM")
			w.read().Press("K", "enter") // the key that opened it does not answer, and Cancel is marked
			w.calm()
			if e.Called("Kill " + id + " SIGKILL") {
				t.Fatal("killed without being asked to")
			}
			w.Press("K")
			w.read().Press("down", "enter")
			w.calm()
			if !strings.Contains(w.row("db"), "Exited 137") {
				t.Errorf("killed: %s", w.row("db"))
			}
			w.Press("d").Want("Remove container db").WantNot("killed first")
			w.read().Press("right", "enter")
			w.calm()
			w.Want("db was removed")
			if !e.Called("Remove " + id) {
				t.Errorf("calls: %v", e.Calls())
			}
			if w.row("db") != "" {
				t.Error("the row is still there")
			}
		})
	})
}

func TestRemoveOfARunningOneIsByForce(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			id := w.id("db")
			w.Press("d").Want("killed first", "Kill and remove")
			w.read().Press("right", "enter")
			w.calm()
			if !e.Called("Remove " + id + " force") {
				t.Errorf("calls: %v", e.Calls())
			}
		})
	})
}

func TestAKeyThatCameTooLateDoesNothing(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			id := w.id("db")
			e.Exit(id, 1)
			w.pass(60 * time.Millisecond) // the list shows it, nobody has read it yet
			w.Press("s")
			w.Want("db is Exited 1 now: nothing was done")
			if e.Called("Start " + id) {
				t.Fatal("what was to be stopped was started")
			}
			w.calm()
			w.Press("s")
			w.calm()
			if !e.Called("Start " + id) {
				t.Error("a key on what was read did nothing")
			}
		})
	})
}

func TestAnAnswerThatCameTooLateDoesNothing(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			id := w.id("db")
			w.Press("d").Want("killed first")
			e.Exit(id, 0)
			w.calm()
			w.read().Press("right", "enter")
			w.calm()
			w.Want("nothing was done")
			if e.Called("Remove "+id+" force") || e.Called("Remove "+id) {
				t.Errorf("calls: %v", e.Calls())
			}
		})
	})
}

func TestMendAFailedOne(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		e.OnPull("nginx:1.72").Then(&api.PullError{Ref: "nginx:1.72", Registry: "docker.io", Cause: api.PullNoTag})
		e.AddImage("nginx:1.27", api.ImageConfig{Cmd: []string{"nginx"}})
		flow(t, e, func(w *world) {
			w.create("nginx:1.72", "api")
			w.calm()
			w.Want("failed: pull", "n mend")
			w.pass(time.Minute)
			w.Want("failed: pull")
			w.Press("n").Want("No such image: nginx:1.72")
			w.Press("backspace", "backspace").Type("27").Press("ctrl+s")
			w.calm()
			w.WantNot("failed: pull")
			if !strings.Contains(w.row("api"), "Running") {
				t.Errorf("not Running:\n%s", w.Screen())
			}
		})
	})
}

func TestDismissAFailedOne(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := fake.New()
		flow(t, e, func(w *world) {
			w.create("nowhere:1", "api")
			w.calm()
			w.Press("d")
			w.calm()
			w.WantNot("failed: pull").Want("No containers yet", "Nothing is on its way")
		})
	})
}

func TestAFailedStartLeavesTheContainerWithItsError(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		e.AddImage("busybox", api.ImageConfig{})
		e.FailAt("task", &api.StartError{Name: "api", Command: "nope", Cause: api.CauseNotFound, Code: 127, Err: errors.New("exec: nope")})
		flow(t, e, func(w *world) {
			w.create("busybox", "api")
			w.calm()
			if !strings.Contains(w.row("api"), "Created") {
				t.Errorf("row: %s", w.row("api"))
			}
			w.Want("api was created but did not start", "not started: nope")
			e.FailAt("task", nil)
			w.Press("s")
			w.calm()
			if !strings.Contains(w.row("api"), "Running") {
				t.Errorf("not Running:\n%s", w.Screen())
			}
		})
	})
}

func TestTheDraftIsKeptOnEsc(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		flow(t, fake.New(), func(w *world) {
			w.Press("n").Type("nginx").Press("esc").Want("No containers yet")
			w.Press("n").Want("nginx")
		})
	})
}

func TestLogsAndBack(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			e.Log(w.id("db"), "ready")
			w.Press("l")
			w.calm()
			w.Want("Logs", "ready")
			e.Log(w.id("db"), "more")
			w.calm()
			w.Want("more")
			w.Press("?").Want("Help")
			w.Press("esc").Want("more")
			w.Press("esc").Want("Containers", "postgres:17")
		})
	})
}

func TestCopyTheID(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			w.Press("y").Want("Copy of db", "postgres:17")
			w.read().Press("i")
			if w.Clipboard() != w.id("db") {
				t.Errorf("copied %q", w.Clipboard())
			}
			w.Want("sent to the clipboard")
		})
	})
}

func TestFilters(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			w.Press("/").Type("redis").Want("cache", "old", "2 of 6")
			w.Press("enter")
			w.Press("G").Press("f").Want("running")
			w.Press("esc").Want("web", "shell")
			w.Press("/").Type("none such").Want("No container matches")
			w.Press("esc").Want("web")
		})
	})
}
