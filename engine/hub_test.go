package engine

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
)

func newHub() *hub {
	h := &hub{}
	h.init()
	return h
}

func box(id string, s api.State) api.Container { return api.Container{ID: id, State: s} }

// words is an update as text: "full a=running -b".
func words(u api.Update) string {
	var w []string
	for _, c := range u.Containers {
		w = append(w, c.ID+"="+string(c.State))
	}
	for _, id := range u.Removed {
		w = append(w, "-"+id)
	}
	slices.Sort(w)
	if u.Full {
		w = append([]string{"full"}, w...)
	}
	if u.Conn != nil {
		w = append([]string{string(u.Conn.State)}, w...)
	}
	return strings.Join(w, " ")
}

func taken(t *testing.T, h *hub, w *watcher) string {
	t.Helper()
	u, ok := h.take(w)
	if !ok {
		return "nothing"
	}
	return words(u)
}

func TestASlowWatcherSeesTheLatestStateOnce(t *testing.T) {
	full := func(c ...api.Container) api.Update { return api.Update{Full: true, Containers: c} }
	change := func(c ...api.Container) api.Update { return api.Update{Containers: c} }
	gone := func(ids ...string) api.Update { return api.Update{Removed: ids} }
	ready := api.Update{Conn: &api.Connection{State: api.ConnReady}}
	lost := api.Update{Conn: &api.Connection{State: api.ConnLost}}
	for _, c := range []struct {
		name    string
		updates []api.Update
		want    string
	}{
		{"nothing has come", nil, "nothing"},
		{"changes of one container", []api.Update{change(box("a", api.StateCreated)), change(box("a", api.StateRunning))}, "a=running"},
		{"a container that came and went", []api.Update{change(box("a", api.StateCreated)), gone("a")}, "-a"},
		{"a container that went and came", []api.Update{gone("a"), change(box("a", api.StateCreated))}, "a=created"},
		{"a list replaces what was before it", []api.Update{change(box("a", api.StateCreated)), gone("b"), full(box("c", api.StateExited))}, "full c=exited"},
		{"changes after a list belong to it", []api.Update{full(box("a", api.StateCreated), box("b", api.StateCreated)), gone("b"), change(box("a", api.StateRunning))}, "full -b a=running"},
		{"an empty list", []api.Update{full()}, "full"},
		{"the connection's last word", []api.Update{ready, lost, change(box("a", api.StateRunning))}, "lost a=running"},
	} {
		h := newHub()
		w := h.join()
		for _, u := range c.updates {
			h.publish(u)
		}
		if got := taken(t, h, w); got != c.want {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
		if got := taken(t, h, w); got != "nothing" {
			t.Errorf("%s: told twice: %s", c.name, got)
		}
	}
}

func TestALateWatcherBeginsWithHowItStands(t *testing.T) {
	h := newHub()
	if got := taken(t, h, h.join()); got != "nothing" {
		t.Errorf("before anything is known: %s", got)
	}
	h.publish(api.Update{Conn: &api.Connection{State: api.ConnReady}})
	if got := taken(t, h, h.join()); got != "ready" {
		t.Errorf("before the first list: %s", got)
	}
	h.publish(api.Update{Full: true, Containers: []api.Container{box("a", api.StateCreated), box("b", api.StateExited)}})
	h.publish(api.Update{Containers: []api.Container{box("a", api.StateRunning)}, Removed: []string{"b"}})
	w := h.join()
	if got := taken(t, h, w); got != "ready full a=running" {
		t.Errorf("a late watcher sees %s", got)
	}
	h.publish(api.Update{Conn: &api.Connection{State: api.ConnLost}})
	if got := taken(t, h, h.join()); got != "lost full a=running" {
		t.Errorf("the list must stay when the connection goes: %s", got)
	}
}

func TestPublishingNeverWaitsForAWatcher(t *testing.T) {
	h := newHub()
	w := h.join()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 10_000 {
			h.publish(api.Update{Containers: []api.Container{box(strconv.Itoa(i%10), api.StateRunning)}})
		}
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("publishing waits for a watcher that takes nothing")
	}
	if u, _ := h.take(w); len(u.Containers) != 10 {
		t.Errorf("%d containers pending", len(u.Containers))
	}
	h.leave(w)
	h.publish(api.Update{Removed: []string{"1"}})
	if _, ok := h.take(w); ok {
		t.Error("a watcher that has left is still told")
	}
}

func TestWhatAWatcherGetsIsItsOwn(t *testing.T) {
	h := newHub()
	w := h.join()
	h.publish(api.Update{Full: true, Containers: []api.Container{{ID: "a", Labels: map[string]string{"k": "v"}, Command: []string{"sh"}}}})
	u, _ := h.take(w)
	u.Containers[0].Labels["k"] = "changed"
	u.Containers[0].Command[0] = "changed"
	u, _ = h.take(h.join())
	if c := u.Containers[0]; c.Labels["k"] != "v" || c.Command[0] != "sh" {
		t.Errorf("a watcher changed what another sees: %+v", c)
	}
}

func TestAnExitSoonAfterAnOOMIsItsEffect(t *testing.T) {
	h := newHub()
	at := time.Now()
	h.sawOOM("a", at)
	if !h.oomKilled("a", at.Add(time.Second)) || h.oomKilled("a", at.Add(time.Minute)) || h.oomKilled("b", at) {
		t.Error("OOM and exit do not find each other")
	}
	h.publish(api.Update{Removed: []string{"a"}})
	if h.oomKilled("a", at) {
		t.Error("a removed container's OOM is still remembered")
	}
}

func TestTheJournalKeepsTheLast(t *testing.T) {
	var m metrics
	m.init()
	for i := range journalSize + 10 {
		m.write(api.JournalEntry{Name: strconv.Itoa(i)})
	}
	if len(m.journal) != journalSize || m.journal[0].Name != "10" {
		t.Errorf("%d entries from %s", len(m.journal), m.journal[0].Name)
	}
}

func TestAnAuditTellsOnlyWhatWentUnheard(t *testing.T) {
	h := newHub()
	at := time.Now()
	same := api.Container{ID: "a", State: api.StateRunning, CreatedAt: at, Labels: map[string]string{"x": "1"}, Ports: []api.Port{{HostPort: 80}}}
	h.publish(api.Update{Full: true, Containers: []api.Container{same, box("b", api.StateRunning), box("c", api.StateExited)}})
	changed, gone := h.unheard([]api.Container{same.Clone(), box("b", api.StateExited), box("d", api.StateCreated)})
	if got := words(api.Update{Containers: changed, Removed: gone}); got != "-c b=exited d=created" {
		t.Errorf("%q", got)
	}
}
