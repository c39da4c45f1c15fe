package app

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/ui/kit"
	"gantry/ui/pane/detail"
)

// usedMsg is what the container in the detail uses now.
type usedMsg struct {
	gen    int
	id     string
	before api.Sample
	now    api.Sample // taken at zero: it does not run
	top    *container.TopResponse
	err    error
}

// closeUp measures the container in the detail in all respects, after a wait. It is repeated
// as long as its tab is shown. Its charts are what the list has measured where that measures it,
// lest the two tell different figures.
func (m *Model) closeUp(ctx context.Context, wait time.Duration, before api.Sample) tea.Cmd {
	e, past, id, gen := m.engine, m.past, m.fetched.key.id, m.fetched.gen
	listed := slices.Contains(m.meter.ids, id)
	return func() tea.Msg {
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil
		}
		all, err := e.Stats(ctx, []string{id})
		if ctx.Err() != nil {
			return nil
		}
		msg := usedMsg{gen: gen, id: id, before: before, now: all[id], err: err}
		if msg.now.At.IsZero() {
			return msg
		}
		if !listed {
			past.add(all)
		}
		// Without its processes, which may end just now, the figures are still worth showing.
		msg.top, _ = e.Top(ctx, id, nil)
		return msg
	}
}

// takeUsed shows what the container in the detail uses, and has it measured again.
func (m *Model) takeUsed(msg usedMsg) tea.Cmd {
	if msg.gen != m.fetched.gen || m.fetched.key.tab != detail.TabUsage {
		return nil
	}
	if msg.err != nil {
		m.detail.SetProblem(msg.id, kit.Explain(msg.err).Line())
	} else {
		m.used = msg
		m.showUsed()
	}
	if m.page() != pageMain || m.things != nil {
		m.fetched.key = wanted{} // measured again when it is looked at again
		return nil
	}
	if msg.err == nil && msg.now.At.IsZero() {
		return nil // a start is a change of the row
	}
	wait := measureEvery
	if m.blurred {
		wait = measureUnfocused
	}
	return m.closeUp(m.fetched.ctx, wait, msg.now)
}

// showUsed shows the last close-up, and what has been measured until now.
func (m *Model) showUsed() {
	used := m.used
	c, _ := m.store.Get(used.id)
	u := detail.Usage{Now: used.now, Limited: c.MemoryLimit > 0, Every: measureEvery, Processes: used.top}
	u.Rate, u.Rated = used.now.Since(used.before)
	u.CPU, u.Memory = m.past.get(used.id)
	m.detail.SetUsage(used.id, u)
}
