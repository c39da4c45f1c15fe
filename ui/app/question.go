package app

import (
	tea "charm.land/bubbletea/v2"

	"gantry/ui/widget/dialog"
)

// question is an open dialog and what its answer leads to.
type question struct {
	model dialog.Modal
	then  func(answer string) tea.Cmd
	// stays keeps it open after any answer but Cancel, until shut is called: it says itself
	// how it went.
	stays bool
}

// ask opens a dialog over whatever is there. Dialogs answer only keys: nothing that
// happens in the background opens one.
func (m *Model) ask(d dialog.Modal, then func(answer string) tea.Cmd) {
	d.SetSize(m.width, m.height)
	m.dialogs = append(m.dialogs, question{model: d, then: then})
}

// keep is ask for a dialog that stays open while what it asks for is done.
func (m *Model) keep(d dialog.Modal, then func(answer string) tea.Cmd) {
	d.SetSize(m.width, m.height)
	m.dialogs = append(m.dialogs, question{model: d, then: then, stays: true})
}

// open reports whether a dialog is still there.
func (m *Model) open(d dialog.Modal) bool {
	for _, q := range m.dialogs {
		if q.model == d {
			return true
		}
	}
	return false
}

// shut closes a dialog, wherever it stands.
func (m *Model) shut(d dialog.Modal) {
	for i, q := range m.dialogs {
		if q.model == d {
			m.dialogs = append(m.dialogs[:i:i], m.dialogs[i+1:]...)
			return
		}
	}
}

// answer gives a key or a paste to the topmost dialog.
func (m *Model) answer(msg tea.Msg) tea.Cmd {
	top := m.dialogs[len(m.dialogs)-1]
	id, done := top.model.Update(msg)
	if !done {
		return nil
	}
	if !top.stays || id == dialog.Cancel {
		m.shut(top.model)
	}
	if top.then == nil {
		return nil
	}
	return top.then(id)
}
