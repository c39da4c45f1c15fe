package containers

import (
	"time"

	"gantry/ui/widget/grid"
)

// Refresh takes over what has changed in the store.
func (s *Screen) Refresh() {
	before, was := s.Selected()
	if s.lost() != s.wasLost {
		s.wasLost = s.lost()
		s.grid.Invalidate()
	}
	s.rebuild()
	after, is := s.Selected()
	if was && (!is || after.ID != before.ID || changedState(before, after)) {
		s.changed = s.env.Now()
	}
	if was && (!is || after.ID != before.ID) {
		s.hold()
	}
}

// changedState reports whether a key could mean something else than before.
func changedState(a, b Row) bool {
	if (a.Pending == nil) != (b.Pending == nil) || a.Container.State != b.Container.State {
		return true
	}
	return a.Pending != nil && (a.Pending.Failed == "") != (b.Pending.Failed == "")
}

// rebuild makes the rows anew from the store.
func (s *Screen) rebuild() {
	all := make([]Row, 0, s.store.Len()+1)
	for _, p := range s.store.Pendings() {
		all = append(all, Row{ID: p.ID, Pending: &p})
	}
	for c := range s.store.Each() {
		all = append(all, Row{ID: c.ID, Container: c, Doing: s.store.Doing(c.ID)})
	}
	s.widen(all)
	clear(s.byID)
	s.rows = arrange(all, s.filter, s.held, s.pinned, s.order, s.reverse)
	for _, r := range s.rows {
		s.byID[r.row.ID] = r
	}
	s.unmarkGone()
	s.feed()
	if s.held.id == "" {
		s.hold()
	}
}

// widen lets the columns grow with what is in them; the grid is then made anew.
func (s *Screen) widen(all []Row) {
	was := s.widths
	for _, r := range all {
		name, image := r.title()
		if tag := ownerTag(r.Container.Owner); tag != "" && r.Pending == nil {
			name += " " + tag
		}
		s.widths.grow(name, image)
	}
	if s.widths == was {
		return
	}
	selected := s.grid.Selected()
	s.grid = grid.New(s.env, s.widths.columns(), s.cells)
	s.grid.SetFocus(s.focus)
	s.grid.Select(selected)
	s.resize()
}

// feed gives the grid its rows with revisions that change with the ages shown.
func (s *Screen) feed() {
	now := s.present()
	rows := make([]grid.Row, len(s.rows))
	for i, r := range s.rows {
		rows[i] = grid.Row{ID: r.row.ID, Rev: s.store.RevOf(r.row.ID), Live: uint64(s.usage.revs[r.row.ID]) << 32, Marked: s.marks[r.row.ID]}
		if t := r.row.since(); !t.IsZero() {
			rows[i].Live |= uint64(ageStep(now.Sub(t))/time.Second) & 0xffffffff
		}
	}
	s.grid.SetRows(rows)
	s.grid.SetEmpty(s.emptyText(len(s.byID))...)
}

// hold keeps the place of the row that is selected now.
func (s *Screen) hold() {
	if i := s.grid.Index(); i >= 0 && i < len(s.rows) {
		s.held = held{s.rows[i].row.ID, s.rows[i].at}
		return
	}
	s.held = held{}
}

// Next is how long it takes until an age on the screen is written differently; zero if
// none is shown.
func (s *Screen) Next(now time.Time) time.Duration {
	var next time.Duration
	for _, id := range s.grid.Visible() {
		t := s.byID[id].row.since()
		if t.IsZero() {
			continue
		}
		age := max(0, now.Sub(t))
		left := ageUnit(age) - age%ageUnit(age)
		if next == 0 || left < next {
			next = left
		}
	}
	return next
}

// Tick rewrites the ages that have changed.
func (s *Screen) Tick() { s.feed() }
