package dialog

import (
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/ui/kit"
)

// Item is one line of a menu.
type Item struct {
	ID    string // the answer
	Key   string // what picks it at once; "" is none
	Label string
	Note  string // at the right, in muted words; of an item that is off: why
	Off   bool   // it cannot be picked now
}

// MenuSpec is a menu.
type MenuSpec struct {
	Title  string
	Items  []Item
	Typed  bool   // letters search instead of picking: the palette
	Hint   string // what stands in the empty search
	Marked string // ID of the item that is marked at first; "": the first that is not off
	Wait   string // said while there are no items yet; they come with SetItems
	Opener string // the key that opened it
}

// Menu is an open menu. Its methods are for one goroutine.
type Menu struct {
	base
	spec  MenuSpec
	shown []int // indexes of the items that the search leaves
	at    int   // of shown
	top   int
	input textinput.Model
}

// NewMenu opens a menu.
func NewMenu(env *kit.Env, spec MenuSpec) *Menu {
	m := &Menu{base: base{env: env, opener: spec.Opener}, spec: spec}
	m.input = textinput.New()
	m.input.Prompt = ""
	m.input.SetVirtualCursor(false)
	m.input.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	m.input.Focus()
	m.search()
	for i, at := range m.shown {
		if spec.Items[at].ID == spec.Marked && spec.Marked != "" {
			m.at = i
		}
	}
	return m
}

// SetItems gives the items that were waited for.
func (m *Menu) SetItems(items []Item, marked string) {
	m.spec.Items, m.spec.Wait = items, ""
	m.search()
	for i, at := range m.shown {
		if items[at].ID == marked {
			m.at = i
		}
	}
	m.drawn = m.env.Now() // no key before now was meant for them
}

// search finds the items that have all words of what is typed.
func (m *Menu) search() {
	m.shown, m.at, m.top = m.shown[:0], 0, 0
	sieve := kit.NewSieve(m.input.Value())
	for i, it := range m.spec.Items {
		if sieve.PassesText(it.Label + " " + it.ID) {
			m.shown = append(m.shown, i)
		}
	}
	for i, at := range m.shown {
		if !m.spec.Items[at].Off {
			m.at = i
			break
		}
	}
}

// Update implements Modal.
func (m *Menu) Update(msg tea.Msg) (answer string, done bool) {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		if m.spec.Typed {
			m.typed(tea.PasteMsg{Content: kit.Clean(strings.Join(strings.Fields(msg.Content), " "))})
		}
	case tea.KeyPressMsg:
		return m.pressed(msg)
	}
	return "", false
}

func (m *Menu) pressed(k tea.KeyPressMsg) (answer string, done bool) {
	name := k.String()
	text := m.spec.Typed && k.Text != ""
	if !m.spec.Typed && m.early(k) {
		return "", false
	}
	if !text {
		switch a, _ := m.env.Keys.Lookup(keymap.Menu, name); a {
		case keymap.Back:
			return Cancel, true
		case keymap.MenuPick:
			return m.pick(m.at)
		case keymap.Up, keymap.Down, keymap.PageUp, keymap.PageDown, keymap.Top, keymap.Bottom:
			m.move(a)
			return "", false
		}
	}
	if m.spec.Typed {
		m.typed(k)
		return "", false
	}
	for i, at := range m.shown {
		if m.spec.Items[at].Key == name {
			return m.pick(i)
		}
	}
	return "", false
}

// pick answers with an item, unless it is off: why stands beside it.
func (m *Menu) pick(i int) (answer string, done bool) {
	if i < 0 || i >= len(m.shown) {
		return "", false
	}
	m.at = i
	it := m.spec.Items[m.shown[i]]
	return it.ID, !it.Off
}

func (m *Menu) typed(msg tea.Msg) {
	before := m.input.Value()
	m.input, _ = m.input.Update(msg)
	if m.input.Value() != before {
		m.search()
	}
}

func (m *Menu) move(a keymap.Action) {
	n, page := len(m.shown), max(1, m.room())
	switch a {
	case keymap.Up:
		m.at--
	case keymap.Down:
		m.at++
	case keymap.PageUp:
		m.at -= page
	case keymap.PageDown:
		m.at += page
	case keymap.Top:
		m.at = 0
	case keymap.Bottom:
		m.at = n
	}
	m.at = max(0, min(m.at, n-1))
}

// Marked is the ID of the item that would be picked; "" when none is shown.
func (m *Menu) Marked() string {
	if m.at >= len(m.shown) {
		return ""
	}
	return m.spec.Items[m.shown[m.at]].ID
}

