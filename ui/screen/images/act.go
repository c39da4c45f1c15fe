package images

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/shelf"
)

// offer is what can be done here.
func offer() shelf.Offer {
	return shelf.Offer{
		Noun:  "image",
		Acts:  []keymap.Action{keymap.ImagePull, keymap.ContainerNew, keymap.ListDetail, keymap.ListRemove, keymap.ListPrune, keymap.ListCopy},
		Free:  []keymap.Action{keymap.ImagePull, keymap.ListPrune},
		Stays: func(t shelf.Thing) string { return stays(of(t)) },
	}
}

// Choices are what can be done to the selected image, or why not.
func (s *Screen) Choices() []shelf.Choice { return s.Model.Choices(offer()) }

// stays is why an image cannot be removed; "" when it can.
func stays(u used) string {
	if len(u.users) > 0 {
		return "used by " + strings.Join(u.users, ", ")
	}
	return ""
}

// Act carries out an action; it reports whether a is one of this screen's.
func (s *Screen) Act(_ context.Context, a keymap.Action, key string) (tea.Cmd, bool) {
	switch a {
	case keymap.ListPrune:
		return s.prune(key), true
	case keymap.ListRemove, keymap.ListCopy, keymap.ContainerNew:
	default:
		return nil, false
	}
	t, ok := s.Selected()
	if !ok {
		return s.desk.Tell(kit.Warn, offer().None()), true
	}
	switch a {
	case keymap.ContainerNew:
		return s.desk.Run(t.Name), true
	case keymap.ListCopy:
		return tea.Batch(tea.SetClipboard(t.ID), s.desk.Tell(kit.Info, "the name "+kit.Clean(t.Name)+" was sent to the clipboard")), true
	}
	if why := stays(of(t)); why != "" {
		return s.desk.Tell(kit.Warn, kit.Clean(t.Name)+": "+kit.Clean(why)), true
	}
	s.remove(t, key)
	return nil, true
}

func (s *Screen) remove(t shelf.Thing, key string) {
	name := kit.Clean(t.Name)
	body := []string{"No container was made of it. What it does not share with other images is freed: at most " + kit.Size(of(t).Size) + "."}
	s.desk.Ask(dialog.Confirm(s.env, "Remove image "+name+"?", body, "Remove", key), func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		return s.desk.Do(t.Name, name+" was removed", func(ctx context.Context) error { return s.engine.RemoveImage(ctx, t.ID, false) }, s.Refresh)
	})
}

// prune shows the images that no container was made of, and removes those that stay
// ticked. All of them stay at first: which are wanted again nobody but the user knows.
func (s *Screen) prune(key string) tea.Cmd {
	spec := dialog.ReviewSpec{
		Title: "Remove images that nobody uses", Verb: "Remove", None: "Every image is used: there is nothing to remove.", Opener: key,
		Body: []string{"Tick those that are to go. Sizes are compressed, and shared layers count in each."},
	}
	return s.Prune(s.desk, offer(), spec, func(ctx context.Context) ([]dialog.Candidate, error) {
		things, err := s.load(ctx)
		var out []dialog.Candidate
		for _, t := range things {
			if u := of(t); len(u.users) == 0 {
				out = append(out, dialog.Candidate{ID: t.ID, Label: t.Name, Note: digest(u.Digest), Size: u.Size, Keep: true})
			}
		}
		return out, err
	}, func(ctx context.Context, ref string) error { return s.engine.RemoveImage(ctx, ref, false) })
}
