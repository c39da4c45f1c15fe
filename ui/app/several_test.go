package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/ui/uitest"
)

func TestSeveralAreStoppedAndRemovedAtOnce(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			db, web, cache := w.id("db"), w.id("web"), w.id("cache")
			w.Press("space", "j", "V").Want("3 marked of 6", "s stop 3", "d remove 3")
			w.Press("s")
			w.calm()
			for _, id := range []string{db, web, cache} {
				if !e.Called("Stop " + id) {
					t.Errorf("%s was not stopped: %v", id, e.Calls())
				}
			}
			w.WantNot("marked")
			w.Press("g", "space", "space").Want("2 marked")
			w.Press("d").Want("Remove 2 containers?")
			w.read().Press("right", "enter")
			w.calm()
			if left, _ := e.Containers(t.Context()); len(left) != 4 {
				t.Errorf("%d are left:\n%s", len(left), w.Screen())
			}
		})
	})
}

func TestMarksGoBeforeTheFilterDoes(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		flow(t, populated(), func(w *world) {
			w.Press("f", "space").Want("1 marked")
			w.Press("esc").WantNot("marked").Want("running · by state")
			w.Press("space").Want("1 marked")
			w.Press("f").WantNot("marked") // what is marked is not shown any more
		})
	})
}

func TestASignalIsChosen(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			id := w.id("db")
			w.Press("K")
			w.read().Press("j", "j", "j", "j", "j", "enter")
			w.calm()
			if !e.Called("Kill " + id + " SIGHUP") {
				t.Errorf("calls: %v", e.Calls())
			}
		})
	})
}

func TestRename(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			id := w.id("db")
			w.Press("R").Want("Rename db", "Name  db")
			w.Press("backspace", "backspace").Type("web").Press("enter").Want("in use by")
			w.Press("backspace").Type("/").Press("enter") // what only the engine refuses
			w.calm()
			w.Want("only letters")
			w.Press("backspace").Type("x").Press("enter")
			w.calm()
			w.Want("db is wex now").WantNot("Rename")
			if c, _ := e.Peek("wex"); c.ID != id {
				t.Errorf("the engine has %+v", c)
			}
		})
	})
}

func TestThePaletteDoesWhatItsNameSays(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			id := w.id("db")
			w.Press(":").Want("Commands")
			w.Type("freeze").Press("enter")
			w.calm()
			if !e.Called("Pause " + id) {
				t.Errorf("calls: %v", e.Calls())
			}
			w.Press("enter", ":").Type("go on").Press("enter") // from the details too
			w.calm()
			if !e.Called("Unpause " + id) {
				t.Errorf("calls: %v", e.Calls())
			}
			w.Press("esc", ":").Type("nothing like it").Want("Nothing is called that")
			w.Press("esc").Want("▐Containers▌")
		})
	})
}

func TestRefusedActionsSayWhoRefusesThem(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		e.Add(api.Container{Name: "aa-pod", State: api.StateRunning, Owner: api.OwnerKubernetes, StartedAt: e.Now()})
		flow(t, e, func(w *world) {
			id := w.id("aa-pod")
			w.Press("g")
			w.calm()
			w.WantNot("d remove", "l logs").Want("s stop", "aa-pod k8s")
			w.Press("l").Want("belongs to Kubernetes: the kubelet keeps its log")
			w.Press("x").Want("aa-pod · Kubernetes", "the kubelet still counts on it; its pod")
			w.read().Press("d").Want("▐aa-pod · Kubernetes▌", "R      rename") // it does not answer
			w.Press("esc", "s").Want("Stop aa-pod?", "the kubelet will start it again")
			if e.Called("Stop " + id) {
				t.Error("stopped without a word")
			}
			w.read().Press("right", "enter")
			w.calm()
			if !e.Called("Stop " + id) {
				t.Errorf("calls: %v", e.Calls())
			}
		})
	})
}

func TestAnotherNamespaceIsShown(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		e.Space("k8s.io").Add(api.Container{Name: "coredns", State: api.StateRunning, Owner: api.OwnerKubernetes, StartedAt: e.Now()})
		flow(t, e, func(w *world) {
			w.Press("@")
			w.calm()
			w.Want("Namespaces", "k8s.io", "1 container, 1 running, Kubernetes's", "6 containers, 3 running")
			w.Press("j", "enter")
			w.calm()
			w.Want("coredns k8s", "k8s.io ·").WantNot("postgres")
			w.Press("@")
			w.calm().Press("k", "enter")
			w.calm()
			w.Want("postgres:17").WantNot("coredns")
		})
	})
}

func TestWhatHasEndedIsReviewedBeforeItGoes(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			w.Press("b").Want("job-1", "shell", "old", "3 of 3")
			w.read().Press("enter") // Cancel is marked
			w.calm()
			w.Press("b")
			w.read().Press("space").Want("2 of 3") // the first stays
			w.Press("tab", "enter")
			w.calm()
			if left, _ := e.Containers(t.Context()); len(left) != 4 {
				t.Errorf("%d are left:\n%s", len(left), w.Screen())
			}
			if _, err := e.Peek("job-1"); err != nil {
				t.Error("what was kept is gone")
			}
		})
	})
}

func TestFiguresComeAndGoWithWhoLooks(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := populated()
		flow(t, e, func(w *world) {
			w.pass(3 * time.Second)
			if r := w.row("web"); !strings.Contains(r, "0.3%    13M") {
				t.Errorf("web: %s", r)
			}
			asked := func() (n int) {
				for _, c := range e.Calls() {
					if c.Method == "Usage" {
						n++
					}
				}
				return n
			}
			n := asked()
			w.pass(20 * time.Second)
			if got := asked() - n; got < 9 || got > 11 {
				t.Errorf("asked %d times in 20 s", got)
			}
			w.Send(tea.BlurMsg{})
			n = asked()
			w.pass(60 * time.Second)
			if got := asked() - n; got < 5 || got > 7 {
				t.Errorf("asked %d times in a minute in which nobody looks", got)
			}
			w.pass(9*time.Minute + 2*time.Second)
			n = asked()
			w.pass(time.Minute)
			if got := asked() - n; got != 0 {
				t.Errorf("asked %d times though nobody has looked for ten minutes", got)
			}
			if r := w.row("web"); strings.Contains(r, "13M") {
				t.Errorf("an old figure is shown: %s", r)
			}
			w.Send(tea.FocusMsg{})
			w.pass(2 * time.Second)
			if r := w.row("web"); !strings.Contains(r, "0.3%    13M") {
				t.Errorf("web: %s", r)
			}
		})
	})
}

func TestOrders(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		flow(t, populated(), func(w *world) {
			names := func() string {
				var out []string
				for l := range strings.SplitSeq(w.Screen(), "\n") {
					for _, n := range []string{"db", "web", "cache", "job-1", "old", "shell"} {
						if strings.HasPrefix(l, "│   "+n+" ") || strings.HasPrefix(l, "│ ▌ "+n+" ") {
							out = append(out, n)
						}
					}
				}
				return fmt.Sprint(out)
			}
			w.Press("o").Want("by name")
			if got := names(); got != "[cache db job-1 old shell web]" {
				t.Errorf("by name: %s", got)
			}
			w.Press("O")
			if got := names(); got != "[web shell old job-1 db cache]" {
				t.Errorf("reversed: %s", got)
			}
			w.Press("o", "o").Want("by age")
			if got := names(); got != "[job-1 cache web db old shell]" {
				t.Errorf("by age: %s", got)
			}
		})
	})
}
