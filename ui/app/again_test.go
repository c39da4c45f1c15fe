package app_test

import (
	"errors"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/engine/option"
	"gantry/ui/uitest"
)

// oneWeb is an engine with a container that it has made itself, and remembers.
func oneWeb(t *testing.T) *fake.Engine {
	t.Helper()
	e := fake.New()
	e.AddImage("nginx:1.27", api.ImageConfig{})
	e.AddImage("nginx:1.28", api.ImageConfig{})
	line, err := option.FromLine("docker run -d --name web -p 8080:80 -e A=1 nginx:1.27")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := e.Run(t.Context(), line.Draft.Parse(option.Facts{}).Request, api.StartOptions{}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEditAndRecreate(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := oneWeb(t)
		flow(t, e, func(w *world) {
			old, _ := e.Peek("web")
			w.Press("E")
			w.calm()
			w.Want("Edit web", "nginx:1.27", "[ Recreate & start ]  [ Recreate ]", "ctrl+s recreate & start")
			w.Press("backspace").Type("8").Press("ctrl+s")
			w.calm()
			w.Want("Recreate web?", "image: nginx:1.27 → nginx:1.28", "brought back if the new one does not start")
			w.Golden("recreate")
			w.read().Press("esc")
			w.Want("nginx:1.28") // the form is still there
			w.Press("ctrl+s")
			w.calm()
			w.read().Press("right", "enter")
			w.pass(time.Second)
			w.Want("web was made anew", "● Running")
			now, err := e.Peek("web")
			if err != nil || now.ID == old.ID || w.selected() != "web" {
				t.Errorf("%+v, %v\n%s", now, err, w.Screen())
			}
			if _, err := e.Peek(old.ID); err == nil {
				t.Error("the old one is still there")
			}

			e.FailAt("task", errors.New("no such program"))
			w.Press("E")
			w.calm()
			w.Press("ctrl+s")
			w.calm()
			w.read().Press("right", "enter")
			w.pass(time.Second)
			w.Want("web could not be made anew, and is as it was")
			if c, err := e.Peek("web"); err != nil || c.ID != now.ID || c.State != api.StateRunning {
				t.Errorf("%+v, %v", c, err)
			}
		})
	})
}

func TestDuplicate(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := oneWeb(t)
		flow(t, e, func(w *world) {
			w.Press("N")
			w.calm()
			w.Want("Duplicate of web", "[ Create & start ]", "web-copy", "-e A=1", "-p 8080:80")
			w.Press("ctrl+s")
			w.pass(time.Second)
			if c, err := e.Peek("web-copy"); err != nil || c.State != api.StateRunning {
				t.Errorf("%+v, %v", c, err)
			}
			e.Add(api.Container{ID: "0123456789ab", Name: "pod", Image: "pause:3", State: api.StateRunning, Owner: api.OwnerKubernetes})
			w.calm()
			w.Press("g")
			for range 4 {
				if w.selected() == "pod" {
					break
				}
				w.Press("j")
			}
			w.Press("E")
			w.calm()
			w.Want("with its owner's tools only")
			w.Press("N")
			w.calm()
			w.Want("not known of pod")
		})
	})
}
