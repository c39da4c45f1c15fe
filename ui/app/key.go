package app

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/pane/pull"
	"gantry/ui/widget/helpview"
)

// key finds out whom a key is meant for: what interrupts, the question that is open,
// the help, a pane that takes text, and then whatever has the focus.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	name := k.String()
	scope := m.scope()
	if m.notice.Level == kit.Bad {
		m.notice.Notice = kit.Notice{}
	}
	if a, _ := m.env.Keys.Lookup(scope, name); a == keymap.Interrupt {
		return m.interrupt()
	}
	if m.quitting.on {
		return nil
	}
	if len(m.dialogs) > 0 {
		return m.answer(k)
	}
	switch m.page() {
	case pageHelp:
		m.helpKey(scope, name)
		return nil
	case pageForm:
		return m.form.Update(k)
	case pageLog:
		return m.logKey(k)
	case pageDoctor:
		return m.doctorKey(scope, k)
	}
	if m.layout.Mode == TooSmall {
		return m.smallKey(scope, name)
	}
	if m.focus == focusList && m.things != nil && m.things.Capturing() {
		return m.things.Update(k)
	}
	if m.focus == focusList && m.list.Capturing() {
		return m.list.Update(k)
	}
	a, ok := m.env.Keys.Lookup(scope, name)
	if !ok && scope == keymap.Detail && m.things == nil {
		// What can be done to the selected row can be done from its details too.
		if b, _ := m.env.Keys.Lookup(keymap.Containers, name); m.onRow(b) {
			return m.actOnRow(b, name)
		}
	}
	if !ok && scope == keymap.Containers {
		// The row of a job names its key whatever has the focus.
		if b, _ := m.env.Keys.Lookup(keymap.Pulls, name); b == keymap.JobCancel {
			a = b
		}
	}
	if b, _ := m.env.Keys.Lookup(keymap.Containers, name); !ok && scope == keymap.Engine && b == keymap.ContainerNew {
		a = b // a container can be made while the engine is not there yet
	}
	return m.act(a, name)
}

// onRow reports whether an action is one on the selected container.
func (m *Model) onRow(a keymap.Action) bool {
	return strings.HasPrefix(string(a), "container.") && a != keymap.ContainerDetail
}

// doctorKey keeps the general keys and hands the others to the doctor's page.
func (m *Model) doctorKey(scope keymap.Scope, k tea.KeyPressMsg) tea.Cmd {
	switch a, _ := m.env.Keys.Lookup(scope, k.String()); a {
	case keymap.Help, keymap.Quit, keymap.Problem:
		return m.act(a, k.String())
	case keymap.Doctor:
		m.closeDoctor()
		return nil
	}
	return m.doctor.Update(k)
}

// smallKey hears only quit on a screen too small to show what a key would do.
func (m *Model) smallKey(scope keymap.Scope, name string) tea.Cmd {
	if a, _ := m.env.Keys.Lookup(scope, name); a == keymap.Quit {
		return m.quit(name)
	}
	return nil
}

func (m *Model) helpKey(scope keymap.Scope, name string) {
	a, _ := m.env.Keys.Lookup(scope, name)
	switch a {
	case keymap.Help, keymap.Back, keymap.Quit:
		m.help = nil
	default:
		m.help.Do(a)
	}
}

// logKey keeps the general keys and hands the others to the log.
func (m *Model) logKey(k tea.KeyPressMsg) tea.Cmd {
	if !m.log.Capturing() {
		a, _ := m.env.Keys.Lookup(keymap.Logs, k.String())
		switch a {
		case keymap.Help, keymap.Quit, keymap.Doctor, keymap.Problem:
			return m.act(a, k.String())
		}
	}
	return m.log.Update(k)
}

// paste goes to whatever takes text.
func (m *Model) paste(msg tea.PasteMsg) tea.Cmd {
	switch {
	case m.quitting.on:
		return nil
	case len(m.dialogs) > 0:
		return m.answer(msg)
	case m.page() == pageForm:
		return m.form.Update(msg)
	case m.page() == pageLog:
		return m.log.Update(msg)
	case m.page() == pageMain && m.things != nil && m.things.Capturing():
		return m.things.Update(msg)
	case m.page() == pageMain && m.list.Capturing():
		return m.list.Update(msg)
	}
	return nil
}

