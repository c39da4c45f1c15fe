package app

import (
	"gantry/engine/api"
	"gantry/keymap"
)

// focus is the pane that keys go to.
type focus int

// The panes, in the order of tab.
const (
	focusList focus = iota
	focusDetail
	focusPulls
	panes
)

// page is what has the middle of the screen.
type page int

// The pages.
const (
	pageMain page = iota
	pageForm
	pageLog
	pageHelp
	pageDoctor
	pageFirst // the engine cannot be used yet, or not at all
	pageAsked // whatever it is, a dialog stands over it
)

// page is the one that is shown: the last opened, and before the list whatever keeps
// the engine from being used.
func (m *Model) page() page {
	switch {
	case m.help != nil:
		return pageHelp
	case m.doctor != nil:
		return pageDoctor
	case m.form != nil:
		return pageForm
	case m.log != nil:
		return pageLog
	case !m.store.Loaded() && (m.store.Conn().State == api.ConnStarting || m.store.Conn().Err != nil):
		return pageFirst
	}
	return pageMain
}

// shows reports whether a pane is on the screen while the page is the main one.
func (m *Model) shows(f focus) bool {
	switch m.layout.Mode {
	case Wide:
		return f != focusPulls || m.layout.Pulls.H > 0
	case Narrow:
		return f == m.focus
	}
	return false
}

// setFocus gives the keys to a pane.
func (m *Model) setFocus(f focus) {
	m.focus = f
	m.list.SetFocus(f == focusList)
	if m.things != nil {
		m.things.SetFocus(f == focusList)
		m.things.SetSheetFocus(f == focusDetail)
	}
	m.detail.SetFocus(f == focusDetail)
	m.pulls.SetFocus(f == focusPulls)
}

// cycle moves the focus by n panes. On a wide screen without a pane of pulls, and on a
// narrow one while nothing is on its way, pulls are left out.
func (m *Model) cycle(n int) {
	f := m.focus
	for {
		f = (f + focus(n) + panes) % panes
		if f == focusPulls && (m.layout.Mode == Wide && m.layout.Pulls.H == 0 || m.layout.Mode == Narrow && len(m.jobs.Jobs()) == 0) {
			continue
		}
		if f == focusDetail && m.layout.Mode == Narrow {
			continue // enter opens it, so that tab is for the strip
		}
		break
	}
	m.setFocus(f)
}

// scope is where the focused pane's keys are looked up.
func (m *Model) scope() keymap.Scope {
	switch m.page() {
	case pageHelp:
		return keymap.HelpView
	case pageForm:
		return keymap.Create
	case pageLog:
		return keymap.Logs
	case pageFirst, pageDoctor:
		return keymap.Engine
	}
	switch m.focus {
	case focusDetail:
		return keymap.Detail
	case focusPulls:
		return keymap.Pulls
	}
	if m.things != nil {
		return m.things.Scope()
	}
	return keymap.Containers
}
