package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/ui/uitest"
)

func TestTheLogIsFollowedAgainAfterARestart(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		flow(t, populated(), func(w *world) {
			id := w.id("db")
			w.e.Log(id, "of the first run")
			w.Press("l")
			w.calm()
			w.Want("of the first run", "following")
			w.e.Exit(id, 3)
			w.pass(time.Second)
			w.Want("container ended (exit 3)")
			w.e.Change(id, func(c *api.Container) { c.State, c.StartedAt = api.StateRunning, w.e.Now() })
			w.pass(time.Second)
			w.e.Log(id, "of the second run")
			w.pass(time.Second)
			w.Want("of the first run", "of the second run", "following")
			if n := strings.Count(w.Screen(), "of the first run"); n != 1 {
				t.Errorf("the first run's line is there %d times", n)
			}
		})
	})
}

func TestTheLogGoesOnWhenTheEngineIsBack(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			id := w.id("db")
			e.FailCall("Logs", &api.UnavailableError{Address: "/run/x.sock", Cause: api.Refused})
			e.Lost()
			e.Log(id, "written meanwhile")
			w.pass(time.Second)
			e.Ready()
			w.calm()
			w.Press("l")
			w.calm()
			w.Want("Nobody listens")
			e.FailCall("Logs", nil)
			e.Lost()
			w.pass(time.Second)
			e.Ready()
			w.calm()
			w.Want("written meanwhile", "following")
		})
	})
}

func TestALogIsSavedAndNothingIsWrittenOver(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		t.Chdir(t.TempDir())
		e := populated()
		flow(t, e, func(w *world) {
			e.Log(w.id("db"), "one", "two\x1b[31m")
			w.Press("l")
			w.calm()
			w.Press("S").Want("Save the log of db", "db-20260301-")
			w.Press("enter")
			w.calm()
			w.Want("2 lines were written to")
			files, _ := filepath.Glob("db-*.log")
			if len(files) != 1 {
				t.Fatalf("files: %v", files)
			}
			if text, _ := os.ReadFile(files[0]); string(text) != "one\ntwo\n" {
				t.Errorf("the file has %q", text)
			}
			w.Press("S")
			for range 60 {
				w.Press("backspace")
			}
			w.Type(files[0]).Press("enter")
			w.calm()
			w.Want("is there already")
		})
	})
}
