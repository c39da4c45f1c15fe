package app_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/app"
	"gantry/ui/uitest"
)

func TestDoctor(t *testing.T) {
	atSizes(t, "doctor", func() *fake.Engine {
		e := fake.New()
		e.Unavailable(api.NoPayload, "")
		return e
	}, func(w *world) { w.Press("D") })
}

func TestDoctorIsOpenedFromAnywhereAndLooksAgain(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		looked := 0
		look := func(context.Context) []api.Finding {
			looked++
			return []api.Finding{{Level: api.FindingOK, What: "root", Detail: "gantry runs as root"}}
		}
		w, end := beginWith(t, populated(), 120, 36, app.Options{Doctor: look})
		defer end()
		w.calm()
		w.Press("D").Want("Doctor", "all well", "gantry runs as root")
		w.Press("r")
		if looked != 2 {
			t.Errorf("it looked %d times", looked)
		}
		w.Press("esc").Want("Containers", "web")
		w.Press("l", "D").Want("all well")
		w.Press("D").Want("Logs")
		w.Press("esc", "n", "D").Want("New container")
	})
}

func TestDoctorIsLeftWhileItLooks(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		look := func(ctx context.Context) []api.Finding { <-ctx.Done(); return nil }
		w, end := beginWith(t, populated(), 120, 36, app.Options{Doctor: look})
		defer end()
		w.calm()
		w.Press("D").Want("Looking at this host")
		w.Press("esc").Want("Containers", "web")
	})
}

// stopFails is an engine on which stop fails with a reason of several lines.
func stopFails() *fake.Engine {
	e := populated()
	e.FailAt("signal", &api.StateError{Action: "stop", Name: "db", State: api.StateUnknown, Fix: "restart the engine with gantry engine down and up"})
	return e
}

func TestWhatWentWrongIsShownInFull(t *testing.T) {
	atSizes(t, "problem", stopFails, func(w *world) {
		w.Press("s")
		w.calm()
		w.Want("! why")
		w.Press("!")
	})
}

func TestProblemStaysToBeReadAfterItsNotice(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		flow(t, stopFails(), func(w *world) {
			w.Press("!").Want("nothing has gone wrong")
			w.Press("s")
			w.calm()
			w.Press("j", "!").Want("Cannot stop db", "Close")
			w.read().Press("enter").Want("Containers")
		})
	})
}

func TestLostIsExplained(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		flow(t, populated(), func(w *world) {
			w.e.Lost()
			w.pass(2 * time.Second)
			w.Want("engine lost", "! why")
			w.Press("!").Want("The engine is lost", "go on running")
		})
	})
}

func TestStopAsksWhereThatIsSet(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		ten := 10 * time.Second
		w, end := beginWith(t, populated(), 120, 36, app.Options{AskStop: true, StopTimeout: &ten})
		defer end()
		w.calm()
		id := w.id("db")
		w.Press("s").Want("Stop db?", "Cancel")
		w.read().Press("enter")
		if w.e.Called("Stop " + id) {
			t.Error("the default stopped it")
		}
		w.Press("s")
		w.read().Press("right", "enter")
		if w.calm(); !w.e.Called("Stop " + id) {
			t.Error("it was not stopped")
		}
	})
}

func TestHelloIsSaidOnce(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		w, end := beginWith(t, populated(), 120, 36, app.Options{Hello: "settings of alice"})
		defer end()
		w.Settle().Want("settings of alice")
		w.pass(7 * time.Second)
		w.WantNot("settings of alice")
	})
}

func TestSkewIsSaidWithItsFix(t *testing.T) {
	engine := func() *fake.Engine {
		e := populated()
		info := fake.Info()
		info.Skew = "the engine is older than this gantry"
		e.SetConn(api.Connection{State: api.ConnReady, Info: info})
		return e
	}
	atSizes(t, "skew", engine, func(*world) {})
}

func TestPostMortemInFull(t *testing.T) {
	atSizes(t, "dead", populated, func(w *world) {
		w.Press("G", "k")
		w.calm()
		w.Press("enter")
		w.calm()
		w.Want("its limit is 64M")
	})
}

func TestErrorsWithoutWordsOfTheirOwn(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		e.FailAt("signal", errors.Join(os.ErrPermission, errors.New("one\ntwo")))
		flow(t, e, func(w *world) {
			w.Press("s")
			w.calm()
			w.Press("!").Want("Not permitted", "Run gantry as root.")
		})
	})
}
