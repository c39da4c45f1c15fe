package app

import (
	tea "charm.land/bubbletea/v2"

	"gantry/ui/kit"
	"gantry/ui/screen/events"
)

// hear begins to keep what happens, for the screen of it to be opened whenever.
func (m *Model) hear() tea.Cmd {
	m.journal = events.NewJournal(m.ctx, m.engine)
	return m.journal.Listen()
}

// openEvents shows what has happened, and happens.
func (m *Model) openEvents() tea.Cmd {
	s := events.New(m.ctx, m.env, m.journal, m.desk())
	m.things = s
	m.sizeThings()
	m.setFocus(focusList)
	return s.Init()
}

func (m *Model) closeJournal() {
	if m.journal != nil {
		m.journal.Close()
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
