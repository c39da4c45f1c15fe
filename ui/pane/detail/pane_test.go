package detail_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/pane/detail"
	"gantry/ui/uitest"
)

func env() *kit.Env {
	return &kit.Env{Keys: keymap.Default(), Styles: themes.Default(true), Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }}
}

func trace() path.Trace {
	return path.Trace{ID: "1", Operation: "run", Steps: []path.Step{
		{Name: "config", State: path.Done, Duration: 400 * time.Microsecond},
		{Name: "identity", State: path.Undone, Detail: "name given back"},
		{Name: "rootfs", State: path.Failed, Error: "no space left \x1b[31mon device"},
		{Name: "spec", State: path.Waiting},
	}}
}

func TestStepsAreTold(t *testing.T) {
	p := detail.New(env())
	p.SetSize(60, 20)
	p.Show(detail.Subject{ID: "a", Title: "web"})
	p.SetTraces("other", []path.Trace{trace()})
	if s := uitest.Plain(p.View(), 60, 20); strings.Contains(s, "config") {
		t.Errorf("the path of another row is shown:\n%s", s)
	}
	p.SetTraces("a", []path.Trace{trace()})
	screen := uitest.Plain(p.View(), 60, 20)
	for _, w := range []string{"create → start", "✓ config", "0.4 ms", "↶ identity", "name given back", "✗ rootfs", "no space left on device", "· spec"} {
		if !strings.Contains(screen, w) {
			t.Errorf("%q is missing:\n%s", w, screen)
		}
	}
}

func TestAFailureIsToldOnce(t *testing.T) {
	p := detail.New(env())
	p.SetSize(70, 20)
	err := &api.PullError{Ref: "app:3", Registry: "r.example", Cause: api.PullUnreachable}
	p.Show(detail.Subject{ID: "a", Title: "web", Err: err})
	p.SetTraces("a", []path.Trace{{ID: "1", Operation: "run", Steps: []path.Step{{Name: "pull", State: path.Failed, Error: err.Error()}}}})
	screen := uitest.Plain(p.View(), 70, 20)
	if n := strings.Count(screen, "not reachable"); n != 1 {
		t.Errorf("told %d times:\n%s", n, screen)
	}
}

func TestSubjectsWithErrorsThatCannotBeCompared(t *testing.T) {
	p := detail.New(env())
	for range 2 {
		p.Show(detail.Subject{ID: "a", Err: api.FieldErrors{{Field: "name"}}})
	}
}

func TestAnotherRowHasNothingOfTheOneBefore(t *testing.T) {
	p := detail.New(env())
	p.SetSize(60, 20)
	p.Show(detail.Subject{ID: "a", Title: "a"})
	p.SetTraces("a", []path.Trace{trace()})
	p.Do(keymap.TabNext)
	p.SetInspect("a", nil, "{\n  \"Id\": \"aaa\"\n}")
	p.Show(detail.Subject{ID: "b", Title: "b"})
	if s := uitest.Plain(p.View(), 60, 20); strings.Contains(s, "aaa") || strings.Contains(s, "config") {
		t.Errorf("the detail of the row before is shown:\n%s", s)
	}
}

func TestEveryBoxIsFilledExactly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	p := detail.New(env())
	do := []keymap.Action{keymap.Up, keymap.Down, keymap.Bottom, keymap.PageDown, keymap.TabNext, keymap.TabPrev, keymap.Top}
	for i := range 400 {
		w, h := r.IntN(100), r.IntN(30)
		p.SetSize(w, h)
		p.SetFocus(i%2 == 0)
		p.Show(detail.Subject{ID: "a", Title: "日本\x1b[1m", Err: []error{nil, errors.New(strings.Repeat("word ", 40))}[i%2], Live: i%3 == 0})
		p.SetTraces("a", []path.Trace{trace(), trace(), trace()}[:i%4])
		p.SetInspect("a", nil, strings.Repeat("{ \"日本\": \"\\u001b\" }\n", i%50))
		p.SetUsage("a", detail.Usage{
			Now: api.Sample{At: time.Unix(int64(i%5), 0), Memory: r.Uint64(), Net: i%2 == 0}, CPU: []float64{0, math.NaN(), r.ExpFloat64() * 100}, Memory: make([]float64, i%200),
			Processes: &container.TopResponse{Titles: []string{"UID", "PID", "TIME", "CMD"}, Processes: [][]string{{"日本"}, {"root", "1", "00:00:00", "a\x1b[2J日本" + strings.Repeat("x", i)}}},
		})
		p.Do(do[r.IntN(len(do))])
		view := p.View()
		if w == 0 || h == 0 {
			continue
		}
		lines := strings.Split(view, "\n")
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
