package app

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/kit"
	"gantry/ui/screen/containers"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/field"
)

// askExec asks what to run in a container, and gives it the terminal. What was asked for last
// stands in the fields, to be run again.
func (m *Model) askExec(r containers.Row, key string) {
	const command, user, dir, env, privileged = "args", "user", "workdir", "env", "privileged"
	c := r.Container
	form := dialog.NewForm(m.env, dialog.FormSpec{
		Title: "Run a command in " + r.Name(), Verb: "Run", Opener: key,
		Fields: []field.Spec{
			{Key: command, Label: "Command", Hint: "ls -l /; for pipes: sh -c '…'"},
			{Key: user, Label: "User", Hint: "the container's"},
			{Key: dir, Label: "Workdir", Hint: "the container's"},
			{Key: env, Label: "Env", Hint: "A=b C='d e'"},
			{Key: privileged, Label: "Privileged", Kind: field.Check, Hint: "with every capability"},
		},
		Check: func(f *dialog.Form) []api.FieldError {
			var all []api.FieldError
			if f.Value(command) == "" {
				all = append(all, api.FieldError{Field: command, Reason: "a command is needed"})
			}
			for _, key := range []string{command, env} {
				words, err := option.SplitWords(f.Value(key))
				if err != nil {
					all = append(all, api.FieldError{Field: key, Value: f.Value(key), Reason: err.Error()})
				}
				for _, w := range words {
					if name, _, ok := strings.Cut(w, "="); key == env && (!ok || name == "") {
						all = append(all, api.FieldError{Field: key, Value: w, Reason: "is not NAME=value"})
						break
					}
				}
			}
			if d := f.Value(dir); d != "" && !strings.HasPrefix(d, "/") {
				all = append(all, api.FieldError{Field: dir, Value: d, Reason: "must begin with /"})
			}
			return all
		},
	})
	keys := []string{command, user, dir, env, privileged}
	for _, k := range keys {
		if v := m.ran[k]; v != "" {
			form.Set(k, v)
		}
	}
	m.ask(form, func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		m.ran = map[string]string{}
		for _, k := range keys {
			m.ran[k] = form.Value(k)
		}
		// Both have been split before, when they were checked.
		args, _ := option.SplitWords(form.Value(command))
		vars, _ := option.SplitWords(form.Value(env))
		req := api.ExecRequest{Args: args, Tty: true, User: form.Value(user), WorkingDir: form.Value(dir), Env: vars, Privileged: form.Value(privileged) == field.On}
		engine, what := m.engine, kit.Clean(args[0])+" in "+r.Name()
		return m.visit(what, true, func(ctx context.Context, st *api.Streams) (api.Session, error) {
			return engine.Exec(ctx, c.ID, req, st)
		})
	})
}
