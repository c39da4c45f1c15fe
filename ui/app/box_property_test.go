package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/engine/path"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/pane/detail"
	"gantry/ui/pane/pull"
	"gantry/ui/pane/status"
	"gantry/ui/screen/containers"
	"gantry/ui/screen/create"
	"gantry/ui/screen/doctor"
	"gantry/ui/screen/logs"
	"gantry/ui/store"
	"gantry/ui/uitest"
	"gantry/ui/widget/bar"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/field"
	"gantry/ui/widget/grid"
	"gantry/ui/widget/helpview"
	"gantry/ui/widget/scroll"
)

// boxSizes is at how many random sizes each pane is drawn.
const boxSizes = 200

// drawing is a thing that fills boxes: it draws itself into one of w × h, after perhaps
// something has happened to it.
type drawing func(w, h int) string

// boxed is every pane, screen and widget that fills a box, each with a full life: made
// once, and changed by random keys, movements and contents while it is drawn.
func boxed() map[string]func(r nasty, env *kit.Env) drawing {
	return map[string]func(r nasty, env *kit.Env) drawing{
		"containers":     containersBox,
		"no containers":  noContainersBox,
		"1,000 rows":     manyBox,
		"the form":       formBox,
		"the log":        logBox,
		"doctor":         doctorBox,
		"detail":         detailBox,
		"pulls":          pullsBox,
		"help":           helpBox,
		"grid":           gridBox,
		"scroll":         scrollBox,
		"rows of status": statusBox,
		"bar":            barBox,
		"box and fit":    kitBox,
	}
}

// Whatever it shows and whatever its size, a pane is exactly its box.
func TestEveryPaneFillsItsBox(t *testing.T) {
	for name, life := range boxed() {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(2) {
				r := nasty{rand.New(rand.NewPCG(seed, 99)), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
				env := &kit.Env{Keys: keymap.Default(), Styles: looks(seed), Now: func() time.Time { return r.now }}
				draw := life(r, env)
				for i := range boxSizes {
					w, h := r.size()
					if flaw := unlike(draw(w, h), w, h); flaw != "" {
						t.Fatalf("seed %d, drawing %d: %s", seed, i, flaw)
					}
				}
			}
		})
	}
}

func looks(seed uint64) *themes.Styles {
	if seed%2 == 0 {
		return themes.Default(true)
	}
	return themes.Mono(themes.Options{ASCII: true})
}

// unlike says how a view is not the box of w × h it should be; "" when it is.
func unlike(view string, w, h int) string {
	if w <= 0 || h <= 0 {
		if view != "" {
			return fmt.Sprintf("%d×%d: %.200q, and not nothing", w, h, view)
		}
		return ""
	}
	lines := strings.Split(view, "\n")
	if len(lines) != h {
		return fmt.Sprintf("%d×%d: %d lines", w, h, len(lines))
	}
	for i, l := range lines {
		bare := ansi.Strip(l)
		if a, b := ansi.StringWidth(l), ansi.StringWidthWc(bare); a != w || b != w {
			return fmt.Sprintf("%d×%d: line %d has %d cells, or %d: %q", w, h, i, a, b, l)
		}
		if j := strings.IndexFunc(bare, func(c rune) bool {
			return unicode.IsControl(c) || unicode.Is(unicode.Cf, c)
		}); j >= 0 {
			return fmt.Sprintf("%d×%d: line %d holds %q: %q", w, h, i, bare[j:min(len(bare), j+4)], l)
		}
	}
	return ""
}

// anyMove is a random movement.
func anyMove(r nasty) keymap.Action {
	all := []keymap.Action{
		keymap.Up, keymap.Down, keymap.PageUp, keymap.PageDown, keymap.HalfUp, keymap.HalfDown, keymap.Top, keymap.Bottom, keymap.TabNext, keymap.TabPrev,
	}
	return all[r.IntN(len(all))]
}

func anyKey(r nasty) tea.KeyPressMsg {
	all := keys()
	return uitest.KeyMsg(all[r.IntN(len(all))])
}

func stored(r nasty, n int) *store.Store {
	st := store.New()
	u := api.Update{Full: true, At: r.now, Conn: &api.Connection{State: api.ConnReady}}
	for i := range n {
		u.Containers = append(u.Containers, r.container(fmt.Sprintf("%064x", i)))
	}
	st.Apply(u)
	for i := range min(n, 8) {
		st.PutPending(store.Pending{
			ID: fmt.Sprint("job ", i), Name: r.text(6), Image: r.text(6), Start: i%2 == 0, Since: r.past(), Status: r.text(3),
			Pulled: r.Float64()*3 - 1, Failed: []string{"", r.text(3)}[i%2], Reason: r.text(6), Err: r.err(),
		})
	}
	return st
}

