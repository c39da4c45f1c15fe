package app

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/kit"
	"gantry/ui/pane/status"
	"gantry/ui/screen/logs"
	"gantry/ui/stream"
)

const (
	updatesEvery = 50 * time.Millisecond // the list changes at most 20 times a second
	mostUpdates  = 64
)

// watch is the subscription to the engine.
type watch struct {
	gen    int
	ctx    context.Context
	cancel context.CancelFunc
	pump   *stream.Pump[api.Update]
}

// updatesMsg is what has come from the engine.
type updatesMsg struct {
	gen    int
	items  []api.Update
	closed bool
}

// factsMsg is what requests are checked against.
type factsMsg struct{ facts option.Facts }

func (m *Model) nextUpdates() tea.Cmd {
	gen := m.watch.gen
	return m.watch.pump.Next(m.watch.ctx, func(items []api.Update, closed bool) tea.Msg {
		return updatesMsg{gen, items, closed}
	})
}

// updates takes what has come from the engine into the store.
func (m *Model) updates(msg updatesMsg) tea.Cmd {
	if msg.gen != m.watch.gen {
		return nil
	}
	var cmds []tea.Cmd
	for _, u := range msg.items {
		was := m.store.Conn().State
		changed := m.store.Apply(u)
		m.adopt()
		cmds = append(cmds, m.newsOf(changed))
		if now := m.store.Conn().State; now == api.ConnReady && was != api.ConnReady {
			cmds = append(cmds, m.askFacts(), m.resumeLog(), m.tellSkew())
		}
	}
	m.list.Refresh()
	cmds = append(cmds, m.thingsSoon())
	if m.form != nil {
		m.enroll()
		cmds = append(cmds, m.form.Refresh())
	}
	if !msg.closed {
		cmds = append(cmds, m.nextUpdates())
	}
	return tea.Batch(cmds...)
}

// newsOf tells of containers that ended right after they were started from here.
func (m *Model) newsOf(changed []string) tea.Cmd {
	for _, id := range changed {
		if !m.fresh[id] {
			continue
		}
		c, ok := m.store.Get(id)
		if !ok || c.State != api.StateExited {
			continue
		}
		delete(m.fresh, id)
		p := kit.Examine(c)
		text := p.News(c)
		if text == "" {
			continue
		}
		level := kit.Info
		if !p.Fine {
			level = kit.Warn
		}
		if hint, _, _ := strings.Cut(p.Hint, ", "); hint != "" {
			text += " " + m.env.Styles.Glyphs.Dot + " " + hint
		}
		return m.say(kit.Notice{Level: level, Text: text})
	}
	return nil
}

// askFacts reads what the form checks against.
func (m *Model) askFacts() tea.Cmd {
	ctx, e := m.ctx, m.engine
	return func() tea.Msg {
		f, err := e.Facts(ctx)
		if err != nil {
			return nil // the form then concludes nothing, and create says what is wrong
		}
		return factsMsg{f}
	}
}

func (m *Model) takeFacts(msg factsMsg) tea.Cmd {
	m.facts = msg.facts
	if m.form == nil {
		return nil
	}
	return m.form.Refresh()
}

// retry asks the engine again, on the pages that say that it cannot be used.
func (m *Model) retry() tea.Cmd {
	if m.page() != pageFirst {
		return nil
	}
	return m.startWatch()
}

// resumeLog goes on with logs that broke off when the engine went away.
func (m *Model) resumeLog() tea.Cmd {
	var cmds []tea.Cmd
	for _, l := range []*logs.Screen{m.log, m.tail} {
		if l != nil {
			cmds = append(cmds, l.Resume())
		}
	}
	return tea.Batch(cmds...)
}

// tellSkew says once for each connection that the engine is of another version than
// this program; the header says it for as long as it is so.
func (m *Model) tellSkew() tea.Cmd {
	skew := m.store.Conn().Info.Skew
	if skew == "" {
		return nil
	}
	return m.tell(kit.Warn, kit.Sentence(skew)+". Mend it with: "+status.SkewFix)
}