// act carries out an action; key is the one that asked for it.
func (m *Model) act(a keymap.Action, key string) tea.Cmd {
	switch a {
	case "":
		return nil
	case keymap.Help:
		m.openHelp()
		return nil
	case keymap.Quit:
		return m.quit(key)
	case keymap.Doctor:
		return m.openDoctor()
	case keymap.Problem:
		return m.showProblem(key)
	case keymap.ContainerNew:
		if m.things == nil || m.page() != pageMain {
			return m.actOnRow(a, key)
		}
	case keymap.Retry:
		return m.retry()
	case keymap.Palette:
		m.openPalette(key)
		return nil
	case keymap.Namespaces:
		return m.openSpaces(key)
	case keymap.ImagePull:
		m.askPull(key)
		return nil
	}
	if m.page() != pageMain {
		return nil
	}
	switch a {
	case keymap.NextPane:
		m.cycle(1)
	case keymap.PrevPane:
		m.cycle(-1)
	case keymap.ScreenContainers:
		m.closeThings()
		m.setFocus(focusList)
	case keymap.ScreenNetworks, keymap.ScreenVolumes, keymap.ScreenImages, keymap.ScreenEvents:
		return m.openScreen(a)
	case keymap.Back:
		if m.focus != focusList {
			m.setFocus(focusList)
		} else if m.things != nil {
			if !m.things.ClearFilter() {
				m.closeThings()
				m.setFocus(focusList)
			}
		} else if !m.list.ClearMarks() {
			m.list.ClearFilter()
		}
	case keymap.JobCancel:
		return m.cancelJob()
	default:
		return m.actOnPane(a, key)
	}
	return nil
}

// actOnPane gives an action to the pane that has the focus.
func (m *Model) actOnPane(a keymap.Action, key string) tea.Cmd {
	switch m.focus {
	case focusDetail:
		if m.things != nil {
			m.things.Scroll(a)
			return nil
		}
		if m.onRow(a) {
			return m.actOnRow(a, key)
		}
		m.detail.Do(a)
		return nil
	case focusPulls:
		m.pulls.Do(a)
		return nil
	}
	if m.things != nil {
		return m.thingsAct(a, key)
	}
	switch a {
	case keymap.ListFilter:
		return m.list.StartFilter()
	case keymap.ListStateFilter:
		m.list.CycleShow()
		return nil
	case keymap.ListSort:
		m.list.CycleOrder()
		return nil
	case keymap.ListReverse:
		m.list.Reverse()
		return nil
	case keymap.ListMark:
		m.list.ToggleMark()
		return nil
	case keymap.ListMarkRange:
		m.list.MarkRange()
		return nil
	case keymap.ListActions:
		m.openActions(key)
		return nil
	case keymap.ListPrune:
		m.pruneContainers(key)
		return nil
	}
	if m.list.Move(a) {
		return nil
	}
	return m.actOnRow(a, key)
}

// actOnRow asks the list what an action means for the selected row, and does that.
func (m *Model) actOnRow(a keymap.Action, key string) tea.Cmd {
	wants, refused := m.list.Wants(a)
	switch {
	case refused != "":
		return m.tell(kit.Warn, refused)
	case len(wants) == 0:
		return nil
	case len(wants) > 1 || m.list.Marked() > 0:
		return m.doAll(wants, key)
	}
	return m.do(wants[0], key)
}

// cancelJob cancels the job under the cursor of the pane that has the focus, or
// dismisses it when it has failed.
func (m *Model) cancelJob() tea.Cmd {
	if m.focus != focusPulls && m.things == nil {
		if r, ok := m.list.Selected(); ok && r.Pending != nil {
			return m.actOnRow(keymap.JobCancel, "")
		}
		if all := m.jobs.Jobs(); len(all) != 1 {
			return nil
		}
	}
	j, ok := m.pulls.Selected()
	if !ok {
		return nil
	}
	return m.cancelOrDismiss(j)
}

func (m *Model) cancelOrDismiss(j jobs.Job) tea.Cmd {
	if j.Running() {
		m.jobs.Cancel(j.ID)
		m.showJobs()
		return m.tell(kit.Info, "cancelling "+pull.Subject(j))
	}
	m.dismiss(j.ID)
	return nil
}

func (m *Model) openHelp() {
	scopes := []keymap.Scope{m.scope()}
	for _, s := range keymap.Scopes() {
		if s != scopes[0] && s != keymap.Dialog && s != keymap.HelpView {
			scopes = append(scopes, s)
		}
	}
	m.help = helpview.New(m.env, scopes...)
	m.help.SetSize(kit.Inner(m.layout.Page.W, m.layout.Page.H))
}
