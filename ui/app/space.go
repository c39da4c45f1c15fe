package app

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/ui/kit"
	"gantry/ui/pane/detail"
	"gantry/ui/screen/containers"
	"gantry/ui/widget/dialog"
)

// spacesMsg are containerd's namespaces, for the menu that asked for them.
type spacesMsg struct {
	menu *dialog.Menu
	all  []api.Namespace
	err  error
}

// openSpaces opens the menu of containerd's namespaces. What is under way belongs to the
// present one, so it must have ended.
func (m *Model) openSpaces(key string) tea.Cmd {
	if m.jobs.Running() > 0 {
		return m.tell(kit.Warn, "something is under way in this namespace: wait until it has ended")
	}
	menu := dialog.NewMenu(m.env, dialog.MenuSpec{Title: "Namespaces", Wait: "looking" + m.env.Styles.Glyphs.Ellipsis, Opener: key})
	m.ask(menu, func(name string) tea.Cmd {
		if name == dialog.Cancel || name == m.store.Conn().Info.Namespace {
			return nil
		}
		return m.switchTo(name)
	})
	ctx, e := m.ctx, m.base
	return func() tea.Msg {
		all, err := e.Namespaces(ctx)
		return spacesMsg{menu, all, err}
	}
}

// takeSpaces shows the namespaces.
func (m *Model) takeSpaces(msg spacesMsg) tea.Cmd {
	if msg.err != nil {
		m.shut(msg.menu)
		return m.fail(kit.Explain(msg.err).Line(), msg.err)
	}
	now := m.store.Conn().Info.Namespace
	items := make([]dialog.Item, len(msg.all))
	for i, n := range msg.all {
		items[i] = dialog.Item{ID: n.Name, Label: n.Name, Note: spaceNote(n)}
	}
	msg.menu.SetItems(items, now)
	return nil
}

// spaceNote is what is in a namespace, and whose it is.
func spaceNote(n api.Namespace) string {
	parts := []string{fmt.Sprintf("%d containers", n.Containers)}
	switch {
	case n.Containers == 0:
		parts[0] = "empty"
	case n.Containers == 1:
		parts[0] = "1 container"
	}
	if n.Running > 0 {
		parts = append(parts, fmt.Sprintf("%d running", n.Running))
	}
	if n.Owner != api.OwnerOther && n.Owner != "" {
		parts = append(parts, containers.OwnerTitle(n.Owner)+"'s")
	}
	return strings.Join(parts, ", ")
}

// switchTo shows another namespace: nothing of this one is left on the screen.
func (m *Model) switchTo(name string) tea.Cmd {
	m.closeThings()
	m.closeJournal()
	m.closeLog()
	m.closeTail()
	m.closeForm()
	m.engine = m.base.In(name)
	clear(m.fresh)
	m.store.Reset()
	m.list.ClearMarks()
	m.list.Refresh()
	m.detail.Show(detail.Subject{})
	m.setFocus(focusList)
	return tea.Batch(m.startWatch(), m.hear())
}
