package app

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/kit"
	"gantry/ui/preset"
	"gantry/ui/screen/create"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/field"
)

// askFor asks what the form wants to know before something is lost.
func (m *Model) askFor(msg create.AskMsg) {
	m.ask(dialog.Confirm(m.env, msg.Title, msg.Body, msg.Verb, msg.Opener), func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		return msg.Then()
	})
}

const (
	fieldName  = "name"
	fieldAbout = "about"
)

// askKeep asks under what name the form is to be kept, and says in which file that is.
func (m *Model) askKeep(msg create.KeepMsg) tea.Cmd {
	store := m.opt.Presets
	if store.Dir == "" {
		return m.tell(kit.Warn, "there is no folder of settings to keep a preset in")
	}
	body := "A file of its own in " + store.Dir
	if store.Whose != "" {
		body += " (" + store.Whose + ")"
	}
	lines := []string{body + ". It can be edited and shared."}
	if secrets := preset.Withheld(msg.Draft); len(secrets) > 0 {
		lines = append(lines, "", "It holds the value of "+strings.Join(secrets, ", ")+" as it is.")
	}
	form := dialog.NewForm(m.env, dialog.FormSpec{
		Title: "Keep the form as a preset", Body: lines, Verb: "Keep", Opener: msg.Opener,
		Fields: []field.Spec{{Key: fieldName, Label: "Name"}, {Key: fieldAbout, Label: "About", Hint: "a sentence for the list; may be left out"}},
		Check: func(f *dialog.Form) []api.FieldError {
			if wrong := preset.CheckName(f.Value(fieldName)); wrong != "" {
				return []api.FieldError{{Field: fieldName, Value: f.Value(fieldName), Reason: wrong}}
			}
			return nil
		},
	})
	form.Set(fieldName, msg.Name)
	m.keep(form, func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		p := preset.Preset{Name: form.Value(fieldName), About: form.Value(fieldAbout), Draft: msg.Draft}
		save := func() tea.Cmd {
			return m.carryOut(form, kit.Clean(p.Name)+" is kept in "+kit.Clean(store.File(p.Name)), func(context.Context) error { return store.Save(p) }, nil)
		}
		if !store.Has(p.Name) {
			return save()
		}
		m.ask(dialog.Confirm(m.env, "Replace the preset "+p.Name+"?", []string{"There is one already:", "  " + store.File(p.Name)}, "Replace", ""), func(answer string) tea.Cmd {
			if answer != dialog.OK {
				return nil
			}
			return save()
		})
		return nil
	})
	return nil
}

// note keeps a form that was sent off among the last ones. What looks secret is left out, and
// that is said.
func (m *Model) note(d option.Draft) tea.Cmd {
	store, at := m.opt.Presets, m.env.Now()
	if store.State == "" {
		return nil
	}
	return func() tea.Msg {
		if err := store.Note(d, at); err != nil {
			return kit.NoticeMsg{Notice: kit.Notice{Level: kit.Warn, Text: kit.Clean("the form is not among the last ones: " + err.Error())}}
		}
		if secrets := preset.Withheld(d); len(secrets) > 0 {
			return kit.NoticeMsg{Notice: kit.Notice{Level: kit.Info, Text: kit.Clean("the form is among the last ones, without the value of " + strings.Join(secrets, ", "))}}
		}
		return nil
	}
}
