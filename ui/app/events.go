package app

import (
	tea "charm.land/bubbletea/v2"

	"gantry/ui/kit"
	"gantry/ui/screen/events"
)

// openEvents shows what happens. What is heard is kept from the first time on.
func (m *Model) openEvents() tea.Cmd {
	var listen tea.Cmd
	if m.journal == nil {
		m.journal = events.NewJournal(m.ctx, m.engine)
		listen = m.journal.Listen()
	}
	s := events.New(m.ctx, m.env, m.journal, m.desk())
	m.things = s
	m.sizeThings()
	m.setFocus(focusList)
	return tea.Batch(listen, s.Init())
}

func (m *Model) closeJournal() {
	if m.journal != nil {
		m.journal.Close()
		m.journal = nil
	}
}

// showContainer goes to a container in the list, whatever the list is filtered by.
func (m *Model) showContainer(id string) tea.Cmd {
	c, ok := m.store.Get(id)
	if !ok {
		return m.tell(kit.Warn, "the container is not there any more")
	}
	m.closeThings()
	m.list.Pin(c.ID)
	m.list.Select(c.ID)
	m.setFocus(focusList)
	return nil
}
