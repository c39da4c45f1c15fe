package app

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/screen/create"
	"gantry/ui/widget/dialog"
)

// editing is the container whose options the form has, and what they were.
type editing struct {
	c   api.Container
	old option.Draft
}

func (ed editing) task() create.Task { return create.Task{Edit: ed.c.DisplayName()} }

// rememberedMsg is what the engine knows of how a container was made.
type rememberedMsg struct {
	c     api.Container
	edit  bool // it is to be recreated, not duplicated
	known api.Remembered
	err   error
}

// recall asks the engine how a container was made, for a form to begin with.
func (m *Model) recall(c api.Container, edit bool) tea.Cmd {
	ctx, engine := m.ctx, m.engine
	return func() tea.Msg {
		known, err := engine.Remembered(ctx, c.ID)
		return rememberedMsg{c, edit, known, err}
	}
}

// remembered opens the form with a container's options, unless something else was opened
// meanwhile.
func (m *Model) remembered(msg rememberedMsg) tea.Cmd {
	if msg.err != nil {
		return m.failOn(msg.c.DisplayName(), msg.c.DisplayName()+": "+kit.Explain(msg.err).Line(), msg.err)
	}
	if m.form != nil || m.log != nil || m.doctor != nil || len(m.dialogs) > 0 {
		return nil
	}
	d := option.FromRequest(msg.known.Request)
	d.Unset(option.KeyDetach) // what the form makes is always detached
	if !msg.edit {
		d.Set(option.KeyName, m.copyOf(d.Get(option.KeyName)))
	}
	task, ed := create.Task{Duplicate: msg.c.DisplayName()}, (*editing)(nil)
	if msg.edit {
		ed = &editing{msg.c, d}
		task = ed.task()
	}
	cmd := m.openForm(task, d, ed)
	if len(msg.known.Unread) == 0 {
		return cmd
	}
	return tea.Batch(cmd, m.tell(kit.Warn, "not known of "+msg.c.DisplayName()+": "+strings.Join(msg.known.Unread, "; ")))
}

// copyOf is a free name for a duplicate; "" when there is none to be had.
func (m *Model) copyOf(name string) string {
	if name == "" {
		return ""
	}
	if _, taken := m.store.ByName(name + "-copy"); taken {
		return ""
	}
	return name + "-copy"
}

// nameInUse is who has a name, but for the container that is being edited.
func (m *Model) nameInUse(name string) (api.Container, bool) {
	c, ok := m.store.ByName(name)
	if ok && m.editing != nil && c.ID == m.editing.c.ID {
		return api.Container{}, false
	}
	return c, ok
}

// review shows what an edit changes, and recreates the container when that is agreed to. The
// form is there again when it is not.
func (m *Model) review(msg create.SubmitMsg) tea.Cmd {
	ed := *m.editing
	name := ed.c.DisplayName()
	var body []string
	for _, c := range option.Changes(ed.old, msg.Draft) {
		body = append(body, kit.Clean(c.String()))
	}
	if len(body) == 0 {
		body = []string{"Nothing changes: it is made anew as it is."}
	}
	last := "Its files but for its volumes go with the old one."
	if ed.c.State.Alive() {
		last = name + " is stopped for it, and brought back if the new one does not start. " + last
	}
	body = append(body, "", last)
	m.ask(dialog.Confirm(m.env, "Recreate "+name+"?", body, "Recreate", "ctrl+s"), func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return m.openForm(ed.task(), msg.Draft, &ed) // the one below has been sent off
		}
		m.closeForm()
		if _, ok := m.store.Get(ed.c.ID); !ok {
			return m.tell(kit.Warn, name+" is gone already: nothing was done")
		}
		return tea.Batch(m.note(msg.Draft), m.startJob(jobs.Recreate, ed.c, func(ctx context.Context, o api.Observer) error {
			_, err := m.engine.Recreate(ctx, ed.c.ID, msg.Parsed.Request, api.RecreateOptions{NoStart: !msg.Start}, o)
			return err
		}))
	})
	return nil
}

// check asks in the background what a form's request would meet. Of an edit only the engine can
// say that: its name and its ports are the old container's until that is stopped.
func (m *Model) check(ed *editing) func(context.Context, api.CreateRequest) (api.Checked, error) {
	if ed != nil {
		return func(context.Context, api.CreateRequest) (api.Checked, error) { return api.Checked{}, nil }
	}
	return m.engine.Check
}
