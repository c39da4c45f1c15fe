package app_test

import (
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/uitest"
)

// working is an engine whose web has a limit, traffic, and a past of ups and downs.
func working() *fake.Engine {
	e := populated()
	web, err := e.Peek("web")
	if err != nil {
		panic(err)
	}
	e.Change(web.ID, func(c *api.Container) { c.MemoryLimit = 64 << 20; c.Command = []string{"nginx", "-g", "daemon off;"} })
	e.SetSample(web.ID, api.Sample{Memory: 13 << 20, Net: true, NetRx: 4_300_000, NetTx: 1_100_000, BlockRead: 12_000_000, Pids: 1, PidsLimit: 100})
	return e
}

// ups has a container use now more and now less, as long as its use is looked at.
func ups(w *world, name string) {
	for _, percent := range []float64{1, 4, 12, 30, 55, 80, 42, 17, 6, 2} {
		w.e.Use(w.id(name), percent)
		w.pass(2 * time.Second)
	}
}

func TestUsage(t *testing.T) {
	atSizes(t, "usage", working, func(w *world) {
		w.Press("j", "u")
		w.calm()
		ups(w, "web")
	})
}

// What it used is known after its end too, and nothing is asked for any more.
func TestUsageOfOneThatEnded(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		w, end := begin(t, working(), 120, 36)
		defer end()
		w.calm().Press("j", "u")
		w.calm()
		for range 3 { // the list tells the same, whenever it is looked at
			ups(w, "web")
			w.pass(700 * time.Millisecond)
			_, row, _ := strings.Cut(w.Screen(), "8080→80")
			if listed := strings.Fields(row)[0]; !w.Has("CPU  " + listed + " ") {
				t.Errorf("the list has %s:\n%s", listed, w.Screen())
			}
		}
		w.e.Exit(w.id("web"), 3)
		w.calm()
		if s := w.Screen(); !strings.Contains(s, "It does not run. Its last minutes:") || !strings.Contains(s, "highest 78.1%") {
			t.Errorf("its last minutes are not told:\n%s", s)
		}
		before := count(w.e, "Stats")
		w.pass(10 * time.Second)
		if n := count(w.e, "Stats"); n != before {
			t.Errorf("it was measured %d times after its end", n-before)
		}
	})
}

// A container is measured in all respects only while that is on the screen.
func TestUsageIsMeasuredWhileItIsShown(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		w, end := begin(t, working(), 120, 36)
		defer end()
		w.calm().Press("j")
		w.pass(10 * time.Second)
		if n := count(w.e, "Stats"); n != 0 {
			t.Errorf("measured %d times before it was asked for", n)
		}
		w.Press("u")
		w.calm()
		if s := w.Screen(); !strings.Contains(s, "highest 0.3% in") {
			t.Errorf("what the list has measured is not told:\n%s", s)
		}
		w.Press("?")
		w.pass(4 * time.Second)
		before := count(w.e, "Stats")
		w.pass(10 * time.Second)
		if n := count(w.e, "Stats"); n != before {
			t.Errorf("measured %d times behind the help", n-before)
		}
		w.Press("esc")
		w.pass(4 * time.Second)
		if n := count(w.e, "Stats"); n == before {
			t.Error("not measured any more when it is shown again")
		}
	})
}

// count is how often a method of the engine was called.
func count(e *fake.Engine, method string) int {
	n := 0
	for _, c := range e.Calls() {
		if c.Method == method {
			n++
		}
	}
	return n
}
