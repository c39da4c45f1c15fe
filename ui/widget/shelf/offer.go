package shelf

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/facts"
)

// Offer says what can be done with things of a kind.
type Offer struct {
	Noun string // "volume"
	Acts []keymap.Action
	Free []keymap.Action // those that need no selected thing
	// Stays is why a thing cannot be removed; "" when it can.
	Stays func(Thing) string
}

// Choices are what can be done to the selected thing, or why not.
func (m *Model) Choices(o Offer) []Choice {
	t, ok := m.Selected()
	var out []Choice
	for _, a := range o.Acts {
		e, bound := m.env.Keys.In(m.spec.Scope, a)
		if !bound {
			continue
		}
		c := Choice{Entry: e}
		switch {
		case slices.Contains(o.Free, a):
		case !ok:
			c.Reason = o.None()
		case a == keymap.ListRemove:
			c.Reason = o.Stays(t)
		}
		out = append(out, c)
	}
	return out
}

// None says that nothing is selected.
func (o Offer) None() string { return "no " + o.Noun + " is selected" }

// Gone says how many were removed.
func (o Offer) Gone(n int) string {
	if n == 1 {
		return "1 " + o.Noun + " was removed"
	}
	return fmt.Sprintf("%d %ss were removed", n, o.Noun)
}

// Prune shows a review of what nobody uses, and has those removed that stay ticked.
func (m *Model) Prune(d Desk, o Offer, spec dialog.ReviewSpec, unused func(context.Context) ([]dialog.Candidate, error), remove func(context.Context, string) error) tea.Cmd {
	review := dialog.NewReview(m.env, spec)
	d.Ask(review, func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		ids := review.Chosen()
		return d.Do("", o.Gone(len(ids)), func(ctx context.Context) error {
			var errs []error
			for _, id := range ids {
				errs = append(errs, remove(ctx, id))
			}
			return errors.Join(errs...)
		}, m.Refresh)
	})
	return Fill(m, review, unused)
}

// Labels are the section of a thing's labels; none where there are none.
func Labels(labels map[string]string) []facts.Section {
	if len(labels) == 0 {
		return nil
	}
	s := facts.Section{Title: "Labels"}
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		s.Rows = append(s.Rows, facts.Of(k, labels[k]))
	}
	return []facts.Section{s}
}
