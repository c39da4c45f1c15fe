package field

import (
	"slices"
	"strings"
	"unicode"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"gantry/ui/kit"
)

// Focus gives the field the keys. Coming from below (last), a list is entered at its end.
func (m *Model) Focus(last bool) {
	m.focus, m.typing, m.row = true, false, 0
	if m.spec.Kind == List && last {
		m.row = max(0, len(m.values)-1)
	}
	m.edit()
}

// Blur takes the keys away. Values that are empty go.
func (m *Model) Blur() {
	m.focus, m.typing, m.input, m.row = false, false, nil, 0
	m.values = slices.DeleteFunc(m.values, func(v string) bool { return v == "" })
}

// Row is which of the values is edited: the number of those before it.
func (m *Model) Row() int {
	n := 0
	for _, v := range m.values[:min(m.current(), len(m.values))] {
		if v != "" {
			n++
		}
	}
	return n
}

// Editing is the text that is being typed; "" when none is.
func (m *Model) Editing() string {
	if m.input == nil {
		return ""
	}
	return m.input.Value()
}

// Replace puts a text in the place of the one that is being typed.
func (m *Model) Replace(text string) {
	if m.input == nil {
		return
	}
	m.put(m.row, text)
	m.edit()
}

// Next goes to the next row within the field; false when it is at its end and the form
// has to go on. A list offers one empty row after its last value.
func (m *Model) Next() bool {
	if m.spec.Kind != List || m.row >= len(m.values) || m.values[m.row] == "" {
		return false
	}
	m.row++
	m.edit()
	return true
}

// Prev goes to the row before within the field; false when it is at its beginning.
func (m *Model) Prev() bool {
	if m.spec.Kind != List || m.row == 0 {
		return false
	}
	if m.row < len(m.values) && m.values[m.row] == "" {
		m.values = slices.Delete(m.values, m.row, m.row+1)
	}
	m.row--
	m.edit()
	return true
}

// Update handles a key or a paste and reports whether the values have changed. Keys that
// move between rows are for the form to look at first.
func (m *Model) Update(msg tea.Msg) (changed bool, cmd tea.Cmd) {
	if !m.focus {
		return false, nil
	}
	switch m.spec.Kind {
	case Choice:
		return m.choose(msg) || m.own(msg), nil
	case Check:
		return m.toggle(msg), nil
	}
	switch msg := msg.(type) {
	case tea.PasteMsg:
		return m.paste(msg.Content)
	case tea.KeyPressMsg:
		if m.spec.Kind == List && msg.String() == "backspace" && m.input.Value() == "" && m.row > 0 {
			return m.Prev(), nil
		}
		if msg.Text != "" {
			msg.Text = kit.Clean(msg.Text)
		}
		return m.typed(msg)
	}
	return false, nil
}

// typed passes a message to the editor and takes its text over.
func (m *Model) typed(msg tea.Msg) (bool, tea.Cmd) {
	before := m.input.Value()
	next, cmd := m.input.Update(msg)
	m.input = &next
	after := next.Value()
	if after == before {
		return false, cmd
	}
	m.put(m.row, after)
	return true, cmd
}

func (m *Model) put(row int, value string) {
	for len(m.values) <= row {
		m.values = append(m.values, "")
	}
	m.values[row] = value
}

// paste puts pasted text in: into a list a row for each line, elsewhere as one line.
func (m *Model) paste(text string) (bool, tea.Cmd) {
	lines := strings.Split(strings.TrimRight(kit.CleanText(text), "\n"), "\n")
	below := m.spec.Kind == List && len(lines) > 1 && lines[0] == "" // a row of its own is meant
	if m.spec.Kind == List {
		lines = slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	}
	if len(lines) == 0 {
		return false, nil
	}
	if m.spec.Kind != List || len(lines) == 1 && !below {
		return m.typed(tea.PasteMsg{Content: kit.Clean(strings.Join(lines, " "))})
	}
	changed := false
	for i, l := range lines {
		if (i > 0 || below) && m.Next() && m.input.Value() != "" {
			m.values = slices.Insert(m.values, m.row, "")
			m.edit()
		}
		did, _ := m.typed(tea.PasteMsg{Content: l})
		changed = changed || did
	}
	return changed, nil
}

func (m *Model) choose(msg tea.Msg) bool {
	k, ok := msg.(tea.KeyPressMsg)
	n := len(m.spec.Choices)
	if !ok || n < 2 {
		return false
	}
	step := 0
	switch name := k.String(); {
	case name == "left" || name == "h" && !m.spec.Own:
		step = n - 1
	case name == "right" || name == "space" || name == "l" && !m.spec.Own:
		step = 1
	default:
		return false
	}
	m.typing = false
	i := max(0, slices.Index(m.spec.Choices, m.Value()))
	m.values = []string{m.spec.Choices[(i+step)%n]}
	return true
}

// own takes a text in a choice's place. A letter begins a new one; what is none goes behind
// what is there, as the number of times behind on-failure.
func (m *Model) own(msg tea.Msg) bool {
	if !m.spec.Own {
		return false
	}
	v, before := m.Value(), m.Value()
	if v == "" {
		v = m.spec.Choices[0]
	}
	switch msg := msg.(type) {
	case tea.PasteMsg:
		v = strings.TrimSpace(kit.Clean(msg.Content))
	case tea.KeyPressMsg:
		text := kit.Clean(msg.Text)
		switch {
		case msg.String() == "backspace" && m.Value() == "":
			return false
		case msg.String() == "backspace":
			r := []rune(v)
			v = string(r[:len(r)-1])
		case text == "":
			return false
		case !m.typing && unicode.IsLetter([]rune(text)[0]):
			v = text
		default:
			v += text
		}
	default:
		return false
	}
	m.typing = true
	m.values = []string{v}
	if v == "" {
		m.values = nil
	}
	return v != before
}

func (m *Model) toggle(msg tea.Msg) bool {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return false
	}
	switch k.String() {
	case "space", "x", "left", "right":
	default:
		return false
	}
	if m.Value() == On {
		m.values = nil
	} else {
		m.values = []string{On}
	}
	return true
}

// edit makes the editor for the present row; only texts have one.
func (m *Model) edit() {
	if m.spec.Kind != Text && m.spec.Kind != List {
		return
	}
	in := textinput.New()
	in.Prompt = ""
	in.SetVirtualCursor(false)
	in.KeyMap.Paste = key.NewBinding(key.WithDisabled()) // it would run another program; pasting comes from the terminal
	if m.row < len(m.values) {
		in.SetValue(kit.Clean(m.values[m.row]))
	}
	in.CursorEnd()
	in.Focus() // returns a command only for the virtual cursor's blinking
	m.input = &in
}
