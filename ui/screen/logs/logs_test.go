package logs_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/screen/logs"
	"gantry/ui/uitest"
)

// log is a logger whose lines a test hands out.
type log struct {
	batches chan []api.LogLine
	end     chan error
	opt     api.LogOptions
	ended   chan struct{} // closed when Logs has returned
}

func newLog() *log {
	return &log{batches: make(chan []api.LogLine), end: make(chan error, 1), ended: make(chan struct{})}
}

func (l *log) Logs(ctx context.Context, _ string, opt api.LogOptions, each func([]api.LogLine) error) error {
	defer close(l.ended)
	l.opt = opt
	for {
		select {
		case b := <-l.batches:
			if err := each(b); err != nil {
				return err
			}
			for i := range b {
				clear(b[i].Text) // what was handed out may be used again
			}
		case err := <-l.end:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// write hands out lines; those that begin with "! " went to stderr.
func (l *log) write(s *uitest.Stepper, lines ...string) {
	at := time.Date(2026, 3, 1, 12, 30, 0, 123e6, time.UTC)
	var out []api.LogLine
	for i, text := range lines {
		text, stderr := strings.CutPrefix(text, "! ")
		out = append(out, api.LogLine{Time: at.Add(time.Duration(i) * time.Second), Stderr: stderr, Text: []byte(text)})
	}
	l.batches <- out
	s.Advance(time.Second)
}

type root struct {
	pane   *logs.Screen
	closed int
}

func (r *root) Init() tea.Cmd { return r.pane.Init() }

func (r *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		r.pane.SetSize(msg.Width, msg.Height)
		return r, nil
	case logs.CloseMsg:
		r.closed++
		return r, nil
	case tea.KeyPressMsg:
		if !r.pane.Capturing() {
			if a, ok := env().Keys.Lookup(keymap.Logs, msg.String()); ok {
				cmd, _ := r.pane.Do(a)
				return r, cmd
			}
		}
	}
	return r, r.pane.Update(msg)
}

func (r *root) View() tea.View {
	v := tea.NewView(r.pane.View())
	v.Cursor = r.pane.Cursor()
	return v
}

func web() api.Container {
	return api.Container{ID: "3f2a91c04b7d0000", Name: "web", State: api.StateRunning}
}

func ended(code int) api.Container {
	c := web()
	c.State, c.ExitCode, c.ExitKnown = api.StateExited, code, true
	return c
}

func env() *kit.Env { return &kit.Env{Keys: keymap.Default(), Styles: themes.Default(true)} }

func open(t *testing.T, w, h int, body func(t *testing.T, s *uitest.Stepper, r *root, l *log)) {
	t.Helper()
	uitest.Run(t, func(t *testing.T) {
		l := newLog()
		r := &root{pane: logs.New(env(), logs.Deps{Logger: l}, web())}
		s := uitest.New(t, r, w, h)
		body(t, s, r, l)
		r.pane.Close()
		<-l.ended // what was started has ended
	})
}

var story = []string{
	"listening on port 8080\n", "GET / 200 in 3 ms\n", "! warning: the cache is cold, the first requests will take longer than usual, which is no reason to worry\n",
	"GET /\x1b[31mred\x1b]0;owned\x07 404\tin 1 ms\n", "日本語 and ❤️\n",
}

func TestFollowingToTheEnd(t *testing.T) {
	for _, size := range []struct{ w, h int }{{120, 36}, {80, 24}, {60, 16}, {40, 12}} {
		open(t, size.w, size.h, func(t *testing.T, s *uitest.Stepper, r *root, l *log) {
			name := fmt.Sprintf("%dx%d", size.w, size.h)
			s.Golden("empty-" + name)
			l.write(s, story...)
			s.Golden("follows-" + name)
			s.Press("t", "w").Golden("cut-times-" + name)
			s.Press("t", "w")
			l.end <- nil
			r.pane.SetContainer(ended(0))
			s.Settle().Press("t", "t").Golden("ended-" + name)
		})
	}
}

func TestNothingIsReadTwiceAndNoMoreThanIsKept(t *testing.T) {
	open(t, 80, 24, func(t *testing.T, s *uitest.Stepper, _ *root, l *log) {
		if !l.opt.Follow || l.opt.Tail != 10_000 {
			t.Errorf("asked for %+v", l.opt)
		}
		var many []string
		for i := range 12_345 {
			many = append(many, fmt.Sprintf("line %d\n", i))
		}
		l.write(s, many...)
		s.Advance(time.Second).Want("line 12344", "last 10,000 lines").Press("g").Want("line 2345")
	})
}

func TestPartsOfALineArePutTogether(t *testing.T) {
	open(t, 80, 24, func(t *testing.T, s *uitest.Stepper, _ *root, l *log) {
		l.write(s, "one ", "! err ", "line\n", "! or\n", "no newline")
		s.Want("one line", "err or", "2 lines").WantNot("no newline")
		l.end <- nil
		s.Advance(time.Second).Want("no newline", "3 lines")
	})
}

func TestLookingBackWhileMoreComes(t *testing.T) {
	open(t, 80, 12, func(t *testing.T, s *uitest.Stepper, r *root, l *log) {
		for i := range 30 {
			l.write(s, fmt.Sprintf("line %d\n", i))
		}
		s.Want("line 29", "following")
		r.pane.Do(keymap.PageUp)
		s.Settle().Press("left").WantNot("line 29").Want("not following · f to follow")
		l.write(s, "news\n")
		s.WantNot("news").Want("▾ 1 new line · f to follow").Golden("behind")
		s.Press("f").Want("news", "following")
	})
}

func TestSearching(t *testing.T) {
	open(t, 60, 12, func(t *testing.T, s *uitest.Stepper, r *root, l *log) {
		for i := range 30 {
			l.write(s, fmt.Sprintf("line %d\n", i))
		}
		r.pane.Do(keymap.Top)
		s.Press("/").Type("line 2").Golden("searching").Press("enter").Want("/line 2")
		s.Press("n", "n").Want("line 21").Press("N", "N").Want("line 2")
		s.Press("/").Type("zzz").Want("line 2zzz").Press("enter").Want("/line 2zzz is nowhere in the log")
		s.Press("/", "esc").WantNot("zzz").Press("/").Paste("line\n 7").Press("enter").Want("/line 7")
		if r.closed != 0 {
			t.Error("esc in a search closed the log")
		}
	})
}

func TestErrorsSayWhatToDo(t *testing.T) {
	open(t, 80, 12, func(t *testing.T, s *uitest.Stepper, _ *root, l *log) {
		l.end <- &api.NotFoundError{Kind: "container", Name: "web"}
		s.Settle().Golden("error")
	})
	open(t, 80, 12, func(t *testing.T, s *uitest.Stepper, _ *root, l *log) {
		l.write(s, "some output\n")
		l.end <- errors.New("the disk\x1b[2J is broken")
		s.Settle().Want("some output", "✗ The disk is broken")
	})
}

func TestAContainerThatWroteNothing(t *testing.T) {
	open(t, 80, 12, func(t *testing.T, s *uitest.Stepper, r *root, l *log) {
		s.Want("No output yet.", "web · running")
		c := ended(137)
		c.OOMKilled = true
		r.pane.SetContainer(c)
		l.end <- nil
		s.Settle().Want("It wrote nothing.", "container ended (exit 137, out of memory)", "web · exited")
	})
}

func TestBackClosesAndStopsReading(t *testing.T) {
	open(t, 80, 12, func(t *testing.T, s *uitest.Stepper, r *root, l *log) {
		l.write(s, "x\n")
		cmd, _ := r.pane.Do(keymap.Back)
		s.Send(cmd())
		if r.closed != 1 {
			t.Error("esc did not close")
		}
		<-l.ended
	})
}

func TestLinesOfAnotherLogAreNotTaken(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		a, b := newLog(), newLog()
		first, second := logs.New(env(), logs.Deps{Logger: a}, web()), logs.New(env(), logs.Deps{Logger: b}, web())
		r := &root{pane: first}
		s := uitest.New(t, r, 80, 12)
		a.write(s, "of the first\n")
		second.SetSize(80, 12)
		r.pane = second
		a.write(s, "late\n")
		s.Want("No output yet.").WantNot("late", "of the first")
		first.Close()
		second.Close()
		<-a.ended
	})
}

