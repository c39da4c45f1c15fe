package app

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/option"
	"gantry/ui/kit"
	"gantry/ui/pane/detail"
	"gantry/ui/screen/containers"
	"gantry/ui/widget/dialog"
)

// copiedMsg is a text for the clipboard that had to be asked for.
type copiedMsg struct {
	what, text string
	err        error
}

// copyMenu asks what of a container is to be copied. The ID stands first, so that the key
// that opened the menu and enter copy it.
func (m *Model) copyMenu(r containers.Row, key string) tea.Cmd {
	c := r.Container
	items := []dialog.Item{
		{ID: c.ID, Key: "i", Label: "ID", Note: c.ShortID()},
		{ID: c.Name, Key: "n", Label: "name", Note: c.Name, Off: c.Name == ""},
		{ID: c.Image, Key: "m", Label: "image", Note: c.Image},
		{ID: strings.Join(c.Command, " "), Key: "c", Label: "command", Note: strings.Join(c.Command, " "), Off: len(c.Command) == 0},
		{ID: addressItem, Key: "a", Label: "address", Note: "on its network", Off: !c.State.Alive()},
		{ID: lineItem, Key: "r", Label: "docker run line", Note: "that makes one like it"},
	}
	m.ask(dialog.NewMenu(m.env, dialog.MenuSpec{Title: "Copy of " + r.Name(), Items: items, Opener: key}), func(picked string) tea.Cmd {
		switch picked {
		case dialog.Cancel:
			return nil
		case addressItem, lineItem:
			return m.askCopy(r, picked)
		}
		for _, it := range items {
			if it.ID == picked {
				return m.copied(copiedMsg{what: "the " + it.Label + " of " + r.Name(), text: picked})
			}
		}
		return nil
	})
	return nil
}

// Items of the menu whose text the engine must be asked for; no container is called so.
const (
	addressItem = "\x00address"
	lineItem    = "\x00line"
)

func (m *Model) askCopy(r containers.Row, item string) tea.Cmd {
	ctx, e, id, name := m.ctx, m.engine, r.ID, r.Name()
	if item == lineItem {
		return func() tea.Msg {
			req, err := e.Request(ctx, id)
			if err != nil {
				return copiedMsg{err: err}
			}
			return copiedMsg{what: "the line of " + name, text: "docker run " + option.QuoteWords(option.FromRequest(req).Words())}
		}
	}
	return func() tea.Msg {
		in, err := e.Inspect(ctx, id)
		if err != nil {
			return copiedMsg{err: err}
		}
		return copiedMsg{what: "the address of " + name, text: strings.Join(detail.Addresses(in), " ")}
	}
}

func (m *Model) copied(msg copiedMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		return m.fail(kit.Explain(msg.err).Line(), msg.err)
	case msg.text == "":
		return m.tell(kit.Warn, msg.what+": there is none")
	}
	return tea.Batch(tea.SetClipboard(msg.text), m.tell(kit.Info, msg.what+" was sent to the clipboard"))
}
