// Package volumes is the screen of volumes: whose they are, how big, making, removing, tidying up.
package volumes

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/backend"
	"gantry/ui/kit"
	"gantry/ui/widget/facts"
	"gantry/ui/widget/grid"
	"gantry/ui/widget/shelf"
)

// Screen is the list of volumes.
type Screen struct {
	*shelf.Model
	env    *kit.Env
	engine backend.Volumer
	desk   shelf.Desk
	sizes  map[string]int64 // of those that were measured
	busy   map[string]bool  // that are being measured
}

// New makes the screen; nothing is read before Refresh.
func New(ctx context.Context, env *kit.Env, engine backend.Volumer, desk shelf.Desk) *Screen {
	s := &Screen{env: env, engine: engine, desk: desk, sizes: map[string]int64{}, busy: map[string]bool{}}
	e, _ := env.Keys.In(keymap.Volumes, keymap.ListNew)
	s.Model = shelf.New(ctx, env, shelf.Spec{
		Title: "Volumes", Scope: keymap.Volumes, Load: s.load, Look: s.look,
		Empty: []string{"No volumes yet.", "", "Press " + e.Key() + " to make one; a container's -v makes one too."},
		Columns: []grid.Column{
			{ID: "name", Title: "NAME", Min: 14, Max: 40, Weight: 100},
			{ID: "size", Title: "SIZE", Min: 8, Right: true, Drop: 1},
			{ID: "age", Title: "MADE", Min: 4, Right: true, Drop: 2},
			{ID: "by", Title: "USED BY", Min: 14, Weight: 1},
		},
		Orders: []shelf.Order{
			{Name: "name", Compare: func(a, b shelf.Thing) int { return strings.Compare(a.Name, b.Name) }},
			{Name: "use", Compare: func(a, b shelf.Thing) int { return cmp.Compare(len(of(a).UsedBy), len(of(b).UsedBy)) }},
			{Name: "size", Compare: func(a, b shelf.Thing) int { return cmp.Compare(s.sizes[b.ID], s.sizes[a.ID]) }},
			{Name: "age", Compare: func(a, b shelf.Thing) int { return of(b).CreatedAt.Compare(of(a).CreatedAt) }},
		},
	})
	return s
}

func of(t shelf.Thing) api.Volume { v, _ := t.Value.(api.Volume); return v }

func (s *Screen) load(ctx context.Context) ([]shelf.Thing, error) {
	all, err := s.engine.Volumes(ctx)
	out := make([]shelf.Thing, len(all))
	for i, v := range all {
		out[i] = shelf.Thing{ID: v.Name, Name: v.Name, Value: v, Text: strings.Join(v.UsedBy, " "), Cells: func(st *themes.Styles, now time.Time) []grid.Cell { return s.cells(v, st, now) }}
	}
	return out, err
}

func (s *Screen) cells(v api.Volume, st *themes.Styles, now time.Time) []grid.Cell {
	name := grid.Text(v.Name, st.Text)
	if v.Anonymous {
		name = grid.Text(api.ShortID(v.Name), st.Muted)
		name.Spans = append(name.Spans, grid.Span{Text: " anonymous", Style: st.Faint})
	}
	size := grid.Text("", st.Text)
	if n, ok := s.sizes[v.Name]; ok {
		size = grid.Text(kit.Size(n), st.Text)
	} else if s.busy[v.Name] {
		size = grid.Text(st.Glyphs.Ellipsis, st.Muted)
	}
	age := ""
	if !v.CreatedAt.IsZero() {
		age = kit.Age(now.Sub(v.CreatedAt))
	}
	by := grid.Text(strings.Join(v.UsedBy, " "), st.Muted)
	if len(v.UsedBy) == 0 {
		by = grid.Text("nobody", st.Faint)
	}
	return []grid.Cell{name, size, grid.Text(age, st.Muted), by}
}

func (s *Screen) look(_ context.Context, t shelf.Thing) (shelf.Details, error) {
	v := of(t)
	rows := []facts.Row{facts.Of("name", v.Name), facts.Of("data", v.Mountpoint)}
	if v.Anonymous {
		rows = append(rows, facts.Of("anonymous", "made for a container that did not name it"))
	}
	if !v.CreatedAt.IsZero() {
		rows = append(rows, facts.Of("made", kit.Age(s.env.Now().Sub(v.CreatedAt))+" ago"))
	}
	d := shelf.Details{Sections: []facts.Section{{Rows: rows}, {Title: "Used by", None: "nobody: it can be removed"}}}
	for _, c := range v.UsedBy {
		d.Sections[1].Rows = append(d.Sections[1].Rows, facts.Of(c, ""))
	}
	d.Sections = append(d.Sections, shelf.Labels(v.Labels)...)
	text, err := json.MarshalIndent(v, "", "  ")
	d.JSON = string(text)
	return d, err
}

// sizeMsg is how big a volume is.
type sizeMsg struct {
	of   *Screen
	name string
	size int64
	err  error
}

// measure finds out how big a volume is, which reads all of it.
func (s *Screen) measure(ctx context.Context, name string) tea.Cmd {
	if s.busy[name] {
		return nil
	}
	s.busy[name] = true
	s.Tick()
	return func() tea.Msg {
		n, err := s.engine.VolumeSize(ctx, name)
		return sizeMsg{s, name, n, err}
	}
}

// Update handles the list's messages and the screen's own.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(sizeMsg)
	if !ok || m.of != s {
		return s.Model.Update(msg)
	}
	delete(s.busy, m.name)
	if m.err != nil {
		s.Tick()
		return s.desk.Tell(kit.Warn, "volume "+kit.Clean(m.name)+": "+kit.Explain(m.err).Line())
	}
	s.sizes[m.name] = m.size
	s.Tick()
	return nil
}
