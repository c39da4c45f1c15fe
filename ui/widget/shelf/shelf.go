package shelf

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"

	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/widget/facts"
	"gantry/ui/widget/grid"
)

// Thing is one of the list.
type Thing struct {
	ID    string
	Name  string
	Cells func(st *themes.Styles, now time.Time) []grid.Cell
	Text  string // what the filter looks in, beside the name
	Value any    // what it is, for its screen
}

// Order is a way in which the things can stand.
type Order struct {
	Name    string
	Compare func(a, b Thing) int
}

// Details are what is known of a thing.
type Details struct {
	Sections []facts.Section
	JSON     string
}

// Spec is what does not change about a list.
type Spec struct {
	Title   string
	Scope   keymap.Scope
	Columns []grid.Column
	Orders  []Order
	Empty   []string // said when there is nothing
	// Note stands beside the title in the order's place; nil: the order does.
	Note func() string
	Load func(ctx context.Context) ([]Thing, error)
	Look func(ctx context.Context, t Thing) (Details, error)
}

// Model is a list. Its methods are for one goroutine.
type Model struct {
	env    *kit.Env
	spec   Spec
	ctx    context.Context
	cancel context.CancelFunc

	all     []Thing
	byID    map[string]Thing
	loaded  bool
	err     error
	loading bool
	again   bool // asked for while it was read
	rev     uint64

	grid    *grid.Model
	input   textinput.Model
	typing  bool
	filter  string
	order   int
	reverse bool

	sheet sheet
	look  looking

	width, height int
	focus         bool

	drawn drawn
	box   string
}

// drawn is what the box was drawn from last: most messages change nothing of it.
type drawn struct {
	st                 *themes.Styles
	inner, note, count string
	width, height      int
	focus              bool
}

// New makes a list of which nothing is read yet. It works until ctx ends or Close is called.
func New(ctx context.Context, env *kit.Env, spec Spec) *Model {
	m := &Model{env: env, spec: spec, byID: map[string]Thing{}}
	m.ctx, m.cancel = context.WithCancel(ctx)
	m.grid = grid.New(env, spec.Columns, m.cells)
	m.input = textinput.New()
	m.input.Prompt = ""
	m.input.SetVirtualCursor(false)
	m.input.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	m.sheet.env = env
	m.arrange()
	return m
}

// Close ends what is going on in the background.
func (m *Model) Close() { m.cancel() }

// Scope is where its keys are looked up.
func (m *Model) Scope() keymap.Scope { return m.spec.Scope }

// SetSize sets the size of the list.
func (m *Model) SetSize(width, height int) {
	m.width, m.height = max(0, width), max(0, height)
	m.resize()
}

// SetSheetSize sets the size of what stands beside it.
func (m *Model) SetSheetSize(width, height int) { m.sheet.setSize(width, height) }

func (m *Model) resize() {
	w, h := kit.Inner(m.width, m.height)
	if m.typing {
		h--
	}
	m.grid.SetSize(w, h)
	m.input.SetWidth(max(1, w-12))
}

// SetFocus gives the keys to the list.
func (m *Model) SetFocus(on bool) {
	m.focus = on
	m.grid.SetFocus(on)
}

// SetSheetFocus gives them to what stands beside it.
func (m *Model) SetSheetFocus(on bool) { m.sheet.focus = on }

// Len is how many things there are.
func (m *Model) Len() int { return len(m.all) }

// Things are all of them, in no order.
func (m *Model) Things() []Thing { return slices.Clone(m.all) }

// Selected is the thing under the cursor.
func (m *Model) Selected() (Thing, bool) {
	t, ok := m.byID[m.grid.Selected()]
	return t, ok
}

// First reports whether the cursor is on the first row, or there is none yet.
func (m *Model) First() bool { return m.grid.Index() <= 0 }

// SelectFirst puts the cursor on the first row.
func (m *Model) SelectFirst() { m.grid.Do(keymap.Top) }

// Select moves the cursor to a thing, as soon as it is there.
func (m *Model) Select(id string) { m.grid.Select(id) }

