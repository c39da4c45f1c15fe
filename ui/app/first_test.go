package app_test

import (
	"testing"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/uitest"
)

func TestFormWorksWhileTheEngineStarts(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := fake.New()
		e.AddImage("nginx", api.ImageConfig{})
		e.Starting(nil)
		flow(t, e, func(w *world) {
			w.Want("Starting the engine")
			w.Press("n").Type("nginx")
			w.Want("New container")
			e.Ready()
			w.calm()
			w.Want("New container", "nginx")
		})
	})
}

func TestRetryAsksTheEngineAgain(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := fake.New()
		e.Unavailable(api.Refused, "")
		flow(t, e, func(w *world) {
			w.Want("Nobody listens", "r tries again")
			before := len(e.Calls())
			w.Press("r")
			if after := e.Calls()[before:]; len(after) != 1 || after[0].Method != "Watch" {
				t.Errorf("calls: %v", after)
			}
			e.Ready()
			w.calm()
			w.Want("No containers yet")
		})
	})
}
