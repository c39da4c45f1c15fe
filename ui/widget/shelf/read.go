package shelf

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/stream"
	"gantry/ui/widget/dialog"
)

// rest is how long the cursor must rest on a thing before more is asked about it.
const rest = 80 * time.Millisecond

// loadedMsg are the things that are there.
type loadedMsg struct {
	of     *Model
	things []Thing
	err    error
}

// restMsg says that the cursor has rested, lookMsg what is known of the thing under it.
type restMsg struct {
	of  *Model
	gen int
}

type lookMsg struct {
	of  *Model
	gen int
	d   Details
	err error
}

// looking is what is known of the selected thing.
type looking struct {
	id     string
	rev    uint64
	gen    int
	cancel context.CancelFunc
	d      *Details
	err    error
}

func (l *looking) of(id string) (string, *Details, error) {
	if l.id != id {
		return id, nil, nil
	}
	return id, l.d, l.err
}

// Refresh reads the things anew. Only one reading is under way; what was asked for
// meanwhile is done after it.
func (m *Model) Refresh() tea.Cmd {
	if m.loading {
		m.again = true
		return nil
	}
	m.loading = true
	return func() tea.Msg {
		things, err := m.spec.Load(m.ctx)
		return loadedMsg{m, things, err}
	}
}

// take takes over what was read.
func (m *Model) take(msg loadedMsg) tea.Cmd {
	m.loading, m.err = false, msg.err
	if msg.err == nil {
		m.all, m.loaded = msg.things, true
		clear(m.byID)
		for _, t := range m.all {
			m.byID[t.ID] = t
		}
		m.rev++
	}
	m.arrange()
	if m.again {
		m.again = false
		return m.Refresh()
	}
	return nil
}

// Follow asks about the selected thing once the cursor has rested on it, if that is not
// known yet. It is called after every message while the list is shown.
func (m *Model) Follow() tea.Cmd {
	id := m.grid.Selected()
	if id == m.look.id && m.rev == m.look.rev || m.spec.Look == nil {
		return nil
	}
	if m.look.cancel != nil {
		m.look.cancel()
	}
	if id != m.look.id {
		m.look.d, m.look.err = nil, nil
	}
	m.look.id, m.look.rev = id, m.rev
	m.look.gen++
	if id == "" {
		return nil
	}
	var ctx context.Context
	ctx, m.look.cancel = context.WithCancel(m.ctx)
	return stream.After(ctx, rest, restMsg{m, m.look.gen})
}

// Update handles the list's own messages, and keys and pastes while its filter is typed.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case loadedMsg:
		if msg.of == m {
			return m.take(msg)
		}
	case restMsg:
		if msg.of != m || msg.gen != m.look.gen {
			return nil
		}
		t, ok := m.byID[m.look.id]
		if !ok {
			return nil
		}
		gen := m.look.gen
		var ctx context.Context
		ctx, m.look.cancel = context.WithCancel(m.ctx)
		return func() tea.Msg {
			d, err := m.spec.Look(ctx, t)
			return lookMsg{m, gen, d, err}
		}
	case lookMsg:
		if msg.of == m && msg.gen == m.look.gen {
			m.look.d, m.look.err = &msg.d, msg.err
		}
	case reviewMsg:
		if msg.of == m {
			m.fill(msg)
		}
	case tea.KeyPressMsg, tea.PasteMsg:
		if m.typing {
			return m.typed(msg)
		}
	}
	return nil
}

// StartFilter begins to type the filter.
func (m *Model) StartFilter() tea.Cmd {
	m.typing = true
	m.input.SetValue(m.filter)
	m.input.CursorEnd()
	m.resize()
	return m.input.Focus()
}

// ClearFilter shows all again; it reports whether there was anything to clear.
func (m *Model) ClearFilter() bool {
	if m.filter == "" {
		return false
	}
	m.filter = ""
	m.input.SetValue("")
	m.arrange()
	return true
}

// Capturing implements kit.Capturer: while the filter is typed.
func (m *Model) Capturing() bool { return m.typing }

func (m *Model) typed(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch a, _ := m.env.Keys.Lookup(keymap.Line, k.String()); a {
		case keymap.LineAccept:
			m.stopTyping()
			return nil
		case keymap.LineCancel:
			m.stopTyping()
			m.ClearFilter()
			return nil
		}
		if k.String() == "up" || k.String() == "down" {
			a, _ := m.env.Keys.Lookup(keymap.Global, k.String())
			m.grid.Do(a)
			return nil
		}
	}
	if p, ok := msg.(tea.PasteMsg); ok {
		p.Content = strings.Join(strings.Fields(p.Content), " ")
		msg = p
	}
	var cmd tea.Cmd
	m.input, cmd = m.input.Update(msg)
	if f := strings.TrimSpace(m.input.Value()); f != m.filter {
		m.filter = f
		m.arrange()
	}
	return cmd
}

func (m *Model) stopTyping() {
	m.typing = false
	m.input.Blur()
	m.resize()
}

// Cursor implements kit.Cursored.
func (m *Model) Cursor() *tea.Cursor {
	if !m.typing {
		return nil
	}
	c := m.input.Cursor()
	if c != nil {
		c.X += len(" / ") + 1
		c.Y = m.height - 2
		if c.X >= m.width-1 || c.Y < 0 {
			return nil
		}
	}
	return c
}

// reviewMsg is what a review is about.
type reviewMsg struct {
	of     *Model
	review *dialog.Review
	items  []dialog.Candidate
	err    error
}

// Fill finds what a review is about.
func Fill(m *Model, r *dialog.Review, find func(context.Context) ([]dialog.Candidate, error)) tea.Cmd {
	return func() tea.Msg {
		items, err := find(m.ctx)
		return reviewMsg{of: m, review: r, items: items, err: err}
	}
}

func (m *Model) fill(msg reviewMsg) {
	switch {
	case msg.err != nil:
		msg.review.SetFailed(kit.Explain(msg.err).Line())
	default:
		msg.review.SetItems(msg.items)
	}
}