func containersBox(r nasty, env *kit.Env) drawing {
	st := stored(r, 40)
	s := containers.New(env, st)
	return func(w, h int) string {
		switch r.IntN(12) {
		case 0:
			s.SetFocus(r.IntN(2) == 0)
		case 1:
			s.StartFilter()
		case 2:
			s.ClearFilter()
		case 3:
			s.CycleShow()
		case 4:
			st.Apply(api.Update{At: r.now, Conn: &api.Connection{State: api.ConnLost, Since: r.past(), Err: r.err()}})
			s.Refresh()
		case 5:
			st.Apply(api.Update{At: r.now, Containers: []api.Container{r.container(fmt.Sprintf("%064x", r.IntN(50)))}})
			st.SetDoing(fmt.Sprintf("%064x", r.IntN(50)), r.text(3))
			s.Refresh()
		case 6, 7:
			if s.Capturing() {
				s.Update(anyKey(r))
			}
		default:
			s.Move(anyMove(r))
		}
		s.Tick()
		s.SetSize(w, h)
		return s.View()
	}
}

func noContainersBox(r nasty, env *kit.Env) drawing {
	st := store.New()
	s := containers.New(env, st)
	return func(w, h int) string {
		switch r.IntN(4) {
		case 0:
			st.Apply(api.Update{Full: true, At: r.now})
			s.Refresh()
		case 1:
			s.CycleShow()
		case 2:
			st.PutPending(store.Pending{ID: "job 1", Name: r.text(400), Status: r.text(9), Pulled: -1})
			s.Refresh()
		case 3:
			st.DropPending("job 1")
			s.Refresh()
		}
		s.SetSize(w, h)
		return s.View()
	}
}

func manyBox(r nasty, env *kit.Env) drawing {
	s := containers.New(env, stored(r, 1000))
	return func(w, h int) string {
		s.Move(anyMove(r))
		s.SetSize(w, h)
		return s.View()
	}
}

func formBox(r nasty, env *kit.Env) drawing {
	var d option.Draft
	for _, o := range option.Table() {
		d.Set(o.Key, r.texts(4, 5)...)
	}
	s := create.New(env, d, create.Deps{})
	return func(w, h int) string {
		switch r.IntN(6) {
		case 0:
			s.Update(tea.PasteMsg{Content: r.text(8)})
		case 1:
			k := option.Table()[r.IntN(len(option.Table()))].Key
			s.SetProblems([]api.FieldError{{Field: string(k), Index: r.IntN(3), Value: r.text(3), Reason: r.text(9), Fix: r.text(9)}})
		default:
			s.Update(anyKey(r))
		}
		s.SetSize(w, h)
		return s.View()
	}
}

// lines is a logger whose log ends at once.
type lines []api.LogLine

func (l lines) Logs(_ context.Context, _ string, _ api.LogOptions, each func([]api.LogLine) error) error {
	return each(l)
}

func logLines(r nasty, n int) lines {
	out := make(lines, n)
	for i := range out {
		out[i] = api.LogLine{Time: r.past(), Stderr: r.IntN(3) == 0, Text: []byte(r.text(30))}
	}
	return out
}

func logBox(r nasty, env *kit.Env) drawing {
	s := logs.New(env, logs.Deps{Logger: logLines(r, 300)}, r.container("c"))
	feed(s)
	more := []keymap.Action{keymap.LogWrap, keymap.LogTimestamps, keymap.LogFollow, keymap.LogSearch, keymap.LogNext, keymap.LogPrev, keymap.LogLeft, keymap.LogRight}
	return func(w, h int) string {
		switch {
		case s.Capturing():
			s.Update(anyKey(r))
		case r.IntN(8) == 0:
			s.SetContainer(r.container("c"))
		case r.IntN(2) == 0:
			s.Do(more[r.IntN(len(more))])
		default:
			s.Do(anyMove(r))
		}
		s.SetSize(w, h)
		return s.View()
	}
}

// feed hands the log's lines to its screen, as a program does.
func feed(s *logs.Screen) {
	var run func(cmd tea.Cmd)
	run = func(cmd tea.Cmd) {
		if cmd == nil {
			return
		}
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				run(c)
			}
		default:
			run(s.Update(msg))
		}
	}
	run(s.Init())
	s.Close()
}

func doctorBox(r nasty, env *kit.Env) drawing {
	levels := []api.FindingLevel{api.FindingOK, api.FindingNote, api.FindingWarn, api.FindingBad, "odd"}
	look := func(context.Context) []api.Finding {
		out := make([]api.Finding, r.IntN(20))
		for i := range out {
			out[i] = api.Finding{Level: levels[r.IntN(len(levels))], What: r.text(4), Detail: r.text(20), Fix: r.text(12)}
		}
		return out
	}
	s := doctor.New(env, look)
	return func(w, h int) string {
		switch r.IntN(8) {
		case 0:
			s.Update(s.Init()())
		case 1:
			s.Init() // looks, and has not found anything yet
		case 2:
			s.SetFocus(r.IntN(2) == 0)
		default:
			s.Update(anyKey(r))
		}
		s.SetSize(w, h)
		return s.View()
	}
}

