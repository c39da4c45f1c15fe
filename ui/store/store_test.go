package store_test

import (
	"slices"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/ui/store"
)

func box(id string, s api.State) api.Container {
	return api.Container{ID: id, Name: "n-" + id, State: s}
}

func TestApply(t *testing.T) {
	s := store.New()
	steps := []struct {
		what    string
		u       api.Update
		changed []string
		ids     []string
	}{
		{"the first full list", api.Update{Full: true, Containers: []api.Container{box("a", "running"), box("b", "exited")}}, []string{"a", "b"}, []string{"a", "b"}},
		{"one changed", api.Update{Containers: []api.Container{box("b", "running")}}, []string{"b"}, []string{"a", "b"}},
		{"one gone, one unknown gone", api.Update{Removed: []string{"a", "x"}}, []string{"a"}, []string{"b"}},
		{"a full list without it", api.Update{Full: true, Containers: []api.Container{box("c", "created")}}, []string{"b", "c"}, []string{"c"}},
		{"only the connection", api.Update{Conn: &api.Connection{State: api.ConnLost}}, nil, []string{"c"}},
	}
	rev := s.Rev()
	for _, st := range steps {
		st.u.At = time.Unix(1, 0)
		if got := s.Apply(st.u); !slices.Equal(got, st.changed) {
			t.Errorf("%s: changed %v, want %v", st.what, got, st.changed)
		}
		var ids []string
		for _, c := range s.All() {
			ids = append(ids, c.ID)
		}
		if !slices.Equal(ids, st.ids) {
			t.Errorf("%s: there are %v, want %v", st.what, ids, st.ids)
		}
		if s.Rev() == rev {
			t.Errorf("%s: the revision did not grow", st.what)
		}
		rev = s.Rev()
	}
	if s.Conn().State != api.ConnLost || !s.Loaded() {
		t.Errorf("connection %v, loaded %v", s.Conn().State, s.Loaded())
	}
}

func TestWhatIsDoneToAContainerGoesWithIt(t *testing.T) {
	s := store.New()
	s.Apply(api.Update{Full: true, Containers: []api.Container{box("a", "running")}})
	s.SetDoing("a", "stopping")
	if s.Doing("a") != "stopping" {
		t.Error("not said")
	}
	s.Apply(api.Update{Removed: []string{"a"}})
	if s.Doing("a") != "" {
		t.Error("still said of a container that is gone")
	}
}

func TestPendingRows(t *testing.T) {
	s := store.New()
	s.PutPending(store.Pending{ID: "job 1", Image: "nginx"})
	s.PutPending(store.Pending{ID: "job 2", Image: "redis"})
	s.PutPending(store.Pending{ID: "job 1", Image: "nginx", Pulled: 0.5})
	if p := s.Pendings(); len(p) != 2 || p[0].Pulled != 0.5 {
		t.Errorf("rows are %+v", p)
	}
	s.DropPending("job 1")
	if _, ok := s.Pending("job 1"); ok {
		t.Error("dropped, and still there")
	}
}

func TestANameIsItsPresentContainers(t *testing.T) {
	s := store.New()
	named := func(id, name string) api.Container { return api.Container{ID: id, Name: name} }
	who := func(name string) string {
		c, _ := s.ByName(name)
		return c.ID
	}
	s.Apply(api.Update{Full: true, Containers: []api.Container{named("a", "web"), named("b", "")}})
	s.Apply(api.Update{Containers: []api.Container{named("c", "web"), named("a", "web-old")}}) // a recreate
	if who("web") != "c" || who("web-old") != "a" || who("") != "" {
		t.Errorf("web is %q, web-old %q, no name %q", who("web"), who("web-old"), who(""))
	}
	s.Apply(api.Update{Removed: []string{"a"}})
	s.Apply(api.Update{Full: true, Containers: []api.Container{named("d", "db")}})
	if who("web") != "" || who("web-old") != "" || who("db") != "d" {
		t.Errorf("web is %q, web-old %q, db %q", who("web"), who("web-old"), who("db"))
	}
}
