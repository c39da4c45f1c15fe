package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/ui/kit"
	"gantry/ui/screen/logs"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/field"
)

const fieldFile = "file"

// askSave asks where the lines of a log are to be written. A file that is there is left
// as it is.
func (m *Model) askSave(msg logs.SaveMsg) {
	form := dialog.NewForm(m.env, dialog.FormSpec{
		Title: "Save the log of " + kit.Clean(msg.Name), Verb: "Save",
		Fields: []field.Spec{{Key: fieldFile, Label: "File"}},
		Check: func(f *dialog.Form) []api.FieldError {
			if f.Value(fieldFile) == "" {
				return []api.FieldError{{Field: fieldFile, Reason: "a file is needed"}}
			}
			return nil
		},
	})
	form.Set(fieldFile, fileName(msg.Name)+"-"+m.env.Now().Format("20060102-150405")+".log")
	m.keep(form, func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		file := form.Value(fieldFile)
		if abs, err := filepath.Abs(file); err == nil {
			file = abs
		}
		return m.carryOut(form, fmt.Sprintf("%d lines were written to %s", msg.Lines, kit.Clean(file)), func(context.Context) error { return save(file, msg.Text) }, nil)
	})
}

// fileName is a container's name as a part of a file's.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.-", r) {
			return r
		}
		return '_'
	}, name)
}

// save writes a new file.
func save(file, text string) error {
	wrong := func(reason string) error { return api.FieldErrors{{Field: fieldFile, Value: file, Reason: reason}} }
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrExist):
		return wrong("is there already")
	case errors.As(err, &path):
		return wrong(path.Err.Error())
	case err != nil:
		return wrong(err.Error())
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return wrong(err.Error())
	}
	return nil
}
