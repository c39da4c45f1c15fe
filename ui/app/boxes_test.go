package app_test

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/engine/path"
	"gantry/keymap"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/pane/detail"
	"gantry/ui/pane/pull"
	"gantry/ui/screen/containers"
	"gantry/ui/screen/create"
	"gantry/ui/screen/doctor"
	"gantry/ui/screen/logs"
	"gantry/ui/store"
	"gantry/ui/uitest"
	"gantry/ui/widget/helpview"
)

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
			p.SetInspect("a", nil, strings.Join(r.texts(60, 9), "\n"))
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
