package app

import (
	"context"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/ui/backend"
	"gantry/ui/kit"
	"gantry/ui/pane/detail"
	"gantry/ui/screen/containers"
)

const (
	measureEvery     = 2 * time.Second  // while the terminal is looked at
	measureUnfocused = 10 * time.Second // while it is not
	measureSoon      = time.Second      // until the second sample, which makes a rate of the first
	measureAfter     = 100 * time.Millisecond
	measureFor       = 10 * time.Minute // unfocused; after it nothing is measured
)

// meter measures what the containers on the screen use. One command samples in the
// background and comes back only when a figure is written differently, so that a quiet
// screen is left alone.
type meter struct {
	gen     int
	cancel  context.CancelFunc
	ids     []string
	blurred bool
	last    map[string]api.Sample
	shown   map[string]containers.Usage
}

// usageMsg is what is measured now.
type usageMsg struct {
	gen   int
	last  map[string]api.Sample
	shown map[string]containers.Usage
}

// measure keeps the meter on the rows that are on the screen. It is asked after every message.
func (m *Model) measure() tea.Cmd {
	ids := m.measurable()
	if slices.Equal(ids, m.meter.ids) && m.blurred == m.meter.blurred {
		return nil
	}
	m.meter.ids, m.meter.blurred = ids, m.blurred
	if len(ids) == 0 {
		m.stopMeter()
		return nil
	}
	return m.sample(measureAfter)
}

// measurable are the containers whose figures are on the screen and can be had.
func (m *Model) measurable() []string {
	if m.layout.Mode == TooSmall || m.page() != pageMain || m.things != nil || !m.shows(focusList) || m.store.Conn().State != api.ConnReady {
		return nil
	}
	if m.blurred && m.env.Now().Sub(m.blurredAt) >= measureFor {
		return nil
	}
	return m.list.Measurable()
}

// stopMeter ends measuring; an old figure is never shown.
func (m *Model) stopMeter() {
	if m.meter.cancel != nil {
		m.meter.cancel()
	}
	m.meter.gen++
	m.meter.cancel, m.meter.last, m.meter.shown = nil, nil, nil
	m.list.SetUsage(nil)
}

// sample is the command that measures until a figure has changed; the first time after a wait.
func (m *Model) sample(wait time.Duration) tea.Cmd {
	if m.meter.cancel != nil {
		m.meter.cancel()
	}
	ctx, cancel := context.WithCancel(m.ctx)
	m.meter.cancel = cancel
	m.meter.gen++
	s := sampler{engine: m.engine, past: m.past, gen: m.meter.gen, ids: m.meter.ids, every: measureEvery, last: m.meter.last, shown: m.meter.shown}
	var until <-chan time.Time
	if m.blurred {
		s.every = measureUnfocused
		until = time.After(measureFor - m.env.Now().Sub(m.blurredAt))
	}
	return func() tea.Msg { return s.run(ctx, wait, until) }
}

// measured shows new figures and goes on.
func (m *Model) measured(msg usageMsg) tea.Cmd {
	if msg.gen != m.meter.gen {
		return nil
	}
	if msg.shown == nil { // nobody has looked for long enough
		m.meter.ids = nil
		m.stopMeter()
		return nil
	}
	news := false
	for id := range msg.last {
		if _, known := m.meter.last[id]; !known {
			news = true
		}
	}
	m.meter.last, m.meter.shown = msg.last, msg.shown
	m.list.SetUsage(msg.shown)
	if m.fetched.key.tab == detail.TabUsage && m.used.id == m.fetched.key.id {
		m.showUsed()
	}
	switch {
	case news && !m.blurred:
		return m.sample(measureSoon)
	case m.blurred:
		return m.sample(measureUnfocused)
	}
	return m.sample(measureEvery)
}

// sampler is one run of the meter.
type sampler struct {
	engine backend.Meter
	past   *past
	gen    int
	ids    []string
	every  time.Duration
	last   map[string]api.Sample
	shown  map[string]containers.Usage
}

func (s *sampler) run(ctx context.Context, wait time.Duration, until <-chan time.Time) tea.Msg {
	for {
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-until:
			t.Stop()
			return usageMsg{gen: s.gen}
		case <-ctx.Done():
			t.Stop()
			return nil
		}
		wait = s.every
		now, err := s.engine.Usage(ctx, s.ids)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			now = nil
		}
		s.past.add(now)
		shown := figures(now, s.last)
		s.last = now
		if !maps.Equal(shown, s.shown) {
			return usageMsg{s.gen, now, shown}
		}
	}
}

// figures are samples as they are written. Without an earlier sample there is no rate.
func figures(now, before map[string]api.Sample) map[string]containers.Usage {
	out := make(map[string]containers.Usage, len(now))
	for id, s := range now {
		u := containers.Usage{Mem: kit.Bytes(int64(s.Memory))}
		if r, ok := s.Since(before[id]); ok {
			u.CPU = kit.CPU(r.CPU / 100)
		}
		out[id] = u
	}
	return out
}
