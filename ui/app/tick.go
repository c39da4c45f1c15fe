package app

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/ui/stream"
)

const (
	tickAtMost    = time.Second      // ages are rewritten at most once in this time
	tickUnfocused = 10 * time.Second // the same while the terminal is not looked at
)

// ticking is the one timer for texts that change by time alone. When no such text is on
// the screen there is none.
type ticking struct {
	gen    int
	due    time.Time // zero: none is under way
	cancel context.CancelFunc
	last   time.Time
}

type tickMsg struct{ gen int }

// schedule sets the timer for the next text that changes.
func (m *Model) schedule() tea.Cmd {
	left := m.nextChange()
	if left == 0 {
		return nil
	}
	now := m.env.Now()
	atMost := tickAtMost
	if m.blurred {
		atMost = tickUnfocused
	}
	due := now.Add(left)
	if soonest := m.tick.last.Add(atMost); due.Before(soonest) {
		due = soonest
	}
	if !m.tick.due.IsZero() && !due.Before(m.tick.due) {
		return nil
	}
	if m.tick.cancel != nil {
		m.tick.cancel()
	}
	ctx, cancel := context.WithCancel(m.ctx)
	m.tick.gen++
	m.tick.due, m.tick.cancel = due, cancel
	return stream.After(ctx, due.Sub(now), tickMsg{m.tick.gen})
}

// nextChange is how long it takes until some text on the screen changes; zero if none does.
func (m *Model) nextChange() time.Duration {
	var next time.Duration
	add := func(d time.Duration) {
		if d > 0 && (next == 0 || d < next) {
			next = d
		}
	}
	if m.layout.Mode == TooSmall {
		return 0
	}
	add(m.pulls.Next())
	if m.quitting.on {
		add(tickAtMost) // the seconds that are left
	}
	if s := m.store.Conn().State; s == api.ConnLost || s == api.ConnStarting {
		add(tickAtMost)
	}
	if m.page() != pageMain {
		return next
	}
	if t, ok := m.things.(interface{ Next() time.Duration }); ok {
		add(t.Next())
		return next
	}
	if m.shows(focusList) {
		add(m.list.Next(m.env.Now()))
	}
	if m.shows(focusDetail) {
		add(m.detail.Next())
	}
	return next
}

// ticked rewrites what time has changed.
func (m *Model) ticked(msg tickMsg) {
	if msg.gen != m.tick.gen {
		return
	}
	m.tick.due = time.Time{}
	if m.tick.cancel != nil {
		m.tick.cancel()
		m.tick.cancel = nil
	}
	m.now()
}

// now brings all ages up to date.
func (m *Model) now() {
	m.tick.last = m.env.Now()
	if t, ok := m.things.(interface{ Tick() }); ok {
		t.Tick()
	}
	m.list.Tick()
	m.detail.Tick()
	m.pulls.Tick()
}