// Footer implements Modal.
func (m *Menu) Footer() []keymap.Entry {
	return m.env.Keys.PickIn(keymap.Menu, keymap.MenuPick, keymap.Down, keymap.Up, keymap.Back)
}

// head is the number of lines above the items.
func (m *Menu) head() int {
	if m.spec.Typed {
		return 2
	}
	return 0
}

// rows is how many items the box is made for: all, so that it keeps its size while one searches.
func (m *Menu) rows() int { return max(1, len(m.spec.Items)) }

// room is how many items are visible.
func (m *Menu) room() int { return max(0, min(m.rows(), m.height-border-m.head()-2)) }

func (m *Menu) keys() int {
	w := 0
	for _, it := range m.spec.Items {
		w = max(w, kit.Width(keymap.Show(it.Key)))
	}
	return w
}

func (m *Menu) labels() int {
	w := 0
	for _, it := range m.spec.Items {
		w = max(w, kit.Width(kit.Clean(it.Label)))
	}
	return w
}

// Size implements Modal.
func (m *Menu) Size() (width, height int) {
	notes := 0
	for _, it := range m.spec.Items {
		notes = max(notes, kit.Width(kit.Clean(it.Note)))
	}
	need := 2 + m.labels()
	if k := m.keys(); k > 0 {
		need += k + 2
	}
	if notes > 0 {
		need += notes + 2
	}
	w := m.outer(max(need, kit.Width(kit.Clean(m.spec.Title))+2))
	if w == 0 || m.height == 0 {
		return 0, 0
	}
	return w, min(m.height, m.room()+m.head()+border)
}

// Place implements Modal.
func (m *Menu) Place() (x, y int) { return m.place(m.Size()) }

// View implements Modal.
func (m *Menu) View() string {
	w, h := m.Size()
	if w == 0 || h == 0 {
		return ""
	}
	m.seen()
	st, width := m.env.Styles, w-border
	f := kit.Frame{Title: kit.Clean(m.spec.Title), Focused: true}
	var lines []string
	if m.spec.Typed {
		text := st.Ghost.Render(kit.Truncate(m.spec.Hint, max(0, width-4), st.Glyphs.Ellipsis))
		if m.input.Value() != "" {
			text = st.Input.Render(kit.TruncateLeft(kit.Clean(m.input.Value()), max(0, width-5), st.Glyphs.Ellipsis))
		}
		lines = append(lines, " "+st.Key.Render(":")+" "+text, "")
	}
	room := m.room()
	m.top = window(len(m.shown), room, m.at, m.top)
	for i := m.top; i < len(m.shown) && i < m.top+room; i++ {
		lines = append(lines, m.line(m.spec.Items[m.shown[i]], i == m.at, width))
	}
	if m.spec.Wait != "" {
		lines = append(lines, "   "+st.Muted.Render(m.spec.Wait))
	} else if len(m.shown) == 0 {
		lines = append(lines, "   "+st.Muted.Render("Nothing is called that."))
	}
	if len(m.shown) > m.top+room {
		f.Right = "more " + st.Glyphs.Down
	}
	return kit.Box(st, f, strings.Join(lines, "\n"), w, h)
}

// line is one item: the mark, the key, what it does, and a note at the right.
func (m *Menu) line(it Item, marked bool, width int) string {
	st := m.env.Styles
	cursor, label, note := "   ", st.Text, st.Muted
	if it.Off {
		label, note = st.Faint, st.Faint
	}
	if marked {
		cursor = " " + st.Cursor.Render(st.Glyphs.Cursor) + " "
		if !it.Off {
			label = st.Selected
		}
	}
	left := cursor
	if k := m.keys(); k > 0 {
		style := st.Key
		if it.Off {
			style = st.Faint
		}
		left += style.Render(kit.Pad(keymap.Show(it.Key), k)) + "  "
	}
	left += label.Render(kit.Pad(kit.Clean(it.Label), m.labels()))
	room := width - kit.Width(left) - 3
	text := kit.Truncate(kit.Clean(it.Note), max(0, room), st.Glyphs.Ellipsis)
	return kit.FitLine(kit.Truncate(left, width, st.Glyphs.Ellipsis)+"  "+note.Render(text), width)
}

// Cursor implements Modal: in the search.
func (m *Menu) Cursor() *tea.Cursor {
	w, h := m.Size()
	if !m.spec.Typed || w < 8 || h < 3 {
		return nil
	}
	at := kit.Width(kit.Clean(string([]rune(m.input.Value())[:m.input.Position()])))
	c := tea.NewCursor(min(4+at, w-2), 1)
	c.Shape, c.Blink = tea.CursorBar, false
	return c
}
