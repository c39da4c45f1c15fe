package doctor

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
)

// CloseMsg says that the user went back.
type CloseMsg struct{}

// foundMsg is what the doctor has found.
type foundMsg struct {
	of     *Screen
	serial int
	found  []api.Finding
}

// Screen is the doctor's page. Its methods are for one goroutine.
type Screen struct {
	env  *kit.Env
	look func(context.Context) []api.Finding

	cancel context.CancelFunc
	serial int
	busy   bool // it is looking
	found  []api.Finding

	width, height int
	top           int
	focus         bool
	style         *themes.Styles
	view          string
	dirty         bool
}

// New makes the page. look must end when its context does; it is not called before Init.
func New(env *kit.Env, look func(context.Context) []api.Finding) *Screen {
	return &Screen{env: env, look: look, cancel: func() {}, focus: true, dirty: true}
}

// Init begins to look.
func (s *Screen) Init() tea.Cmd {
	s.cancel()
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.serial++
	s.busy, s.dirty = true, true
	serial, look := s.serial, s.look
	return func() tea.Msg { return foundMsg{s, serial, look(ctx)} }
}

// Close ends the looking.
func (s *Screen) Close() { s.cancel() }

// SetSize implements kit.Pane.
func (s *Screen) SetSize(width, height int) {
	s.width, s.height, s.dirty = max(0, width), max(0, height), true
}

// SetFocus implements kit.Pane.
func (s *Screen) SetFocus(on bool) { s.focus, s.dirty = on, true }

// Update implements kit.Pane.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case foundMsg:
		if msg.of == s && msg.serial == s.serial {
			s.found, s.busy, s.dirty = worstFirst(msg.found), false, true
		}
	case tea.KeyPressMsg:
		a, _ := s.env.Keys.Lookup(keymap.Engine, msg.String())
		return s.do(a)
	}
	return nil
}

func (s *Screen) do(a keymap.Action) tea.Cmd {
	switch a {
	case keymap.Back:
		s.Close()
		return func() tea.Msg { return CloseMsg{} }
	case keymap.Retry:
		if s.busy {
			return nil
		}
		return s.Init()
	}
	top, moves := kit.Turn(a, s.top, s.room(), len(s.lines())-s.room())
	if moves {
		s.top, s.dirty = top, true
	}
	return nil
}

// Footer are the keys worth knowing here.
func (s *Screen) Footer() []keymap.Entry {
	var out []keymap.Entry
	if e, ok := s.env.Keys.Entry(keymap.Retry); ok && e.Key() != "" {
		out = append(out, e.With("look again"))
	}
	return append(out, s.env.Keys.Pick(keymap.Back)...)
}

// worstFirst puts what is to be mended before what is well, each in the doctor's order.
func worstFirst(found []api.Finding) []api.Finding {
	order := []api.FindingLevel{api.FindingBad, api.FindingWarn, api.FindingNote, api.FindingOK}
	out := slices.Clone(found)
	slices.SortStableFunc(out, func(a, b api.Finding) int { return slices.Index(order, a.Level) - slices.Index(order, b.Level) })
	return out
}
