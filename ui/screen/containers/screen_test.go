package containers_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/screen/containers"
	"gantry/ui/store"
	"gantry/ui/uitest"
)

// clock is a time that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func list(st *store.Store) (*containers.Screen, *clock) {
	c := &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	s := containers.New(&kit.Env{Keys: keymap.Default(), Styles: themes.Default(true), Now: c.now}, st)
	s.SetSize(90, 20)
	s.SetFocus(true)
	return s, c
}

func running(name string) api.Container {
	return api.Container{ID: "id-" + name, Name: name, Image: "docker.io/library/nginx:1.27", State: api.StateRunning}
}

// names are the rows from the top, the selected one marked.
func names(s *containers.Screen) []string {
	var out []string
	for l := range strings.SplitSeq(uitest.Plain(s.View(), 90, 20), "\n") {
		f := strings.Fields(strings.Trim(l, "│╭╮╰╯"))
		switch {
		case len(f) < 2 || f[0] == "NAME" || strings.HasPrefix(l, "╭") || strings.HasPrefix(l, "╰"):
		case f[0] == "▌":
			out = append(out, f[1]+"*")
		default:
			out = append(out, f[0])
		}
	}
	return out
}

func TestTheSelectedRowStaysWhereItIs(t *testing.T) {
	st := store.New()
	st.Apply(api.Update{Full: true, Containers: []api.Container{running("a"), running("b"), running("c")}})
	s, _ := list(st)
	s.Refresh()
	s.Move(keymap.Down)
	b := running("b")
	b.State, b.ExitKnown = api.StateExited, true
	st.Apply(api.Update{Containers: []api.Container{b}})
	s.Refresh()
	if got := names(s); !slices.Equal(got, []string{"a", "b*", "c"}) {
		t.Errorf("after it has ended: %v", got)
	}
	s.Move(keymap.Down)
	if got := names(s); !slices.Equal(got, []string{"a", "c*", "b"}) {
		t.Errorf("after the cursor has left it: %v", got)
	}
}

func TestARowTakesOverWithTheCursor(t *testing.T) {
	st := store.New()
	st.Apply(api.Update{Full: true, Containers: []api.Container{running("a"), running("z")}})
	s, _ := list(st)
	s.CycleShow()
	s.CycleShow() // what does not run
	st.PutPending(store.Pending{ID: "job 1", Name: "m", Image: "nginx", Pulled: -1})
	s.Refresh()
	s.Pin("job 1")
	s.Select("job 1")
	if got := names(s); !slices.Contains(got, "m*") {
		t.Fatalf("on its way: %v", got)
	}
	st.Apply(api.Update{Containers: []api.Container{running("m")}})
	st.DropPending("job 1")
	s.Became("job 1", "id-m")
	s.Refresh()
	if got := names(s); !slices.Equal(got, []string{"m*"}) {
		t.Errorf("running, though the filter hides what runs: %v", got)
	}
	if r, ok := s.Selected(); !ok || r.ID != "id-m" {
		t.Errorf("selected is %+v", r)
	}
}

func TestKeysAreRefusedRightAfterAChange(t *testing.T) {
	st := store.New()
	st.Apply(api.Update{Full: true, Containers: []api.Container{running("a"), running("b")}})
	s, c := list(st)
	s.Refresh()
	st.Apply(api.Update{Removed: []string{"id-a"}}) // another row comes under the cursor
	s.Refresh()
	if w, refused := s.Want(keymap.ContainerRemove); refused == "" {
		t.Errorf("a key that was meant for another row asks for %+v", w)
	}
	if w, refused := s.Want(keymap.ContainerDetail); refused != "" || w.Verb != containers.VerbDetail {
		t.Errorf("a key that changes nothing is refused: %s", refused)
	}
	c.t = c.t.Add(time.Second)
	if w, refused := s.Want(keymap.ContainerRemove); refused != "" || w.Row.ID != "id-b" {
		t.Errorf("refused later too: %s", refused)
	}
}

func TestEveryBoxIsFilledExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	st := store.New()
	s, _ := list(st)
	for i := range 400 {
		c := running(fmt.Sprintf("name-日本-%d\x1b[31m", i%17))
		c.State = []api.State{api.StateRunning, api.StateExited, api.StateCreated, api.StatePaused, api.StateUnknown}[i%5]
		c.Error = strings.Repeat("why ", i%30)
		if i == 200 {
			c.Ports = []api.Port{{HostPort: 8080, ContainerPort: 80, Protocol: "tcp"}}
		}
		st.Apply(api.Update{Containers: []api.Container{c}})
		s.Refresh()
		w, h := r.IntN(130), r.IntN(30)
		s.SetSize(w, h)
		if i%50 == 0 {
			s.StartFilter()
		}
		if i%50 == 10 {
			s.Update(uitest.KeyMsg("enter"))
		}
		if w == 0 || h == 0 {
			continue
		}
		lines := strings.Split(s.View(), "\n")
		if len(lines) != h {
			t.Fatalf("%d lines in a box of %d×%d", len(lines), w, h)
		}
		for _, l := range lines {
			if lipgloss.Width(l) != w {
				t.Fatalf("a line of %d cells in a box of %d×%d: %q", lipgloss.Width(l), w, h, l)
			}
		}
	}
}
