package app

import (
	"slices"
	"sync"

	"gantry/engine/api"
)

// roster is the containers as the form's suggestions have them: those of the list, since to
// ask the engine for a thousand of them at every pause of the keys would be felt. It is written
// by the model, and read in the background.
type roster struct {
	mu  sync.Mutex
	all []api.Container // in no order; never changed in place
}

// enroll has the roster be as the list is, while there is a form to need it.
func (m *Model) enroll() {
	if m.form == nil {
		return
	}
	all := slices.AppendSeq(make([]api.Container, 0, m.store.Len()), m.store.Each())
	m.roster.mu.Lock()
	defer m.roster.mu.Unlock()
	m.roster.all = all
}

// list is a copy, to be ordered as it is needed.
func (r *roster) list() []api.Container {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}
