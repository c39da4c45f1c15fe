// Package events is the screen of what happens: containers that come, go and end, and images,
// whoever does it, as it happens.
package events

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/stream"
	"gantry/ui/widget/facts"
	"gantry/ui/widget/grid"
	"gantry/ui/widget/shelf"
)

// newsMsg says that something has happened.
type newsMsg struct{ of *Screen }

// Screen is the list of what happened, the newest first.
type Screen struct {
	*shelf.Model
	env     *kit.Env
	journal *Journal
	desk    shelf.Desk
	ctx     context.Context
	cancel  context.CancelFunc
	cell    *stream.Cell[uint64]

	mu   sync.Mutex // what is read is read on the side
	held []Event    // what is shown while it is paused; nil: it is not
	upTo uint64     // how many there had been then
}

// New makes the screen of a journal.
func New(ctx context.Context, env *kit.Env, j *Journal, desk shelf.Desk) *Screen {
	s := &Screen{env: env, journal: j, desk: desk, cell: j.watch()}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.Model = shelf.New(ctx, env, shelf.Spec{
		Title: "Events", Scope: keymap.Events, Load: s.load, Look: s.look, Note: s.note,
		Empty: []string{"Nothing has happened since gantry was started.", "", "containerd keeps no past events."},
		Columns: []grid.Column{
			{ID: "time", Title: "TIME", Min: 12},
			{ID: "name", Title: "NAME", Min: 12, Max: 32, Weight: 2},
			{ID: "what", Title: "WHAT", Min: 11},
			{ID: "more", Title: "", Min: 8, Drop: 3, Weight: 1},
			{ID: "by", Title: "BY", Min: 14, Drop: 2},
			{ID: "image", Title: "IMAGE", Min: 12, Max: 32, Weight: 1, Drop: 1},
		},
		Orders: []shelf.Order{{Name: "time", Compare: func(a, b shelf.Thing) int { return int(int64(of(b).Serial) - int64(of(a).Serial)) }}},
	})
	return s
}

func of(t shelf.Thing) Event { e, _ := t.Value.(Event); return e }

// Close ends the looking; the journal goes on.
func (s *Screen) Close() {
	s.cancel()
	s.Model.Close()
}

// Init looks at what is there, and waits for more.
func (s *Screen) Init() tea.Cmd { return tea.Batch(s.Refresh(), s.wait()) }

func (s *Screen) wait() tea.Cmd {
	return s.cell.Next(s.ctx, func(uint64) tea.Msg { return newsMsg{s} })
}

// Update implements kit.Pane. The cursor stays on the newest while it is there.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(newsMsg); ok {
		if msg.of != s {
			return nil
		}
		return tea.Batch(s.Refresh(), s.wait())
	}
	newest := s.First()
	cmd := s.Model.Update(msg)
	if held, _ := s.frozen(); newest && held == nil {
		s.SelectFirst()
	}
	return cmd
}

func (s *Screen) load(context.Context) ([]shelf.Thing, error) {
	all, _, err := s.journal.Events()
	if held, _ := s.frozen(); held != nil {
		all = held
	}
	out := make([]shelf.Thing, len(all))
	for i, e := range all {
		name := e.Name
		if name == "" {
			name = e.ID
		}
		out[i] = shelf.Thing{
			ID: strconv.FormatUint(e.Serial, 10), Name: name, Value: e, Cells: e.cells,
			Text: e.Type + " " + e.Action + " " + e.ID + " " + e.Image + " " + e.more() + " " + e.by(),
		}
	}
	if len(out) > 0 {
		err = nil // what was heard is shown; the note says that nothing more is
	}
	return out, err
}

// frozen is what is shown while the list is held still, and how many there had been; nil when
// it is not.
func (s *Screen) frozen() ([]Event, uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held, s.upTo
}

// freeze holds the list still, or has it go on.
func (s *Screen) freeze() {
	all, n, _ := s.journal.Events()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held != nil {
		s.held = nil
		return
	}
	s.held, s.upTo = append([]Event{}, all...), n
}

// note is what stands beside the title.
func (s *Screen) note() string {
	_, n, err := s.journal.Events()
	held, upTo := s.frozen()
	switch {
	case held != nil && n > upTo:
		return fmt.Sprintf("paused, %d more", n-upTo)
	case held != nil:
		return "paused"
	case err != nil:
		return "the engine is lost"
	}
	return "live"
}

