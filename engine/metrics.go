package engine

import (
	"maps"
	"slices"
	"sync"
	"time"

	"gantry/engine/api"
)

// journalSize is how many creates and starts the journal keeps.
const journalSize = 200

// metrics count what the engine did. Unlike Docker's, they count failures too.
type metrics struct {
	mu      sync.Mutex
	actions map[string]api.Action
	journal []api.JournalEntry
}

func (m *metrics) init() { m.actions = map[string]api.Action{} }

// note counts one action that took d.
func (m *metrics) note(action string, d time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.actions[action]
	a.Count++
	a.Total += d
	a.Max = max(a.Max, d)
	if err != nil {
		a.Failures++
	}
	m.actions[action] = a
}

// write adds a create or start to the journal.
func (m *metrics) write(j api.JournalEntry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.journal = append(m.journal, j)
	if n := len(m.journal) - journalSize; n > 0 {
		m.journal = slices.Delete(m.journal, 0, n)
	}
}

// Metrics are counters per action, gauges per state, and the journal of creates and starts.
func (e *Engine) Metrics() api.Metrics {
	e.metrics.mu.Lock()
	defer e.metrics.mu.Unlock()
	return api.Metrics{
		Actions: maps.Clone(e.metrics.actions),
		States:  e.hub.states(),
		Journal: slices.Clone(e.metrics.journal),
	}
}
