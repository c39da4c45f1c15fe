package containers

import (
	"slices"

	"gantry/engine/api"
	"gantry/keymap"
)

// bulky reports whether an action can be done to several containers at once.
func bulky(a keymap.Action) bool {
	switch a {
	case keymap.ContainerStartStop, keymap.ContainerKill, keymap.ContainerRemove, keymap.ContainerRestart, keymap.ContainerPause:
		return true
	}
	return false
}

// ToggleMark marks the selected row, or takes its mark away, and goes to the next one.
func (s *Screen) ToggleMark() {
	r, ok := s.Selected()
	if !ok || r.Pending != nil {
		return
	}
	if s.marks[r.ID] {
		delete(s.marks, r.ID)
	} else {
		s.marks[r.ID] = true
		s.anchor = r.ID
	}
	s.Move(keymap.Down)
	s.feed()
}

// MarkRange marks all rows from the one that was marked last to the selected one; where
// none is marked, the selected one.
func (s *Screen) MarkRange() {
	at := s.grid.Index()
	from := slices.IndexFunc(s.rows, func(r *placedRow) bool { return r.row.ID == s.anchor && s.marks[s.anchor] })
	if at < 0 {
		return
	}
	if from < 0 {
		from = at
	}
	for _, r := range s.rows[min(at, from) : max(at, from)+1] {
		if r.row.Pending == nil {
			s.marks[r.row.ID] = true
		}
	}
	s.anchor = s.rows[at].row.ID
	s.feed()
}

// ClearMarks takes all marks away; it reports whether there were any.
func (s *Screen) ClearMarks() bool {
	if len(s.marks) == 0 {
		return false
	}
	clear(s.marks)
	s.anchor = ""
	s.feed()
	return true
}

// Marked is how many rows are marked.
func (s *Screen) Marked() int { return len(s.marks) }

// unmarkGone takes the marks of rows away that are not shown any more, so that nothing
// is done to what cannot be seen.
func (s *Screen) unmarkGone() {
	for id := range s.marks {
		if _, shown := s.byID[id]; !shown {
			delete(s.marks, id)
		}
	}
}

// Wants is what an action asks of the rows that are marked, or of the selected one when
// none is. When it asks for nothing, the reason is given.
func (s *Screen) Wants(a keymap.Action) (wants []Want, refused string) {
	if len(s.marks) == 0 || !bulky(a) {
		w, refused := s.Want(a)
		if refused != "" || w.Verb == "" {
			return nil, refused
		}
		return []Want{w}, ""
	}
	wants = s.bulk(a)
	if wants == nil {
		return nil, "none of the marked ones can have that done to it now"
	}
	if wants[0].Verb.needsEngine() && s.lost() {
		return nil, "the engine is lost: nothing can be done until it is back"
	}
	return wants, ""
}

// bulk is what an action means for the marked rows: one verb, for those to which it
// applies. What runs is stopped before anything is started, and paused before anything
// goes on. nil when nothing is marked or the action is not for several.
func (s *Screen) bulk(a keymap.Action) []Want {
	if len(s.marks) == 0 || !bulky(a) {
		return nil
	}
	by := map[Verb][]Want{}
	for _, r := range s.rows {
		if !s.marks[r.row.ID] {
			continue
		}
		if v, _ := verb(a, r.row, true); v != "" {
			by[v] = append(by[v], want(v, r.row))
		}
	}
	for _, v := range []Verb{VerbStop, VerbPause} {
		if by[v] != nil {
			return by[v]
		}
	}
	for _, wants := range by {
		return wants
	}
	return nil
}

// Ended are the containers that have ended or never ran and may be removed from here.
func (s *Screen) Ended() []api.Container {
	var out []api.Container
	for c := range s.store.Each() {
		r := Row{ID: c.ID, Container: c, Doing: s.store.Doing(c.ID)}
		if v, _ := verb(keymap.ContainerRemove, r, true); v == VerbRemove && !c.State.Alive() && c.State != api.StateUnknown {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b api.Container) int { return a.FinishedAt.Compare(b.FinishedAt) })
	return out
}
