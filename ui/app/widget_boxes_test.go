package app_test

import (
	"fmt"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/pane/status"
	"gantry/ui/widget/bar"
	"gantry/ui/widget/grid"
	"gantry/ui/widget/scroll"
)

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
