package themes

import "charm.land/lipgloss/v2"

// Mark is how a state looks: its glyph, its word and its style. All three always go together.
type Mark struct {
	Glyph string
	Word  string // "Running"
	Style lipgloss.Style
}

// The states that are not containers' own but those of a row while gantry works on it,
// or after it failed.
const (
	StatePulling  = "pulling"
	StateCreating = "creating"
	StateStarting = "starting"
	StateStopping = "stopping"
	StateFailed   = "failed" // also a container that ended with an error
)

// State is the mark of a state: one of api.State, or of the states above. A state that
// is not known has Unknown's mark.
func (s *Styles) State(state string) Mark {
	if m, ok := s.states[state]; ok {
		return m
	}
	return s.none
}

// ExitMark is the mark of a container that has ended: quiet when it ended well.
func (s *Styles) ExitMark(code int) Mark {
	m := s.State("exited")
	if code != 0 {
		m.Style = s.states[StateFailed].Style
	}
	return m
}

func (s *Styles) mark(style func(Role) lipgloss.Style) {
	g := s.Glyphs
	s.none = Mark{g.Unknown, "Unknown", style(Created)}
	s.states = map[string]Mark{
		"created":     {g.Created, "Created", style(Created)},
		"running":     {g.Running, "Running", style(Running)},
		"paused":      {g.Paused, "Paused", style(Paused)},
		"restarting":  {g.Pulling, "Restarting", style(Pulling)},
		"removing":    {g.Pulling, "Removing", style(Pulling)},
		"exited":      {g.Exited, "Exited", style(Exited)},
		"dead":        {g.Exited, "Dead", style(Failed)},
		"unknown":     s.none,
		StatePulling:  {g.Pulling, "Pulling", style(Pulling)},
		StateCreating: {g.Pulling, "Creating", style(Pulling)},
		StateStarting: {g.Pulling, "Starting", style(Pulling)},
		StateStopping: {g.Pulling, "Stopping", style(Pulling)},
		StateFailed:   {g.Cross, "Failed", style(Failed)},
	}
}
