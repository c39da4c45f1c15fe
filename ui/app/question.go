package app

import (
	tea "charm.land/bubbletea/v2"

	"gantry/ui/widget/dialog"
)

// question is an open dialog and what its answer leads to.
type question struct {
	model *dialog.Model
	then  func(answer string) tea.Cmd
}

// ask opens a dialog over whatever is there. Dialogs answer only keys: nothing that
// happens in the background opens one.
func (m *Model) ask(d *dialog.Model, then func(answer string) tea.Cmd) {
	d.SetSize(m.width, m.height)
	m.dialogs = append(m.dialogs, question{d, then})
}

// answer gives a key to the topmost dialog.
func (m *Model) answer(k tea.KeyPressMsg) tea.Cmd {
	top := m.dialogs[len(m.dialogs)-1]
	id, done := top.model.Update(k)
	if !done {
		return nil
	}
	m.dialogs = m.dialogs[:len(m.dialogs)-1]
	if top.then == nil {
		return nil
	}
	return top.then(id)
}