func detailBox(r nasty, env *kit.Env) drawing {
	p := detail.New(env)
	return func(w, h int) string {
		switch r.IntN(7) {
		case 0:
			p.Show(detail.Subject{ID: "a", Title: r.text(9), Err: r.err(), Fix: r.text(6), Live: r.IntN(2) == 0, Ended: kit.Examine(r.container("a"))})
		case 1:
			p.SetTraces("a", []path.Trace{r.trace(), r.trace()})
		case 2:
			p.SetInspect("a", strings.Join(r.texts(60, 9), "\n"))
		case 3:
			p.SetProblem("a", r.text(9))
		case 4:
			p.SetFocus(r.IntN(2) == 0)
		default:
			p.Do(anyMove(r))
		}
		p.SetSize(w, h)
		return p.View()
	}
}

func pullsBox(r nasty, env *kit.Env) drawing {
	p := pull.New(env)
	return func(w, h int) string {
		switch r.IntN(4) {
		case 0:
			all := make([]jobs.Job, r.IntN(9))
			for i := range all {
				all[i] = r.job(i)
			}
			p.SetJobs(all)
		case 1:
			p.SetFocus(r.IntN(2) == 0)
		default:
			p.Do(anyMove(r))
		}
		p.SetSize(w, h)
		if flaw := unlike(p.Strip(w), w, 1); w > 0 && flaw != "" {
			return "the strip: " + flaw
		}
		return p.View()
	}
}

func helpBox(r nasty, env *kit.Env) drawing {
	m := helpview.New(env, keymap.Global, keymap.Containers, keymap.Logs)
	return func(w, h int) string {
		m.Do(anyMove(r))
		m.SetSize(w, h)
		return m.View()
	}
}

func gridBox(r nasty, env *kit.Env) drawing {
	st := env.Styles
	cols := []grid.Column{
		{ID: "a", Title: "日本語", Min: 12, Weight: 2}, {ID: "b", Title: "B", Min: 5, Max: 9, Weight: 1, Drop: 2},
		{ID: "c", Title: "A LONG TITLE", Min: 7, Right: true, Drop: 1}, {ID: "d", Title: "D", Min: 3, Max: 200, Weight: 5, Drop: 3},
	}
	cell := func() grid.Cell {
		c := grid.Cell{Spill: r.IntN(3) == 0}
		for range r.IntN(4) {
			c.Spans = append(c.Spans, grid.Span{Text: r.text(5), Style: st.Strong})
		}
		return c
	}
	m := grid.New(env, cols, func(string) []grid.Cell { return []grid.Cell{cell(), cell(), cell(), cell()} })
	return func(w, h int) string {
		switch r.IntN(5) {
		case 0:
			rows := make([]grid.Row, r.IntN(100))
			for i := range rows {
				rows[i] = grid.Row{ID: fmt.Sprint(i), Rev: r.Uint64()}
			}
			m.SetRows(rows)
		case 1:
			m.SetRows(nil)
			m.SetEmpty(r.texts(9, 20)...)
		case 2:
			m.SetFocus(r.IntN(2) == 0)
		default:
			m.Do(anyMove(r))
		}
		m.SetSize(w, h)
		return m.View()
	}
}

func scrollBox(r nasty, env *kit.Env) drawing {
	m := scroll.New(env)
	return func(w, h int) string {
		switch r.IntN(7) {
		case 0:
			for _, l := range logLines(r, r.IntN(200)) {
				m.Append(scroll.Line(l))
			}
		case 1:
			m.SetWrap(r.IntN(2) == 0)
		case 2:
			m.SetTimes(r.IntN(2) == 0)
		case 3:
			m.SetFollow(r.IntN(2) == 0)
		case 4:
			m.SetQuery([]string{"", "we", "本", r.text(2)}[r.IntN(4)])
		default:
			m.Do(anyMove(r))
		}
		m.SetSize(w, h)
		return m.View()
	}
}

