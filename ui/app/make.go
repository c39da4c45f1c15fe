package app

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/pane/pull"
	"gantry/ui/screen/create"
	"gantry/ui/store"
)

// submit makes the container that the form asks for. The form closes, and a row that
// stands for it is selected.
func (m *Model) submit(msg create.SubmitMsg) tea.Cmd {
	m.closeForm()
	m.draft = option.Draft{}
	if m.mending != "" {
		if j, ok := m.jobOf(m.mending); ok {
			m.dismiss(j.ID)
		}
		m.mending = ""
	}
	req := msg.Parsed.Request
	kind := jobs.Create
	if msg.Start {
		kind = jobs.Run
	}
	j := jobs.Job{Kind: kind, Name: req.Name}
	if req.Config != nil {
		j.Image = req.Config.Image
	}
	id, cmd := m.jobs.Start(j, func(ctx context.Context, o api.Observer) error {
		if !msg.Start {
			_, err := m.engine.Create(ctx, req, o)
			return err
		}
		_, _, err := m.engine.Run(ctx, req, api.StartOptions{}, o)
		return err
	})
	m.store.PutPending(store.Pending{ID: id.String(), Name: j.Name, Image: j.Image, Start: msg.Start, Since: m.env.Now(), Pulled: -1, Draft: msg.Draft})
	m.list.Refresh()
	m.list.Pin(id.String())
	m.list.Select(id.String())
	m.setFocus(focusList)
	m.showJobs()
	return tea.Batch(cmd, m.note(msg.Draft))
}

// mend reopens the draft of a row that failed, with the error at its field.
func (m *Model) mend(row string) tea.Cmd {
	p, ok := m.store.Pending(row)
	if !ok {
		return m.openForm(create.Task{}, m.draft, nil)
	}
	m.mending = row
	cmd := m.openForm(create.Task{}, p.Draft, nil)
	if problems := atFields(p.Err, p.Draft); len(problems) > 0 {
		m.form.SetProblems(problems)
		return cmd
	}
	return tea.Batch(cmd, m.fail(kit.Explain(p.Err).Line(), p.Err))
}

// atFields is what is wrong with which field, as far as an error tells.
func atFields(err error, d option.Draft) []api.FieldError {
	var (
		fields api.FieldErrors
		field  api.FieldError
		failed *api.PullError
		inUse  *api.NameInUseError
	)
	at := func(k option.Key, e kit.Explanation) []api.FieldError {
		return []api.FieldError{{Field: string(k), Value: d.Get(k), Reason: pull.Reason(err), Fix: e.Fix}}
	}
	switch {
	case errors.As(err, &fields):
		return fields
	case errors.As(err, &field):
		return []api.FieldError{field}
	case errors.As(err, &inUse):
		return at(option.KeyName, kit.Explain(err))
	case errors.As(err, &failed) && failed.Cause == api.PullPlatform:
		return at(option.KeyPlatform, kit.Explain(err))
	case errors.As(err, &failed):
		return at(option.KeyImage, kit.Explain(err))
	}
	return nil
}
