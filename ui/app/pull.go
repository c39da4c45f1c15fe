package app

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/ui/jobs"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/field"
)

// askPull asks for an image and pulls it. How far that is stands in the pane of pulls.
func (m *Model) askPull(key string) {
	const image, platform = "image", "platform"
	form := dialog.NewForm(m.env, dialog.FormSpec{
		Title: "Pull an image", Verb: "Pull", Opener: key,
		Fields: []field.Spec{{Key: image, Label: "Image", Hint: "nginx:1.27, ghcr.io/owner/app@sha256:…"}, {Key: platform, Label: "Platform", Hint: "this host's"}},
		Check: func(f *dialog.Form) []api.FieldError {
			if f.Value(image) == "" {
				return []api.FieldError{{Field: image, Reason: "an image is needed"}}
			}
			return nil
		},
	})
	m.ask(form, func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		return m.pull(form.Value(image), form.Value(platform))
	})
}

// pull begins to pull an image.
func (m *Model) pull(ref, platform string) tea.Cmd {
	_, cmd := m.jobs.Start(jobs.Job{Kind: jobs.Pull, Name: ref, Image: ref}, func(ctx context.Context, o api.Observer) error {
		_, err := m.engine.Pull(ctx, ref, platform, o)
		return err
	})
	m.showJobs()
	return cmd
}