// more is what else there is to say of an event, in a word or two.
func (e Event) more() string {
	switch {
	case e.Exit != "":
		return "exit " + e.Exit
	case e.OldName != "":
		return "was " + e.OldName
	case e.Type == api.EventImage:
		return "image"
	}
	return ""
}

// by is who did it, as it reads on a screen of gantry's.
func (e Event) by() string {
	if e.By == api.ByGantry {
		return "another gantry"
	}
	return e.By
}

func (e Event) cells(st *themes.Styles, now time.Time) []grid.Cell {
	what := st.Text
	switch {
	case e.Action == "oom" || e.Exit != "" && e.Exit != "0":
		what = st.Bad
	case e.Action == "start" || e.Action == "unpause":
		what = st.Ok
	case e.Action == "pause":
		what = st.Warn
	}
	name := e.Name
	if name == "" {
		name = api.ShortID(e.ID)
	}
	return []grid.Cell{
		grid.Text(e.At.In(now.Location()).Format("15:04:05.000"), st.Muted), grid.Text(name, st.Text), grid.Text(e.Action, what),
		grid.Text(e.more(), st.Muted), grid.Text(e.by(), st.Muted), grid.Text(kit.ShortImage(e.Image), st.Muted),
	}
}

// look is an event in full, and what became of its container.
func (s *Screen) look(_ context.Context, t shelf.Thing) (shelf.Details, error) {
	e := of(t)
	rows := []facts.Row{facts.Of("when", e.At.In(s.env.Now().Location()).Format("2006-01-02 15:04:05.000")), facts.Of("what", e.Type+" "+e.Action)}
	if m := e.more(); m != "" && e.Type != api.EventImage {
		rows = append(rows, facts.Of("", m))
	}
	if e.By != "" {
		rows = append(rows, facts.Of("by", e.by()))
	}
	d := shelf.Details{Sections: []facts.Section{{Rows: rows}}}
	if e.Type != api.EventContainer {
		return d, nil
	}
	now := facts.Section{Title: "Container", Rows: []facts.Row{facts.Of("name", e.Name), facts.Of("ID", e.ID), facts.Of("image", e.Image)}}
	if c, ok := s.find(e.ID); ok {
		now.Rows = append(now.Rows, facts.Of("now", string(c.State)), facts.Of("made by", string(c.Owner)))
	} else {
		now.Rows = append(now.Rows, facts.Of("now", "gone"))
	}
	d.Sections = append(d.Sections, now)
	return d, nil
}

func (s *Screen) find(id string) (api.Container, bool) {
	for _, c := range s.desk.Containers() {
		if c.ID == id {
			return c, true
		}
	}
	return api.Container{}, false
}

// Choices are what can be done here, or why not.
func (s *Screen) Choices() []shelf.Choice {
	t, ok := s.Selected()
	var out []shelf.Choice
	for _, a := range []keymap.Action{keymap.EventPause, keymap.EventGo, keymap.ListDetail, keymap.ListCopy} {
		en, bound := s.env.Keys.In(keymap.Events, a)
		if !bound {
			continue
		}
		c := shelf.Choice{Entry: en}
		switch {
		case a == keymap.EventPause:
			if held, _ := s.frozen(); held != nil {
				c.Entry = en.With("go on")
			}
		case !ok:
			c.Reason = "no event is selected"
		case a == keymap.EventGo:
			if _, here := s.find(of(t).ID); !here {
				c.Reason = "it is about no container that is there"
			}
		}
		out = append(out, c)
	}
	return out
}

// Act carries out an action; it reports whether a is one of this screen's.
func (s *Screen) Act(_ context.Context, a keymap.Action, _ string) (tea.Cmd, bool) {
	switch a {
	case keymap.EventPause:
		s.freeze()
		return s.Refresh(), true
	case keymap.EventGo, keymap.ListCopy:
	default:
		return nil, false
	}
	t, ok := s.Selected()
	if !ok {
		return s.desk.Tell(kit.Warn, "no event is selected"), true
	}
	e := of(t)
	if a == keymap.ListCopy {
		return tea.Batch(tea.SetClipboard(e.ID), s.desk.Tell(kit.Info, kit.Clean(e.ID)+" was sent to the clipboard")), true
	}
	if _, here := s.find(e.ID); !here {
		return s.desk.Tell(kit.Warn, kit.Clean(t.Name)+" is not there any more"), true
	}
	return s.desk.Show(e.ID), true
}
