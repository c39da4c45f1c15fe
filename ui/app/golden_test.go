package app_test

import (
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/engine/path"
	"gantry/ui/uitest"
)

func TestList(t *testing.T) {
	atSizes(t, "list", populated, func(w *world) { w.pass(2 * time.Second) })
}

func TestEmpty(t *testing.T) {
	atSizes(t, "empty", fake.New, func(*world) {})
}

// pulling is an engine on which app:3 is pulled by hand.
func pulling() (*fake.Engine, *fake.Pull) {
	e := populated()
	p := e.OnPull("app:3").Layers(28_200_000, 12_000_000, 9_000_000, 4_800_000, 4_000_000, 3_000_000, 3_000_000, 2_000_000).Manual()
	return e, p
}

func TestPulling(t *testing.T) {
	var p *fake.Pull
	engine := func() *fake.Engine { var e *fake.Engine; e, p = pulling(); return e }
	atSizes(t, "pulling", engine, func(w *world) {
		w.create("app:3", "api")
		progress(p)
		w.pass(300 * time.Millisecond)
	})
}

// progress is a pull in the middle: one layer unpacking, one on its way, the rest done or waiting.
func progress(p *fake.Pull) {
	for i, n := range []int64{28_200_000, 7_500_000, 9_000_000, 4_800_000, 4_000_000, 3_000_000, 3_000_000} {
		p.Download(i, n)
	}
	for i, n := range map[int]int64{2: 9_000_000, 3: 4_800_000, 4: 4_000_000, 5: 3_000_000, 6: 3_000_000, 0: 5_000_000} {
		p.Unpack(i, n)
	}
	p.Rate(18_300_000, time.Second)
}

func TestDetailOfARun(t *testing.T) {
	engine := func() *fake.Engine {
		e := populated()
		e.AddImage("nginx:1.27", api.ImageConfig{Cmd: []string{"nginx"}})
		return e
	}
	atSizes(t, "path", engine, func(w *world) {
		w.create("nginx:1.27", "web2")
		w.calm()
		w.Press("enter")
		w.calm()
	})
}

func TestFailedPull(t *testing.T) {
	engine := func() *fake.Engine {
		e := populated()
		e.OnPull("registry.example:5000/app:3").Then(&api.PullError{Ref: "registry.example:5000/app:3", Registry: "registry.example:5000", Cause: api.PullUnreachable, Detail: "connection refused"})
		return e
	}
	atSizes(t, "failed", engine, func(w *world) {
		w.create("registry.example:5000/app:3", "api")
		w.calm()
	})
}

func TestEngineStarting(t *testing.T) {
	engine := func() *fake.Engine {
		e := fake.New()
		e.Starting([]path.Step{
			{Name: "unpack", State: path.Done, Duration: 210 * time.Millisecond, Detail: "5 programs"},
			{Name: "daemon", State: path.Done, Duration: 30 * time.Millisecond, Detail: "pid 4711"},
			{Name: "serving", State: path.Running, Start: e.Now()},
		})
		return e
	}
	atSizes(t, "starting", engine, func(*world) {})
}

func TestNotRoot(t *testing.T) {
	engine := func() *fake.Engine {
		e := fake.New()
		e.Unavailable(api.NotRoot, "")
		return e
	}
	atSizes(t, "notroot", engine, func(*world) {})
}

func TestSocketDenied(t *testing.T) {
	engine := func() *fake.Engine {
		e := fake.New()
		e.Unavailable(api.Denied, "permission denied")
		return e
	}
	atSizes(t, "denied", engine, func(*world) {})
}

func TestNoPayload(t *testing.T) {
	engine := func() *fake.Engine {
		e := fake.New()
		e.Unavailable(api.NoPayload, "")
		return e
	}
	atSizes(t, "nopayload", engine, func(*world) {})
}

func TestEngineLost(t *testing.T) {
	atSizes(t, "lost", populated, func(w *world) {
		w.e.Lost()
		w.pass(12 * time.Second)
	})
}

func TestRemoveAsks(t *testing.T) {
	atSizes(t, "remove", populated, func(w *world) { w.Press("d") })
}

func TestHelp(t *testing.T) {
	atSizes(t, "help", populated, func(w *world) { w.Press("?") })
}

func TestQuitAsks(t *testing.T) {
	engine := func() *fake.Engine { e, _ := pulling(); return e }
	atSizes(t, "quit", engine, func(w *world) {
		w.create("app:3", "api")
		w.calm()
		w.Press("q")
	})
}

func TestExitAtOnce(t *testing.T) {
	engine := func() *fake.Engine {
		e := fake.New()
		e.AddImage("debian:12", api.ImageConfig{Cmd: []string{"sh"}})
		e.ExitAfterStart("debian:12", 100*time.Millisecond, 0)
		return e
	}
	atSizes(t, "exit", engine, func(w *world) {
		w.create("debian:12", "first")
		w.calm()
	})
}

func TestFilterIsTyped(t *testing.T) {
	atSizes(t, "filter", populated, func(w *world) { w.Press("/").Type("re") })
}

func TestInspect(t *testing.T) {
	atSizes(t, "inspect", populated, func(w *world) {
		w.Press("i")
		w.calm()
	})
}

func TestStopping(t *testing.T) {
	var g *fake.Gate
	engine := func() *fake.Engine { e := populated(); g = e.HoldAt("exit"); return e }
	atSizes(t, "stopping", engine, func(w *world) {
		w.Press("s")
		w.calm()
		_ = g
	})
}

func TestQuitShowsTheUndos(t *testing.T) {
	atSizes(t, "farewell", populated, func(w *world) {
		w.e.AddImage("nginx:1.27", api.ImageConfig{})
		w.e.HoldAt("spec")
		g := w.e.HoldAt("undo name given back")
		w.create("nginx:1.27", "web2")
		w.calm()
		w.Press("q")
		w.read().Press("right", "enter")
		w.calm()
		w.t.Cleanup(g.Open)
	})
}

func TestTooSmallKeepsTheState(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		w, end := begin(t, populated(), 80, 24)
		defer end()
		w.calm()
		w.Press("n").Type("nginx")
		w.Resize(40, 12).Golden("toosmall-40x12")
		w.Resize(80, 24).Want("New container", "nginx")
	})
}
