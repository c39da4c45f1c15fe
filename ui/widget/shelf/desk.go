package shelf

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/widget/dialog"
)

// Desk is what a screen of things needs of the root: to ask, to do, to say.
type Desk struct {
	// Ask opens a dialog that closes with its answer; Keep one that stays until what it asks
	// for is done.
	Ask  func(d dialog.Modal, then func(answer string) tea.Cmd)
	Keep func(d dialog.Modal, then func(answer string) tea.Cmd)
	// CarryOut does what a form asks for; what is wrong is told in the form.
	CarryOut func(f *dialog.Form, done string, work func(context.Context) error, after func() tea.Cmd) tea.Cmd
	// Do does something to a named thing; what is wrong is told in a notice. after is done
	// however it went.
	Do   func(name, done string, work func(context.Context) error, after func() tea.Cmd) tea.Cmd
	Tell func(l kit.Level, text string) tea.Cmd
	// Containers are those that are there now.
	Containers func() []api.Container
	// Show goes to a container in the list of them.
	Show func(id string) tea.Cmd
	// Run opens the form for a container of an image.
	Run func(image string) tea.Cmd
}

// Choice is an action as a footer and a menu tell it.
type Choice struct {
	Entry  keymap.Entry
	Reason string // why it cannot be done now; "" when it can
}

// Footer are the keys of the choices that can be made.
func Footer(choices []Choice) []keymap.Entry {
	var out []keymap.Entry
	for _, c := range choices {
		if c.Reason == "" && c.Entry.Key() != "" {
			out = append(out, c.Entry)
		}
	}
	return out
}

// Item is a choice as a line of a menu.
func (c Choice) Item() dialog.Item {
	it := dialog.Item{ID: string(c.Entry.Action), Key: c.Entry.Key(), Label: c.Entry.Help, Note: c.Entry.Long, Off: c.Reason != ""}
	if it.Off {
		it.Note = c.Reason
	}
	return it
}
