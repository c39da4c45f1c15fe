package containers

import (
	"slices"
	"time"

	"gantry/engine/api"
	"gantry/ui/kit"
	"gantry/ui/store"
)

// Row is one line of the list: a container, or one on its way.
type Row struct {
	ID        string
	Container api.Container
	Pending   *store.Pending // nil for a container
	Doing     string         // "stopping" while something is done to it
}

// Name is how the row is called in sentences.
func (r Row) Name() string {
	if r.Pending != nil {
		if r.Pending.Name != "" {
			return kit.Clean(r.Pending.Name)
		}
		return kit.Clean(kit.ShortImage(r.Pending.Image))
	}
	return kit.Clean(r.Container.DisplayName())
}

// title is what the first two columns say: name and image.
func (r Row) title() (name, image string) {
	if r.Pending != nil {
		return r.Pending.Name, kit.ShortImage(r.Pending.Image)
	}
	return r.Container.DisplayName(), kit.ShortImage(r.Container.Image)
}

// since is the moment that the row's age counts from; zero shows no age.
func (r Row) since() time.Time {
	c := r.Container
	if r.Pending != nil || r.Doing != "" && r.Doing != store.Making {
		return time.Time{}
	}
	switch c.State {
	case api.StateRunning, api.StatePaused, api.StateRestarting:
		return c.StartedAt
	case api.StateExited, api.StateDead:
		return c.FinishedAt
	case api.StateCreated:
		return c.CreatedAt
	}
	return time.Time{}
}

// The groups of the order by state: what runs comes first.
const (
	groupRunning = iota
	groupPaused
	groupPending
	groupCreated
	groupEnded
)

func (r Row) group() int {
	if r.Pending != nil {
		return groupPending
	}
	switch r.Container.State {
	case api.StateRunning, api.StateRestarting:
		return groupRunning
	case api.StatePaused:
		return groupPaused
	case api.StateCreated, api.StateUnknown:
		return groupCreated
	}
	return groupEnded
}

// held is the place that the selected row keeps while it is selected, whatever becomes
// of it: rows do not move under the cursor.
type held struct {
	id string
	at place
}

type placedRow struct {
	row Row
	at  place
}

// arrange filters and orders the rows. The held row and the pinned ones are in it whatever the filter.
func arrange(all []Row, f Filter, h held, pinned map[string]bool, by Order, reverse bool) []*placedRow {
	out := make([]*placedRow, 0, len(all))
	rows := make([]placedRow, 0, len(all))
	for _, r := range all {
		if !f.matches(r) && r.ID != h.id && !pinned[r.ID] {
			continue
		}
		rows = append(rows, placedRow{r, r.place()})
		p := &rows[len(rows)-1]
		if r.ID == h.id {
			p.at = h.at
		}
		out = append(out, p) // a row is large: only where it is is moved about
	}
	slices.SortFunc(out, func(a, b *placedRow) int {
		if reverse {
			a, b = b, a
		}
		return a.at.compare(b.at, by)
	})
	return out
}
