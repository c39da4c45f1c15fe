package containers

import (
	"time"

	"charm.land/bubbles/v2/textinput"

	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/store"
	"gantry/ui/widget/grid"
)

// Screen is the list.
type Screen struct {
	env   *kit.Env
	store *store.Store
	grid  *grid.Model
	input textinput.Model

	rows    []*placedRow
	byID    map[string]*placedRow
	filter  Filter
	pinned  map[string]bool // rows that stay whatever the filter: what was just made
	held    held
	typing  bool
	changed time.Time // when the selected row last changed by itself
	widths  widths
	usage   usage
	order   Order
	reverse bool
	marks   map[string]bool // rows that are acted on together
	anchor  string          // the one that was marked last
	wasLost bool            // the rows were drawn while the engine was lost

	width, height int
	focus         bool
	box           string
	drawn         signature
}

// New makes the list of what is in the store.
func New(env *kit.Env, st *store.Store) *Screen {
	s := &Screen{env: env, store: st, byID: map[string]*placedRow{}, pinned: map[string]bool{}, usage: newUsage(), marks: map[string]bool{}}
	s.input = textinput.New()
	s.input.Prompt = ""
	s.input.SetVirtualCursor(false)
	s.input.KeyMap.Paste.SetEnabled(false)
	s.widths.grow("", "")
	s.grid = grid.New(env, s.widths.columns(), s.cells)
	s.Refresh()
	return s
}

// SetSize implements kit.Pane.
func (s *Screen) SetSize(width, height int) {
	s.width, s.height = width, height
	s.resize()
}

func (s *Screen) resize() {
	w, h := kit.Inner(s.width, s.height)
	if s.typing {
		h--
	}
	s.grid.SetSize(w, h)
	s.input.SetWidth(max(1, w-12))
}

// SetFocus implements kit.Pane.
func (s *Screen) SetFocus(on bool) {
	s.focus = on
	s.grid.SetFocus(on)
}

// Selected is the selected row.
func (s *Screen) Selected() (Row, bool) {
	r, ok := s.byID[s.grid.Selected()]
	if !ok {
		return Row{}, false
	}
	return r.row, true
}

// Select moves the cursor to a row.
func (s *Screen) Select(id string) {
	s.grid.Select(id)
	s.hold()
	s.Refresh()
}

// Pin shows a row whatever the filter, until the filter is changed.
func (s *Screen) Pin(id string) {
	s.pinned[id] = true
	s.rebuild()
}

// Became says that a row on its way is a container now, which takes over its place,
// the cursor included.
func (s *Screen) Became(pending, id string) {
	if s.pinned[pending] {
		s.pinned[id] = true
	}
	if s.held.id == pending {
		s.held.id = id
		s.held.at.id = id
	}
	if s.grid.Selected() == pending {
		s.grid.Select(id)
	}
}

// Move carries out a movement; it reports whether a is one.
func (s *Screen) Move(a keymap.Action) bool {
	before := s.grid.Selected()
	if !s.grid.Do(a) {
		return false
	}
	if s.grid.Selected() != before {
		let := s.strays()
		s.hold()
		s.changed = time.Time{}
		if let {
			s.rebuild()
		}
	}
	return true
}

// strays reports whether the held row would stand elsewhere if it were not held.
func (s *Screen) strays() bool {
	r, ok := s.byID[s.held.id]
	return ok && (r.row.place() != s.held.at || !s.filter.matches(r.row) && !s.pinned[r.row.ID])
}