// Do carries out a movement or an action of lists; it reports whether a is one.
func (m *Model) Do(a keymap.Action) bool {
	switch a {
	case keymap.ListSort:
		m.order, m.reverse = (m.order+1)%len(m.spec.Orders), false
	case keymap.ListReverse:
		m.reverse = !m.reverse
	default:
		return m.grid.Do(a)
	}
	m.arrange()
	return true
}

// Scroll moves in what stands beside the list; it reports whether a is a movement there.
func (m *Model) Scroll(a keymap.Action) bool { return m.sheet.do(a) }

// arrange filters and orders the things.
func (m *Model) arrange() {
	sieve := kit.NewSieve(m.filter)
	shown := make([]Thing, 0, len(m.all))
	for _, t := range m.all {
		if sieve.PassesText(t.Name + " " + t.Text) {
			shown = append(shown, t)
		}
	}
	by := m.spec.Orders[m.order]
	slices.SortStableFunc(shown, func(a, b Thing) int {
		if m.reverse {
			a, b = b, a
		}
		if n := by.Compare(a, b); n != 0 {
			return n
		}
		return strings.Compare(a.Name, b.Name)
	})
	rows := make([]grid.Row, len(shown))
	for i, t := range shown {
		rows[i] = grid.Row{ID: t.ID, Rev: m.rev}
	}
	m.grid.SetRows(rows)
	m.grid.SetEmpty(m.empty()...)
}

func (m *Model) cells(id string) []grid.Cell {
	t := m.byID[id]
	if t.Cells == nil {
		return nil
	}
	return t.Cells(m.env.Styles, m.env.Now())
}

// empty is what stands where there is nothing.
func (m *Model) empty() []string {
	e, _ := m.env.Keys.In(m.spec.Scope, keymap.ListFilter)
	switch {
	case m.err != nil:
		x := kit.Explain(m.err)
		out := []string{"", m.env.Styles.Glyphs.Cross + " " + x.Line()}
		if x.Fix != "" {
			out = append(out, "", x.Fix)
		}
		return out
	case !m.loaded:
		return []string{"", "Looking" + m.env.Styles.Glyphs.Ellipsis}
	case m.filter != "" && len(m.all) > 0:
		return []string{"", "Nothing matches.", "", e.Key() + " changes the text."}
	}
	return append([]string{""}, m.spec.Empty...)
}

// Next is how long it takes until an age is written differently.
func (m *Model) Next() time.Duration {
	if len(m.all) == 0 {
		return 0
	}
	return time.Minute
}

// Tick rewrites ages.
func (m *Model) Tick() {
	m.rev++
	m.arrange()
}

// note is how the list is ordered and filtered.
func (m *Model) note() string {
	st := m.env.Styles
	n := "by " + m.spec.Orders[m.order].Name
	if m.spec.Note != nil {
		n = m.spec.Note()
	}
	if m.reverse {
		n += " " + st.Glyphs.Up
	}
	if m.filter != "" {
		n += " " + st.Glyphs.Dot + " /" + kit.Clean(m.filter)
	}
	if m.loaded && m.err != nil {
		n += " " + st.Glyphs.Dot + " could not be read again"
	}
	return n
}

func (m *Model) count() string {
	if !m.loaded {
		return ""
	}
	if m.filter != "" {
		return fmt.Sprintf("%d of %d", m.grid.Len(), len(m.all))
	}
	return fmt.Sprint(len(m.all))
}

// View is the list in its box.
func (m *Model) View() string {
	inner := m.grid.View()
	if m.typing {
		inner += "\n " + m.env.Styles.Key.Render("/") + " " + m.input.View()
	}
	d := drawn{m.env.Styles, inner, m.note(), m.count(), m.width, m.height, m.focus}
	if d != m.drawn || m.box == "" {
		m.drawn = d
		m.box = kit.Box(d.st, kit.Frame{Title: m.spec.Title, Note: d.note, Right: d.count, Focused: d.focus}, inner, m.width, m.height)
	}
	return m.box
}

// Sheet is what is known of the selected thing, in its box.
func (m *Model) Sheet() string {
	t, ok := m.Selected()
	if !ok {
		return m.sheet.view("Details", "", nil, nil)
	}
	id, d, err := m.look.of(t.ID)
	return m.sheet.view(t.Name, id, d, err)
}
