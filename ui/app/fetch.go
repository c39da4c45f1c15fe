package app

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/ui/kit"
	"gantry/ui/pane/detail"
	"gantry/ui/screen/logs"
	"gantry/ui/stream"
)

// rest is how long the cursor must rest on a row before its details are asked for.
const rest = 80 * time.Millisecond

// fetched is what was asked for last, so that nothing is asked for twice.
type fetched struct {
	key    wanted
	gen    int
	ctx    context.Context // of what is asked for
	cancel context.CancelFunc
	stored []path.Trace // what the engine remembers of the row
}

// wanted is what the detail needs: a row at a revision, and of what.
type wanted struct {
	id  string
	rev uint64
	tab detail.Tab
}

type restMsg struct{ gen int }

type tracesMsg struct {
	gen    int
	id     string
	traces []path.Trace
	err    error
}

type inspectMsg struct {
	gen  int
	id   string
	r    *container.InspectResponse
	json string
	err  error
}

// follow makes the detail about the selected row: its name at once, what must be asked
// for after a rest.
func (m *Model) follow() tea.Cmd {
	m.showDetail()
	if m.things != nil && m.page() == pageMain {
		return tea.Batch(m.followLog(), m.things.Follow())
	}
	return tea.Batch(m.followLog(), m.wantDetail())
}

// followLog tells the logs how their container is now.
func (m *Model) followLog() tea.Cmd {
	var cmds []tea.Cmd
	for _, l := range []*logs.Screen{m.log, m.tail} {
		if l == nil {
			continue
		}
		if c, ok := m.store.Get(l.ID()); ok {
			cmds = append(cmds, l.SetContainer(c))
		}
	}
	return tea.Batch(cmds...)
}

// wantDetail asks for the details of the selected row after a rest, if they are not here.
func (m *Model) wantDetail() tea.Cmd {
	s := m.detail.Subject()
	unseen := m.detail.Tab() == detail.TabUsage && m.page() != pageMain // it is measured while it is looked at
	if !m.shows(focusDetail) || s.ID == "" || unseen {
		m.closeTail()
		m.fetched.key = wanted{}
		return nil
	}
	want := wanted{s.ID, m.store.RevOf(s.ID), m.detail.Tab()}
	if want == m.fetched.key {
		return nil
	}
	if m.tail != nil && (want.id != m.tail.ID() || want.tab != detail.TabLogs) {
		m.closeTail()
	}
	if want.id != m.fetched.key.id {
		m.fetched.stored = nil
	}
	m.fetched.key = want
	m.fetched.gen++
	if m.fetched.cancel != nil {
		m.fetched.cancel()
	}
	var ctx context.Context
	ctx, m.fetched.cancel = context.WithCancel(m.ctx)
	return stream.After(ctx, rest, restMsg{m.fetched.gen})
}

// showDetail tells the detail whom it is about and how far a job on it has come.
func (m *Model) showDetail() {
	r, ok := m.list.Selected()
	if !ok {
		m.detail.Show(detail.Subject{})
		return
	}
	s := detail.Subject{ID: r.ID, Title: r.Name()}
	j, busy := m.jobOf(r.ID)
	if busy {
		s.Live = j.Running()
		if j.Failed() {
			s.Err = j.Err
		}
	}
	switch {
	case r.Pending != nil && r.Pending.Failed != "":
		s.Fix = m.list.Mending()
	case r.Pending == nil && r.Doing == "":
		s.Ended = kit.Examine(r.Container)
	}
	m.detail.Show(s)
	if !busy {
		return
	}
	live := []path.Trace{j.Trace}
	if j.Trace.ID == "" {
		live = nil
	}
	for _, t := range m.fetched.stored {
		if t.ID != j.Trace.ID {
			live = append(live, t)
		}
	}
	m.detail.SetTraces(r.ID, live)
}

// fetch asks for what the detail shows, when the cursor has rested.
func (m *Model) fetch(msg restMsg) tea.Cmd {
	if msg.gen != m.fetched.gen {
		return nil
	}
	id := m.fetched.key.id
	c, exists := m.store.Get(id)
	if !exists {
		return nil
	}
	var ctx context.Context
	ctx, m.fetched.cancel = context.WithCancel(m.ctx)
	m.fetched.ctx = ctx
	e, gen := m.engine, msg.gen
	traces := func() tea.Msg {
		t, err := e.Traces(ctx, id)
		return tracesMsg{gen, id, t, err}
	}
	switch m.fetched.key.tab {
	case detail.TabPath:
		return traces
	case detail.TabLogs:
		return tea.Batch(traces, m.openTail(c))
	case detail.TabUsage:
		return tea.Batch(traces, m.closeUp(ctx, 0, api.Sample{}))
	}
	return tea.Batch(traces, func() tea.Msg {
		r, err := e.Inspect(ctx, id)
		if err != nil {
			return inspectMsg{gen: gen, id: id, err: err}
		}
		text, err := pretty(r)
		return inspectMsg{gen, id, r, text, err}
	})
}

func (m *Model) takeTraces(msg tracesMsg) {
	if msg.gen != m.fetched.gen {
		return
	}
	if msg.err != nil {
		m.detail.SetProblem(msg.id, kit.Explain(msg.err).Line())
		return
	}
	m.fetched.stored = msg.traces
	m.detail.SetTraces(msg.id, msg.traces)
}

func (m *Model) takeInspect(msg inspectMsg) {
	if msg.gen != m.fetched.gen {
		return
	}
	if msg.err != nil {
		m.detail.SetProblem(msg.id, kit.Explain(msg.err).Line())
		return
	}
	m.detail.SetInspect(msg.id, msg.r, msg.json)
}

// pretty is a value as JSON for a person: indented, nothing escaped that need not be.
func pretty(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimRight(b.Bytes(), "\n")), nil
}