// statusBox are the rows above and below the panes, one over the other.
func statusBox(r nasty, env *kit.Env) drawing {
	st := env.Styles
	states := []api.ConnState{api.ConnConnecting, api.ConnStarting, api.ConnReady, api.ConnLost}
	return func(w, h int) string {
		if w <= 0 || h <= 0 {
			return ""
		}
		conn := api.Connection{State: states[r.IntN(len(states))], Err: r.err(), Info: api.EngineInfo{
			Kind: api.EngineKind(r.text(1)), Address: r.text(9), Version: r.text(3), Namespace: r.text(4), Snapshotter: r.text(3), CgroupMode: r.text(3),
		}}
		rows := []string{
			status.Header(st, []status.Screen{{Key: "1", Title: "Containers", On: true}, {Key: "2", Title: r.text(4)}}, conn, time.Duration(r.Int64()), w),
			status.Notice(st, kit.Notice{Level: kit.Level(r.IntN(4)), Text: r.text(20)}, []string{"", "? why"}[r.IntN(2)], w),
			status.Footer(st, env.Keys.Entries(keymap.Containers), env.Keys.Entries(keymap.Global), w),
		}
		for _, row := range rows {
			if flaw := unlike(row, w, 1); flaw != "" {
				return flaw
			}
		}
		return kit.Fit("", w, h)
	}
}

func barBox(r nasty, env *kit.Env) drawing {
	return func(w, h int) string {
		fraction := []float64{0, 1, -1, 2, r.Float64(), r.Float64()}[r.IntN(6)]
		if h <= 0 {
			return ""
		}
		return kit.Fit(bar.View(env.Styles, fraction, w)+strings.Repeat("\n"+kit.Spaces(w), h-1), max(w, 0), h)
	}
}

// kitBox is what all others are made of.
func kitBox(r nasty, env *kit.Env) drawing {
	return func(w, h int) string {
		body := kit.CleanText(r.text(60))
		if r.IntN(2) == 0 {
			return kit.Fit(body, w, h)
		}
		f := kit.Frame{Title: kit.Clean(r.text(5)), Note: kit.Clean(r.text(5)), Right: kit.Clean(r.text(3)), Focused: r.IntN(2) == 0}
		iw, ih := kit.Inner(w, h)
		if w < 2 || h < 2 {
			iw, ih = w, h
		}
		return kit.Box(env.Styles, f, kit.Fit(body, iw, ih), w, h)
	}
}

// A dialog takes what it needs of the screen, never more, and is exactly the size it says.
func TestADialogIsWhatItSays(t *testing.T) {
	r := nasty{rand.New(rand.NewPCG(7, 7)), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	for i := range boxSizes {
		env := &kit.Env{Keys: keymap.Default(), Styles: looks(uint64(i)), Now: func() time.Time { return r.now }}
		m := dialog.Confirm(env, r.text(9), r.texts(12, 20), "Remove", "d")
		if i%3 == 0 {
			m = dialog.Failure(env, kit.Explain(r.err()), "!")
		}
		w, h := r.size()
		m.SetSize(w, h)
		for range 3 {
			dw, dh := m.Size()
			x, y := m.Place()
			if dw > max(w, 0) || dh > max(h, 0) || x < 0 || y < 0 || x+dw > max(w, 0) || y+dh > max(h, 0) {
				t.Fatalf("drawing %d: %d×%d at %d, %d of %d×%d", i, dw, dh, x, y, w, h)
			}
			if flaw := unlike(m.View(), dw, dh); flaw != "" {
				t.Fatalf("drawing %d: %s", i, flaw)
			}
			r.now = r.now.Add(time.Second)
			m.Update(uitest.KeyMsg([]string{"tab", "down", "up", "left"}[r.IntN(4)]))
		}
	}
}

// A field has the width that was set and the lines that it says it has.
func TestAFieldIsWhatItSays(t *testing.T) {
	r := nasty{rand.New(rand.NewPCG(8, 8)), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	for i := range boxSizes {
		env := &kit.Env{Keys: keymap.Default(), Styles: looks(uint64(i)), Now: func() time.Time { return r.now }}
		m := field.New(env, field.Spec{
			Label: "Label", Kind: []field.Kind{field.Text, field.Choice, field.Check, field.List}[i%4], Choices: []string{"one", "two"}, Hint: "a hint", Secret: i%5 == 0,
		})
		m.Set(r.texts(5, 9)...)
		m.SetGhost(r.text(9), r.text(3))
		m.SetNote(r.text(9))
		if r.IntN(2) == 0 {
			m.Focus(r.IntN(2) == 0)
		}
		for range 20 {
			switch r.IntN(4) {
			case 0:
				m.SetProblem(r.IntN(3), r.text(9))
			case 1:
				m.Update(tea.PasteMsg{Content: r.text(9)})
			case 2:
				m.Next()
			default:
				m.Update(anyKey(r))
			}
			w, _ := r.size()
			m.SetSize(w, r.IntN(20))
			if flaw := unlike(m.View(), w, m.Height()); flaw != "" {
				t.Fatalf("field %d: %s", i, flaw)
			}
		}
	}
}
