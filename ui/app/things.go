package app

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/option"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/pane/status"
	"gantry/ui/screen/create"
	"gantry/ui/screen/images"
	"gantry/ui/screen/networks"
	"gantry/ui/screen/volumes"
	"gantry/ui/stream"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/shelf"
)

// things is a screen of things that are not containers: it stands where the list of
// containers does, and what is known of the selected one where their details are.
type things interface {
	kit.Pane
	kit.Cursored
	kit.Capturer
	Scope() keymap.Scope
	Choices() []shelf.Choice
	Act(ctx context.Context, a keymap.Action, key string) (tea.Cmd, bool)
	Do(a keymap.Action) bool
	Scroll(a keymap.Action) bool
	StartFilter() tea.Cmd
	ClearFilter() bool
	Refresh() tea.Cmd
	Follow() tea.Cmd
	Sheet() string
	SetSheetSize(width, height int)
	SetSheetFocus(bool)
	Len() int
	Selected() (shelf.Thing, bool)
	Close()
}

// titles are the screens in the order of their keys.
func titles() []title {
	return []title{
		{keymap.ScreenContainers, "Containers", "Ctr"}, {keymap.ScreenNetworks, "Networks", "Net"},
		{keymap.ScreenVolumes, "Volumes", "Vol"}, {keymap.ScreenImages, "Images", "Img"}, {keymap.ScreenEvents, "Events", "Evt"},
	}
}

// title is a screen's, and what stands for it on narrow screens.
type title struct {
	action      keymap.Action
	full, short string
}

// shown is the action of the screen that is shown.
func (m *Model) shown() keymap.Action {
	if m.things == nil {
		return keymap.ScreenContainers
	}
	switch m.things.Scope() {
	case keymap.Networks:
		return keymap.ScreenNetworks
	case keymap.Volumes:
		return keymap.ScreenVolumes
	case keymap.Events:
		return keymap.ScreenEvents
	}
	return keymap.ScreenImages
}

// tabs are the screens as the header names them.
func (m *Model) tabs() []status.Screen {
	now := m.shown()
	var out []status.Screen
	for _, t := range titles() {
		e, _ := m.env.Keys.Entry(t.action)
		out = append(out, status.Screen{Key: e.Key(), Title: t.full, Short: t.short, On: t.action == now})
	}
	return out
}

// openScreen shows a screen of things, read anew.
func (m *Model) openScreen(a keymap.Action) tea.Cmd {
	if m.shown() == a && m.things != nil {
		m.setFocus(focusList)
		return m.things.Refresh()
	}
	m.closeThings()
	switch a {
	case keymap.ScreenNetworks:
		m.things = networks.New(m.ctx, m.env, m.engine, m.desk())
	case keymap.ScreenVolumes:
		m.things = volumes.New(m.ctx, m.env, m.engine, m.desk())
	case keymap.ScreenImages:
		m.things = images.New(m.ctx, m.env, m.engine, m.desk())
	case keymap.ScreenEvents:
		return m.openEvents()
	}
	m.sizeThings()
	m.setFocus(focusList)
	if m.things == nil {
		return nil
	}
	return m.things.Refresh()
}

func (m *Model) closeThings() {
	if m.things != nil {
		m.things.Close()
		m.things = nil
	}
}

func (m *Model) sizeThings() {
	if m.things != nil {
		m.things.SetSize(m.layout.List.W, m.layout.List.H)
		m.things.SetSheetSize(m.layout.Detail.W, m.layout.Detail.H)
	}
}

// desk is what a screen of things needs of the root.
func (m *Model) desk() shelf.Desk {
	return shelf.Desk{
		Ask: m.ask, Keep: m.keep, CarryOut: m.carryOut, Do: m.doQuietly, Tell: m.tell, Containers: m.store.All, Show: m.showContainer,
		Run: func(image string) tea.Cmd {
			var d option.Draft
			d.Set(option.KeyImage, image)
			return m.openForm(create.Task{}, d, nil)
		},
	}
}

// didMsg is how something went that was done to a thing.
type didMsg struct {
	name, done string
	err        error
	after      func() tea.Cmd
}

// doQuietly does something that takes no time worth showing.
func (m *Model) doQuietly(name, done string, work func(context.Context) error, after func() tea.Cmd) tea.Cmd {
	ctx := m.ctx
	return func() tea.Msg { return didMsg{name, done, work(ctx), after} }
}

func (m *Model) did(msg didMsg) tea.Cmd {
	cmd := m.tell(kit.Good, msg.done)
	if msg.err != nil {
		cmd = m.failOn(msg.name, kit.Explain(msg.err).Line(), msg.err)
	}
	if msg.after != nil {
		cmd = tea.Batch(cmd, msg.after())
	}
	return cmd
}

// thingsSoonMsg says that the things are to be read again, since containers have changed.
type thingsSoonMsg struct{}

// thingsSoon reads the things again once containers have changed: who uses what is theirs.
// However much changes, that is at most once a second.
func (m *Model) thingsSoon() tea.Cmd {
	if m.things == nil || m.thingsDue {
		return nil
	}
	m.thingsDue = true
	return stream.After(m.ctx, tickAtMost, thingsSoonMsg{})
}

func (m *Model) thingsNow() tea.Cmd {
	m.thingsDue = false
	if m.things == nil {
		return nil
	}
	return m.things.Refresh()
}

// thingsAct carries out an action while a screen of things is shown.
func (m *Model) thingsAct(a keymap.Action, key string) tea.Cmd {
	if cmd, ok := m.things.Act(m.ctx, a, key); ok {
		return cmd
	}
	switch a {
	case keymap.ListDetail:
		m.setFocus(focusDetail)
	case keymap.ListFilter:
		return m.things.StartFilter()
	case keymap.ListRefresh:
		return m.things.Refresh()
	case keymap.ListActions:
		m.openThingActions(key)
	default:
		m.things.Do(a)
	}
	return nil
}

func (m *Model) openThingActions(key string) {
	title := "Actions"
	if t, ok := m.things.Selected(); ok {
		title = kit.Clean(t.Name)
	}
	var items []dialog.Item
	for _, c := range m.things.Choices() {
		items = append(items, c.Item())
	}
	m.ask(dialog.NewMenu(m.env, dialog.MenuSpec{Title: title, Items: items, Opener: key}), m.picked)
}

// thingsHints are the keys that do something on a screen of things.
func (m *Model) thingsHints() []keymap.Entry {
	if m.things.Capturing() {
		return m.env.Keys.Entries(keymap.Line)
	}
	out := shelf.Footer(m.things.Choices())
	if m.things.Len() > 0 {
		out = append(out, m.env.Keys.PickIn(m.things.Scope(), keymap.ListSort)...)
	}
	return out
}
