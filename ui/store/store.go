package store

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"gantry/engine/api"
)

// Making is what is done to a container that exists while it is still being made: it
// shows its own state, and nothing else may be done to it.
const Making = "making"

// Store is the state of the engine as the screens see it.
type Store struct {
	containers map[string]api.Container
	names      map[string]string // the container's ID by its name
	doing      map[string]string
	pending    []Pending
	conn       api.Connection
	heard      time.Time
	loaded     bool
	rev        uint64
	revs       map[string]uint64 // of each row
}

// New is an empty store: connecting, nothing loaded.
func New() *Store {
	return &Store{containers: map[string]api.Container{}, names: map[string]string{}, doing: map[string]string{}, revs: map[string]uint64{}, conn: api.Connection{State: api.ConnConnecting}}
}

// Reset forgets everything: what comes next is of somewhere else.
func (s *Store) Reset() {
	clear(s.containers)
	clear(s.names)
	clear(s.doing)
	clear(s.revs)
	s.pending, s.loaded, s.conn = nil, false, api.Connection{State: api.ConnConnecting}
	s.rev++
}

// Rev grows with every change.
func (s *Store) Rev() uint64 { return s.rev }

// RevOf is the revision at which a row, container or pending, last changed.
func (s *Store) RevOf(id string) uint64 { return s.revs[id] }

// Conn is the connection as last heard of.
func (s *Store) Conn() api.Connection { return s.conn }

// Heard is when the engine last sent anything.
func (s *Store) Heard() time.Time { return s.heard }

// Loaded reports whether a full list has come since the program began.
func (s *Store) Loaded() bool { return s.loaded }

// Len is the number of containers.
func (s *Store) Len() int { return len(s.containers) }

// Apply takes an update in and returns the IDs it changed, removed ones included.
func (s *Store) Apply(u api.Update) []string {
	s.rev++
	s.heard = u.At
	if u.Conn != nil {
		s.conn = *u.Conn
	}
	var changed []string
	if u.Full {
		s.loaded = true
		changed = s.dropOthers(u.Containers)
	}
	for _, c := range u.Containers {
		s.rename(c.ID, c.Name)
		s.containers[c.ID] = c
		s.revs[c.ID] = s.rev
		changed = append(changed, c.ID)
	}
	for _, id := range u.Removed {
		if s.drop(id) {
			changed = append(changed, id)
		}
	}
	return changed
}

// dropOthers removes what a full list does not name any more.
func (s *Store) dropOthers(full []api.Container) []string {
	here := make(map[string]bool, len(full))
	for _, c := range full {
		here[c.ID] = true
	}
	var gone []string
	for id := range s.containers {
		if !here[id] {
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	for _, id := range gone {
		s.drop(id)
	}
	return gone
}

// rename notes whose a name is; a container that goes has none.
func (s *Store) rename(id, name string) {
	if old := s.containers[id].Name; old != name && s.names[old] == id {
		delete(s.names, old)
	}
	if name != "" {
		s.names[name] = id
	}
}

func (s *Store) drop(id string) bool {
	_, ok := s.containers[id]
	s.rename(id, "")
	delete(s.containers, id)
	delete(s.doing, id)
	delete(s.revs, id)
	return ok
}

// Get is the container with the ID.
func (s *Store) Get(id string) (api.Container, bool) {
	c, ok := s.containers[id]
	return c, ok
}

// ByName is the container with the name.
func (s *Store) ByName(name string) (api.Container, bool) {
	c, ok := s.containers[s.names[name]]
	return c, ok
}

// All is every container, by ID.
func (s *Store) All() []api.Container {
	out := make([]api.Container, 0, len(s.containers))
	for _, c := range s.containers {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b api.Container) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Each is every container, in no order.
func (s *Store) Each() iter.Seq[api.Container] { return maps.Values(s.containers) }

// SetDoing says what is being done to a container ("stopping"); "" is nothing.
func (s *Store) SetDoing(id, word string) {
	if s.doing[id] == word {
		return
	}
	s.rev++
	s.revs[id] = s.rev
	if word == "" {
		delete(s.doing, id)
		return
	}
	s.doing[id] = word
}

// Doing is what is being done to a container; "" when nothing is.
func (s *Store) Doing(id string) string { return s.doing[id] }
