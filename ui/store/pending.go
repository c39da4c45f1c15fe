package store

import (
	"slices"
	"time"

	"gantry/engine/option"
)

// Pending is a row for a container that does not exist yet: it was asked for, and is
// on its way or has failed before it came to be.
type Pending struct {
	ID     string // of the row; never a container's
	Name   string // "" when none was asked for
	Image  string
	Start  bool // it is to be started too
	Since  time.Time
	Status string  // what is being done: "pulling", "rootfs"
	Pulled float64 // how far the pull has come, from 0 to 1; negative when nothing is pulled
	Failed string  // the step that failed; "" while it is on its way
	Reason string  // one line, for the row
	Draft  option.Draft
	Err    error
}

// PutPending adds a row, or replaces the one with its ID.
func (s *Store) PutPending(p Pending) {
	s.rev++
	s.revs[p.ID] = s.rev
	if i := s.pendingAt(p.ID); i >= 0 {
		s.pending[i] = p
		return
	}
	s.pending = append(s.pending, p)
}

// DropPending removes a row.
func (s *Store) DropPending(id string) {
	if i := s.pendingAt(id); i >= 0 {
		s.rev++
		delete(s.revs, id)
		s.pending = slices.Delete(s.pending, i, i+1)
	}
}

// Pending is the row with the ID.
func (s *Store) Pending(id string) (Pending, bool) {
	if i := s.pendingAt(id); i >= 0 {
		return s.pending[i], true
	}
	return Pending{}, false
}

// Pendings are all such rows, oldest first.
func (s *Store) Pendings() []Pending { return slices.Clone(s.pending) }

func (s *Store) pendingAt(id string) int {
	return slices.IndexFunc(s.pending, func(p Pending) bool { return p.ID == id })
}
