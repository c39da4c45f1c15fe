package app

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/ui/screen/containers"
	"gantry/ui/widget/dialog"
)

// openActions opens the menu of all that can be done to the selected container, what
// cannot be done now with the reason.
func (m *Model) openActions(key string) {
	r, ok := m.list.Selected()
	choices := m.list.Choices()
	title, owner := "Actions", ""
	if ok {
		title = r.Name()
	}
	if ok && r.Pending == nil && r.Container.Owner != api.OwnerGantry {
		owner = containers.OwnerTitle(r.Container.Owner)
	}
	items := make([]dialog.Item, 0, len(choices))
	for _, c := range choices {
		it := dialog.Item{ID: string(c.Entry.Action), Key: c.Entry.Key(), Label: c.Entry.Help, Note: c.Entry.Long, Off: c.Reason != ""}
		if c.Verb != "" {
			it.Label = string(c.Verb)
		}
		if it.Off {
			it.Note = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(c.Reason, title), ":"))
			it.Note = strings.TrimPrefix(it.Note, "belongs to "+owner+": ")
		}
		items = append(items, it)
	}
	if owner != "" {
		title += " " + m.env.Styles.Glyphs.Dot + " " + owner
	}
	m.ask(dialog.NewMenu(m.env, dialog.MenuSpec{Title: title, Items: items, Opener: key}), m.picked)
}

// openPalette opens the list of everything that can be done here, to be searched by name.
func (m *Model) openPalette(key string) {
	scope := m.scope()
	var items []dialog.Item
	seen := map[keymap.Action]bool{keymap.Palette: true, keymap.Interrupt: true, keymap.Back: true}
	scopes := []keymap.Scope{scope, keymap.Global}
	details := scope == keymap.Detail && m.things == nil
	if details { // what can be done to the row whose details they are
		scopes = []keymap.Scope{scope, keymap.Containers, keymap.Global}
	}
	reasons := m.reasons(scopes[len(scopes)-2])
	for _, s := range scopes {
		for _, e := range m.env.Keys.Entries(s) {
			if seen[e.Action] || details && s == keymap.Containers && !m.onRow(e.Action) || strings.HasPrefix(string(e.Action), "move.") {
				continue
			}
			seen[e.Action] = true
			it := dialog.Item{ID: string(e.Action), Key: e.Key(), Label: e.Long}
			if why := reasons[e.Action]; why != "" {
				it.Note, it.Off = why, true
			}
			items = append(items, it)
		}
	}
	m.ask(dialog.NewMenu(m.env, dialog.MenuSpec{Title: "Commands", Items: items, Typed: true, Hint: "type what you want to do", Opener: key}), m.picked)
}

// reasons are why actions of a scope cannot be done now, by action.
func (m *Model) reasons(scope keymap.Scope) map[keymap.Action]string {
	out := map[keymap.Action]string{}
	if scope == keymap.Containers {
		for _, c := range m.list.Choices() {
			out[c.Entry.Action] = c.Reason
		}
	}
	return out
}

// picked does what was picked from a menu of actions.
func (m *Model) picked(action string) tea.Cmd {
	if action == dialog.Cancel {
		return nil
	}
	return m.act(keymap.Action(action), "")
}
