package app

import (
	tea "charm.land/bubbletea/v2"

	"gantry/ui/kit"
	"gantry/ui/screen/containers"
	"gantry/ui/widget/dialog"
)

// pruneContainers shows the containers that have ended, and removes those that stay ticked.
func (m *Model) pruneContainers(key string) {
	review := dialog.NewReview(m.env, dialog.ReviewSpec{
		Title: "Remove containers that do not run", Verb: "Remove", None: "All containers run: there is nothing to remove.", Opener: key,
		Body: []string{"Their files and logs go with them; images and volumes stay."},
	})
	rows := map[string]containers.Row{}
	var items []dialog.Candidate
	for _, c := range m.list.Ended() {
		r := containers.Row{ID: c.ID, Container: c}
		rows[c.ID] = r
		note := "never ran"
		if t := c.FinishedAt; !t.IsZero() {
			note = "ended " + kit.Age(m.env.Now().Sub(t)) + " ago"
		}
		items = append(items, dialog.Candidate{ID: c.ID, Label: r.Name(), Note: note, Size: -1})
	}
	review.SetItems(items)
	m.ask(review, func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		var chosen []containers.Row
		for _, id := range review.Chosen() {
			chosen = append(chosen, rows[id])
		}
		return m.each(chosen, func(r containers.Row) tea.Cmd { return m.remove(r.Container, false) })
	})
}
