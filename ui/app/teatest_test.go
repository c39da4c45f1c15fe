package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/teatest/v2"

	"gantry/engine/enginetest/fake"
	"gantry/ui/app"
	"gantry/ui/uitest"
)

// TestCreateThenStartOnARealProgram is the whole flow through Bubble Tea's own loop, by
// keys alone.
func TestCreateThenStartOnARealProgram(t *testing.T) {
	const w, h = 120, 36
	e := fake.New()
	p := e.OnPull("app:3").Layers(30_000_000, 10_000_000).Manual()
	m := app.New(context.Background(), e, app.Options{Now: e.Now})
	defer m.Close()
	seen := &watcher{want: make(chan wish, 8)}
	tm := teatest.NewTestModel(t, m, teatest.WithInitialTermSize(w, h), teatest.WithProgramOptions(tea.WithFilter(seen.filter)))
	seen.wait(t, tm, "No containers yet")
	tm.Send(uitest.KeyMsg("n"))
	seen.wait(t, tm, "New container")
	tm.Type("app:3")
	tm.Send(uitest.KeyMsg("tab"))
	tm.Type("api")
	tm.Send(uitest.KeyMsg("ctrl+s"))
	seen.wait(t, tm, "asking the registry")
	p.Download(0, 15_000_000)
	seen.wait(t, tm, "Pulling 19%")
	p.Download(0, 30_000_000)
	p.Download(1, 10_000_000)
	p.Unpack(0, 30_000_000)
	p.Unpack(1, 10_000_000)
	p.Finish()
	seen.wait(t, tm, "● Running", "✓ create & start", "✓ restart")
	tm.Send(uitest.KeyMsg("q"))
	final := tm.FinalModel(t, teatest.WithFinalTimeout(10*time.Second))
	uitest.Golden(t, "create-then-start", uitest.Plain(final.(*app.Model).View().Content, w, h))
}

// watcher looks at the model on the program's own goroutine, before each message.
type watcher struct {
	want    chan wish
	pending []wish
}

type wish struct {
	texts []string
	done  chan struct{}
}

// nudge is a message that changes nothing: it makes the filter look.
type nudge struct{}

func (f *watcher) filter(m tea.Model, msg tea.Msg) tea.Msg {
	for {
		select {
		case w := <-f.want:
			f.pending = append(f.pending, w)
			continue
		default:
		}
		break
	}
	if len(f.pending) == 0 {
		return msg
	}
	screen := uitest.Plain(m.View().Content, 120, 36)
	for len(f.pending) > 0 && has(screen, f.pending[0].texts) {
		close(f.pending[0].done)
		f.pending = f.pending[1:]
	}
	return msg
}

func has(screen string, texts []string) bool {
	for _, t := range texts {
		if !strings.Contains(screen, t) {
			return false
		}
	}
	return true
}

// wait waits until all texts are on the screen.
func (f *watcher) wait(t *testing.T, tm *teatest.TestModel, texts ...string) {
	t.Helper()
	w := wish{texts, make(chan struct{})}
	f.want <- w
	end := time.NewTimer(10 * time.Second)
	defer end.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-w.done:
			return
		case <-look.C:
			tm.Send(nudge{})
		case <-end.C:
			t.Fatalf("%q did not come", texts)
		}
	}
}
