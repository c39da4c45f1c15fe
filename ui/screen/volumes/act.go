package volumes

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/field"
	"gantry/ui/widget/shelf"
)

// offer is what can be done here.
func offer() shelf.Offer {
	return shelf.Offer{
		Noun:  "volume",
		Acts:  []keymap.Action{keymap.ListNew, keymap.ListDetail, keymap.ListRemove, keymap.ListPrune, keymap.ListMeasure, keymap.ListCopy},
		Free:  []keymap.Action{keymap.ListNew, keymap.ListPrune},
		Stays: func(t shelf.Thing) string { return stays(of(t)) },
	}
}

// Choices are what can be done to the selected volume, or why not.
func (s *Screen) Choices() []shelf.Choice { return s.Model.Choices(offer()) }

// stays is why a volume cannot be removed; "" when it can.
func stays(v api.Volume) string {
	if len(v.UsedBy) > 0 {
		return "used by " + strings.Join(v.UsedBy, ", ")
	}
	return ""
}

// Act carries out an action; it reports whether a is one of this screen's.
func (s *Screen) Act(ctx context.Context, a keymap.Action, key string) (tea.Cmd, bool) {
	switch a {
	case keymap.ListNew:
		s.create(key)
		return nil, true
	case keymap.ListPrune:
		return s.prune(key), true
	case keymap.ListRemove, keymap.ListMeasure, keymap.ListCopy:
	default:
		return nil, false
	}
	t, ok := s.Selected()
	if !ok {
		return s.desk.Tell(kit.Warn, offer().None()), true
	}
	switch a {
	case keymap.ListMeasure:
		return s.measure(ctx, t.ID), true
	case keymap.ListCopy:
		return tea.Batch(tea.SetClipboard(t.Name), s.desk.Tell(kit.Info, "the name "+kit.Clean(t.Name)+" was sent to the clipboard")), true
	}
	if why := stays(of(t)); why != "" {
		return s.desk.Tell(kit.Warn, "volume "+kit.Clean(title(of(t)))+": "+kit.Clean(why)), true
	}
	s.remove(of(t), key)
	return nil, true
}

// title is a volume as it is spoken of.
func title(v api.Volume) string {
	if v.Anonymous {
		return api.ShortID(v.Name)
	}
	return v.Name
}

func (s *Screen) remove(v api.Volume, key string) {
	body := []string{"No container has it. What is in it is gone for good."}
	if n, ok := s.sizes[v.Name]; ok {
		body = append(body, "It holds "+kit.Size(n)+".")
	}
	s.desk.Ask(dialog.Confirm(s.env, "Remove volume "+kit.Clean(title(v))+"?", body, "Remove", key), func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		return s.desk.Do(title(v), "volume "+kit.Clean(title(v))+" was removed", func(ctx context.Context) error { return s.engine.RemoveVolume(ctx, v.Name) }, s.Refresh)
	})
}

func (s *Screen) create(key string) {
	const name, labels = "name", "label"
	form := dialog.NewForm(s.env, dialog.FormSpec{
		Title: "New volume", Verb: "Create", Opener: key,
		Fields: []field.Spec{{Key: name, Label: "Name", Hint: "none: an anonymous one"}, {Key: labels, Label: "Labels", Kind: field.List, Hint: "key=value"}},
		Check: func(f *dialog.Form) []api.FieldError {
			for _, v := range s.names() {
				if v == f.Value(name) {
					return []api.FieldError{{Field: name, Value: v, Reason: "there is a volume of this name"}}
				}
			}
			return nil
		},
	})
	s.desk.Keep(form, func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		req := api.VolumeCreate{Name: form.Value(name)}
		for _, l := range form.Values(labels) {
			k, v, _ := strings.Cut(l, "=")
			if req.Labels == nil {
				req.Labels = map[string]string{}
			}
			req.Labels[k] = v
		}
		what := "volume " + kit.Clean(req.Name) + " was made"
		if req.Name == "" {
			what = "a volume was made"
		}
		return s.desk.CarryOut(form, what, func(ctx context.Context) error {
			_, err := s.engine.CreateVolume(ctx, req)
			return err
		}, func() tea.Cmd {
			s.Select(req.Name)
			return s.Refresh()
		})
	})
}

func (s *Screen) names() []string {
	var out []string
	for _, t := range s.Things() {
		out = append(out, t.Name)
	}
	return out
}

// measureFor bounds how long a review measures volumes before it shows them without a size.
const measureFor = 2 * time.Second

// prune shows the volumes that nobody has, and removes those that stay ticked. Those with
// a name stay unless they are ticked: somebody gave it to them.
func (s *Screen) prune(key string) tea.Cmd {
	spec := dialog.ReviewSpec{
		Title: "Remove volumes that nobody has", Verb: "Remove", None: "Every volume is used: there is nothing to remove.", Opener: key,
		Body: []string{"What is in them is gone for good. Those with a name stay unless you tick them."},
	}
	return s.Prune(s.desk, offer(), spec, s.candidates, s.engine.RemoveVolume)
}

// candidates are the volumes that nobody has, measured as far as there is time for.
func (s *Screen) candidates(ctx context.Context) ([]dialog.Candidate, error) {
	unused, err := s.engine.UnusedVolumes(ctx, true)
	timed, cancel := context.WithTimeout(ctx, measureFor)
	defer cancel()
	var out []dialog.Candidate
	for _, v := range unused {
		c := dialog.Candidate{ID: v.Name, Label: title(v), Size: -1, Keep: !v.Anonymous}
		if v.Anonymous {
			c.Note = "anonymous"
		}
		if timed.Err() == nil {
			if n, err := s.engine.VolumeSize(timed, v.Name); err == nil {
				c.Size = n
			}
		}
		out = append(out, c)
	}
	return out, err
}
