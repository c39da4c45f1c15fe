package app

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/ui/kit"
	"gantry/ui/pane/pull"
	"gantry/ui/screen/containers"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/field"
)

// wentMsg is how what a form asked for went. done is what is said when it went well.
type wentMsg struct {
	form  *dialog.Form
	done  string
	err   error
	after func() tea.Cmd // when it went well; nil: nothing
}

// askName asks for another name of a container.
func (m *Model) askName(r containers.Row, key string) {
	const name = "name"
	c := r.Container
	form := dialog.NewForm(m.env, dialog.FormSpec{
		Title: "Rename " + r.Name(), Verb: "Rename", Opener: key,
		Fields: []field.Spec{{Key: name, Label: "Name"}},
		Check: func(f *dialog.Form) []api.FieldError {
			now := f.Value(name)
			switch other, taken := m.store.ByName(now); {
			case now == "":
				return []api.FieldError{{Field: name, Reason: "a name is needed"}}
			case taken && other.ID != c.ID:
				return []api.FieldError{{Field: name, Value: now, Reason: "in use by " + other.ShortID() + ", " + string(other.State)}}
			}
			return nil
		},
	})
	form.Set(name, c.Name)
	m.keep(form, func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		now := form.Value(name)
		if now == c.Name {
			m.shut(form)
			return nil
		}
		return m.carryOut(form, r.Name()+" is "+now+" now", func(ctx context.Context) error { return m.engine.Rename(ctx, c.ID, now) }, nil)
	})
}

// carryOut does what a form asks for, while the form says so.
func (m *Model) carryOut(form *dialog.Form, done string, work func(context.Context) error, after func() tea.Cmd) tea.Cmd {
	form.SetBusy()
	ctx := m.ctx
	return func() tea.Msg { return wentMsg{form, done, work(ctx), after} }
}

// went closes a form whose work is done, or has it say at its fields why not. Was it
// closed meanwhile, a notice says so.
func (m *Model) went(msg wentMsg) tea.Cmd {
	if msg.err == nil {
		m.shut(msg.form)
		cmd := m.tell(kit.Good, msg.done)
		if msg.after != nil {
			cmd = tea.Batch(cmd, msg.after())
		}
		return cmd
	}
	if !m.open(msg.form) {
		return m.fail(pull.Reason(msg.err), msg.err)
	}
	var (
		fields api.FieldErrors
		field  api.FieldError
		inUse  *api.NameInUseError
	)
	e := kit.Explain(msg.err)
	switch {
	case errors.As(msg.err, &fields):
		msg.form.Fail(fields, "")
	case errors.As(msg.err, &field):
		msg.form.Fail([]api.FieldError{field}, "")
	case errors.As(msg.err, &inUse):
		msg.form.Fail([]api.FieldError{{Field: "name", Reason: pull.Reason(msg.err)}}, "")
	default:
		msg.form.Fail(nil, e.Line())
	}
	return nil
}
