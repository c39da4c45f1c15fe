package app

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/jobs"
	"gantry/ui/screen/containers"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/field"
)

// askCommit asks what the image that is made of a container is to be called.
func (m *Model) askCommit(r containers.Row, key string) {
	const image, message, change = "image", "message", "change"
	c := r.Container
	body := []string{"What it changed becomes a layer on its image. What is mounted in it stays out."}
	if c.State == api.StateRunning {
		body = append(body, "It is paused meanwhile.")
	}
	form := dialog.NewForm(m.env, dialog.FormSpec{
		Title: "Make an image of " + r.Name(), Verb: "Commit", Opener: key, Body: body,
		Fields: []field.Spec{
			{Key: image, Label: "Image", Hint: "name:tag; one that has the name loses it"},
			{Key: message, Label: "Message", Hint: "what was done"},
			{Key: change, Label: "Change", Hint: `an instruction: CMD ["top"], ENV A=b`},
		},
		Check: func(f *dialog.Form) []api.FieldError {
			var d option.Draft
			d.Set(option.KeyImage, f.Value(image))
			for _, p := range d.Parse(option.Facts{}).Problems {
				if p.Field == string(option.KeyImage) {
					return []api.FieldError{p}
				}
			}
			return nil
		},
	})
	m.ask(form, func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		ref, opt := form.Value(image), api.CommitOptions{Comment: form.Value(message)}
		if line := form.Value(change); line != "" {
			opt.Changes = []string{line}
		}
		m.store.SetDoing(c.ID, doing(jobs.Commit))
		return m.keepJob(jobs.Job{Kind: jobs.Commit, Name: c.DisplayName(), Container: c.ID, Image: ref}, func(ctx context.Context, o api.Observer) error {
			_, err := m.engine.Commit(ctx, c.ID, ref, opt, o)
			return err
		})
	})
}

// askExport asks where a container's files are to be written. A file that is there is left as
// it is.
func (m *Model) askExport(r containers.Row, key string) {
	c := r.Container
	form := dialog.NewForm(m.env, dialog.FormSpec{
		Title: "Write the files of " + r.Name(), Verb: "Export", Opener: key,
		Body:   []string{"All its files go into a tar. What is mounted in it stays out."},
		Fields: []field.Spec{{Key: fieldFile, Label: "File"}},
		Check: func(f *dialog.Form) []api.FieldError {
			name := f.Value(fieldFile)
			if name == "" {
				return []api.FieldError{{Field: fieldFile, Reason: "a file is needed"}}
			}
			if _, err := os.Lstat(name); err == nil {
				return []api.FieldError{{Field: fieldFile, Value: name, Reason: "is there already"}}
			}
			if st, err := os.Stat(filepath.Dir(name)); err != nil || !st.IsDir() {
				return []api.FieldError{{Field: fieldFile, Value: name, Reason: "its folder is not there"}}
			}
			return nil
		},
	})
	form.Set(fieldFile, strings.TrimPrefix(fileName(c.DisplayName()), "-")+".tar")
	m.ask(form, func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		file := form.Value(fieldFile)
		if abs, err := filepath.Abs(file); err == nil {
			file = abs
		}
		return m.keepJob(jobs.Job{Kind: jobs.Export, Name: c.DisplayName(), Image: file}, func(ctx context.Context, _ api.Observer) error {
			return writeNew(file, func(w io.Writer) error { return m.engine.Export(ctx, c.ID, w) })
		})
	})
}

// keepJob begins a job that leaves the container as it is.
func (m *Model) keepJob(j jobs.Job, w jobs.Work) tea.Cmd {
	_, cmd := m.jobs.Start(j, w)
	m.list.Refresh()
	m.showJobs()
	return cmd
}

// writeNew writes a new file; nothing is left of one that could not be written to its end.
func writeNew(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
