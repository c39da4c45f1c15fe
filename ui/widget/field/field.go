package field

import (
	"slices"

	"charm.land/bubbles/v2/textinput"

	"gantry/ui/kit"
)

// Kind says how a field is edited.
type Kind int

// The kinds of field.
const (
	Text   Kind = iota // one text
	Choice             // one of several, ◂ x ▸
	Check              // on or off, [x]
	List               // texts, a row each
)

// On is the value of a check box that is on; one that is off has none.
const On = "true"

// Spec is what does not change about a field.
type Spec struct {
	Key     string // what its owner calls it
	Label   string
	Kind    Kind
	Choices []string // of a Choice; the first is what it has when nothing is set
	Own     bool     // of a Choice: a text of one's own can be typed in its place
	Hint    string   // beside a check box: "when it exits"; in an empty text: an example
	Secret  bool     // shown as dots while it is not edited
	// Mask is how a value is shown that is not edited; nil: as it is.
	Mask func(value string) string
}

// Model is a field. Its methods are for one goroutine.
type Model struct {
	env    *kit.Env
	spec   Spec
	width  int
	label  int // cells of the label's column
	values []string

	ghost, ghostFrom string
	note             string
	problems         map[int]string

	focus  bool
	typing bool // a choice's own text is being typed
	row    int  // of a list: which value is edited; may be len(values), a new one
	input  *textinput.Model
}

// defaultLabel is the width of the column of labels when SetSize is not told another.
const defaultLabel = 11

// New makes an empty field.
func New(env *kit.Env, spec Spec) *Model {
	return &Model{env: env, spec: spec, label: defaultLabel}
}

// Spec is what the field was made with.
func (m *Model) Spec() Spec { return m.spec }

// SetSize sets the field's width and that of its column of labels; 0 keeps the label's.
func (m *Model) SetSize(width, label int) {
	m.width = max(0, width)
	if label > 0 {
		m.label = label
	}
}

// room is the width of the value's column.
func (m *Model) room() int { return max(0, m.width-m.label) }

// Value is the field's only value, or the first of a list; "" when there is none.
func (m *Model) Value() string {
	if v := m.Values(); len(v) > 0 {
		return v[0]
	}
	return ""
}

// Values are the field's values as they were set or typed: none for what is empty, a
// check box that is off, or a choice that was never made.
func (m *Model) Values() []string {
	out := make([]string, 0, len(m.values))
	for _, v := range m.values {
		if v != "" {
			out = append(out, v)
		}
	}
	return out
}

// Set replaces the values. A choice that is not among the choices is added to them.
func (m *Model) Set(values ...string) {
	m.values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	if m.spec.Kind != List && len(m.values) > 1 {
		m.values = m.values[len(m.values)-1:] // as with flags given twice: the last one counts
	}
	if m.spec.Kind == Choice && len(m.values) == 1 && !slices.Contains(m.spec.Choices, m.values[0]) {
		m.spec.Choices = append(slices.Clone(m.spec.Choices), m.values[0])
	}
	m.row = min(m.row, len(m.values))
	if m.focus {
		m.edit()
	}
}

// SetGhost sets what is used when nothing is typed, and where that comes from: "from
// the image". It stands in the field's place while the field is empty.
func (m *Model) SetGhost(text, from string) { m.ghost, m.ghostFrom = kit.Clean(text), kit.Clean(from) }

// SetNote sets the line under the field, shown while there is no problem; "" is none.
func (m *Model) SetNote(text string) { m.note = kit.Clean(text) }

// SetProblem says what is wrong with the value at index (0 but for lists); "" is nothing.
func (m *Model) SetProblem(index int, text string) {
	if text == "" {
		delete(m.problems, index)
		return
	}
	if m.problems == nil {
		m.problems = map[int]string{}
	}
	m.problems[index] = kit.Clean(text)
}

// ClearProblems forgets all problems.
func (m *Model) ClearProblems() { m.problems = nil }

// Problem is the first of the field's problems, "" when it has none.
func (m *Model) Problem() string {
	first, text := -1, ""
	for i, p := range m.problems {
		if first < 0 || i < first {
			first, text = i, p
		}
	}
	return text
}

// Focused reports whether the field has the keys.
func (m *Model) Focused() bool { return m.focus }

// Capturing reports whether printable keys are text here.
func (m *Model) Capturing() bool {
	return m.focus && (m.spec.Kind == Text || m.spec.Kind == List || m.spec.Kind == Choice && m.spec.Own)
}
