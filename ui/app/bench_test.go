package app_test

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/app"
	"gantry/ui/uitest"
)

// crowded is a workbench that shows 1,000 containers, without a program around it.
func crowded(tb testing.TB, w, h int) *app.Model {
	tb.Helper()
	e := fake.New()
	e.Fill(1000)
	m := app.New(context.Background(), e, app.Options{Now: e.Now})
	tb.Cleanup(m.Close)
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	// The first message of the watch is the full list; it is fetched by hand.
	for _, msg := range first(m.Init()) {
		m.Update(msg)
	}
	if len(uitest.Plain(m.View().Content, w, h)) < w {
		tb.Fatal("nothing is shown")
	}
	return m
}

// first runs commands until a message has come of each that ends within its patience.
func first(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	select {
	case msg := <-done:
		batch, ok := msg.(tea.BatchMsg)
		if !ok {
			return []tea.Msg{msg}
		}
		var out []tea.Msg
		for _, c := range batch {
			out = append(out, first(c)...)
		}
		return out
	case <-time.After(time.Second):
		return nil
	}
}

// BenchmarkView is the root's View while nothing has changed, and while the selected row has.
func BenchmarkView(b *testing.B) {
	b.Run("unchanged", func(b *testing.B) {
		m := crowded(b, 120, 36)
		for b.Loop() {
			_ = m.View()
		}
	})
	b.Run("theme", func(b *testing.B) { // everything is drawn anew
		m := crowded(b, 120, 36)
		for i := 0; b.Loop(); i++ {
			m.Update(tea.EnvMsg{[]string{"NO_COLOR=1", "X=1"}[i%2]})
			_ = m.View()
		}
	})
}

// BenchmarkKey is a key and the View that follows it.
func BenchmarkKey(b *testing.B) {
	for _, bb := range []struct{ name, a, b string }{{"move", "j", "k"}, {"page", "pgdown", "pgup"}, {"filter", "f", "f"}} {
		b.Run(bb.name, func(b *testing.B) {
			m := crowded(b, 120, 36)
			keys := []tea.Msg{uitest.KeyMsg(bb.a), uitest.KeyMsg(bb.b)}
			for i := 0; b.Loop(); i++ {
				m.Update(keys[i%2])
				_ = m.View()
			}
		})
	}
}

// TestViewBudget holds the budget with room to spare for a busy machine: the benchmark
// tells the true figure.
func TestViewBudget(t *testing.T) {
	m := crowded(t, 120, 36)
	j, k := uitest.KeyMsg("j"), uitest.KeyMsg("k")
	const rounds = 50
	begin := time.Now()
	for range rounds {
		m.Update(j)
		_ = m.View()
		m.Update(k)
		_ = m.View()
	}
	if each := time.Since(begin) / (2 * rounds); each > 10*time.Millisecond {
		t.Errorf("a key and its View take %v", each)
	}
}

// quiet counts the messages that a model is given.
type quiet struct {
	tea.Model
	n *int
}

// Update implements tea.Model.
func (q quiet) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	*q.n++
	m, cmd := q.Model.Update(msg)
	return quiet{m, q.n}, cmd
}

func TestAQuietScreenWakesForNothing(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := fake.New()
		e.Add(api.Container{Name: "web", State: api.StateRunning, StartedAt: e.Now().Add(-3*time.Hour - time.Minute)})
		e.Add(api.Container{Name: "old", State: api.StateExited, ExitKnown: true, FinishedAt: e.Now().Add(-5*time.Minute - time.Second)})
		m := app.New(context.Background(), e, app.Options{Now: e.Now})
		defer m.Close()
		n := 0
		w := &world{uitest.New(t, quiet{m, &n}, 120, 36), t, e, m}
		w.calm()
		w.pass(5 * time.Second) // the figures of what runs have come
		n = 0
		w.pass(50 * time.Second)
		if n != 0 {
			t.Errorf("%d messages in 50 s in which no text changes", n)
		}
		w.Want("5m")
		w.pass(6 * time.Second)
		if n != 1 {
			t.Errorf("%d messages for one text that changes", n)
		}
		w.Want("6m")
	})
}