func TestExactBoxAtAnySizeAndKey(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	keys := []string{"t", "w", "f", "/", "n", "N", "a", "enter", "left", "right", "backspace"}
	moves := []keymap.Action{keymap.Up, keymap.Down, keymap.PageUp, keymap.PageDown, keymap.HalfUp, keymap.HalfDown, keymap.Top, keymap.Bottom}
	open(t, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root, l *log) {
		l.write(s, story...)
		l.write(s, strings.Repeat("long ", 9000)+"\n", "\n", "\xff\xfe\n")
		p := r.pane
		for range 400 {
			w, h := rng.IntN(140), rng.IntN(45)
			p.SetSize(w, h)
			p.Update(uitest.KeyMsg(keys[rng.IntN(len(keys))]))
			if !p.Capturing() {
				p.Do(moves[rng.IntN(len(moves))])
			}
			v := p.View()
			if w == 0 || h == 0 {
				continue
			}
			lines := strings.Split(v, "\n")
			if len(lines) != h {
				t.Fatalf("%d×%d: %d lines", w, h, len(lines))
			}
			for _, line := range lines {
				if kit.Width(line) != w {
					t.Fatalf("%d×%d: a line is %d wide: %q", w, h, kit.Width(line), line)
				}
			}
			if c := p.Cursor(); c != nil && (c.X < 0 || c.X >= w || c.Y < 0 || c.Y >= h) {
				t.Fatalf("%d×%d: the cursor is at %d, %d", w, h, c.X, c.Y)
			}
		}
	})
}

func BenchmarkFullBatch(b *testing.B) {
	p := logs.New(env(), logs.Deps{Logger: newLog()}, web())
	defer p.Close()
	p.SetSize(120, 36)
	lines := make([]api.LogLine, 512)
	for i := range lines {
		lines[i] = api.LogLine{Text: []byte("2026-03-01 12:30:00 GET /some/path?of=usual&length 200 in 3 ms\n")}
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Update(logs.LinesForTest(p, lines))
		_ = p.View()
	}
}
