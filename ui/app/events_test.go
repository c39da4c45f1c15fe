package app_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/uitest"
)

// eventful is an engine on which things have happened before the screen is opened.
func eventful() *fake.Engine {
	e := populated()
	at := e.Now()
	say := func(typ, action, id, by string, attributes map[string]string) {
		at = at.Add(time.Second)
		e.Happen(api.Event{At: at, Type: typ, Action: action, ID: id, By: by, Attributes: attributes})
	}
	db, _ := e.Find(context.Background(), "db")
	say("container", "create", db.ID, api.ByThis, map[string]string{"name": "db", "image": "postgres:17"})
	say("container", "start", db.ID, api.ByPolicy, map[string]string{"name": "db", "image": "postgres:17"})
	say("container", "rename", "b0b0b0b0b0b0b0b0", api.ByGantry, map[string]string{"name": "new", "oldName": "old", "image": "redis:7"})
	say("container", "die", "b0b0b0b0b0b0b0b0", api.ByItself, map[string]string{"name": "n\x1b[31m", "image": "redis:7", "exitCode": "137"})
	say("image", "delete", "nginx:1.27", "", map[string]string{"name": "nginx:1.27"})
	return e
}

func TestEvents(t *testing.T) {
	atSizes(t, "events", eventful, func(w *world) { w.Press("5"); w.calm().Press("j"); w.calm() })
}

func TestEventsAreLiveAndHeldStill(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := eventful()
		flow(t, e, func(w *world) {
			w.Press("5")
			w.calm()
			w.Want("Events", "live", "exit 137", "was old", "another gantry", "restart policy", "itself")
			happen := func(action string) {
				e.Happen(api.Event{At: e.Now(), Type: "container", Action: action, ID: "c0c0c0c0c0c0c0c0", Attributes: map[string]string{"name": "late"}})
				w.calm()
			}
			happen("start")
			w.Want("late")
			w.Press("p").Want("paused")
			happen("unpause")
			w.Want("paused, 1 more").WantNot("unpause")
			w.Press("p")
			w.calm()
			w.Want("live", "unpause")
			w.Press("/").Type("create").Press("enter")
			w.calm()
			w.WantNot("exit 137").Press("v")
			w.calm()
			if got := w.selected(); got != "db" {
				t.Errorf("it went to %q:\n%s", got, w.Screen())
			}
			// What is heard while the screen is closed is kept, and no more than it can keep.
			for i := range 1100 {
				e.Happen(api.Event{At: e.Now(), Type: "container", Action: "exec_start", ID: "d0", Attributes: map[string]string{"name": fmt.Sprintf("many-%d", i)}})
			}
			w.Press("5")
			w.calm()
			w.Want("many-1099", "1000")
		})
	})
}

func TestEventsAreHeardAgainAfterTheEngineWasLost(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := eventful()
		e.FailCall("Events", &api.UnavailableError{Address: "/run/x.sock", Cause: api.UnavailableAny})
		flow(t, e, func(w *world) {
			w.Press("5")
			w.calm()
			w.Want("the engine is lost")
			e.FailCall("Events", nil)
			w.pass(3 * time.Second)
			w.calm()
			w.Want("live", "exit 137").WantNot("the engine is lost")
		})
		quiet := populated() // nothing has to happen for it to be said
		quiet.FailCall("Events", &api.UnavailableError{Address: "/run/x.sock", Cause: api.UnavailableAny})
		flow(t, quiet, func(w *world) {
			w.Press("5")
			w.calm().Want("the engine is lost")
			quiet.FailCall("Events", nil)
			w.pass(3 * time.Second)
			w.calm().Want("Events▌ live")
		})
	})
}
