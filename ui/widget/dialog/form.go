package dialog

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/widget/field"
)

// FormSpec is a question that is answered with a few fields.
type FormSpec struct {
	Title  string
	Body   []string // above the fields
	Fields []field.Spec
	Verb   string // what the button does: "Create"
	// Check says what is wrong with what is typed, by field; nil: nothing is checked.
	Check  func(*Form) []api.FieldError
	Opener string
}

// Form is an open form. It is closed by its owner once what it asks for is done, so that
// what is wrong can be told at its field. Its methods are for one goroutine.
type Form struct {
	base
	spec   FormSpec
	fields []*field.Model
	at     int  // the field with the keys; len(fields): the button
	busy   bool // what it asks for is being done
	tried  bool
	other  string // what is wrong and belongs to no field
	top    int
}

// NewForm opens a form with its first field empty and ready.
func NewForm(env *kit.Env, spec FormSpec) *Form {
	f := &Form{base: base{env: env, opener: spec.Opener}, spec: spec}
	label := 0
	for _, s := range spec.Fields {
		label = max(label, kit.Width(s.Label)+2)
	}
	for _, s := range spec.Fields {
		m := field.New(env, s)
		m.SetSize(0, label)
		f.fields = append(f.fields, m)
	}
	f.focus(0, false)
	return f
}

// Set gives a field its values.
func (f *Form) Set(key string, values ...string) {
	if m := f.field(key); m != nil {
		m.Set(values...)
	}
}

// SetNote says something under a field.
func (f *Form) SetNote(key, text string) {
	if m := f.field(key); m != nil {
		m.SetNote(text)
	}
}

// Value is what is in a field.
func (f *Form) Value(key string) string {
	if m := f.field(key); m != nil {
		return strings.TrimSpace(m.Value())
	}
	return ""
}

// Values are what is in a field of several rows.
func (f *Form) Values(key string) []string {
	if m := f.field(key); m != nil {
		return m.Values()
	}
	return nil
}

func (f *Form) field(key string) *field.Model {
	i := slices.IndexFunc(f.fields, func(m *field.Model) bool { return m.Spec().Key == key })
	if i < 0 {
		return nil
	}
	return f.fields[i]
}

// SetBusy says that what it asks for is being done.
func (f *Form) SetBusy() { f.busy = true }

// Fail says why it could not be done: at the fields that are to blame, else below them all.
func (f *Form) Fail(problems []api.FieldError, other string) {
	f.busy, f.tried = false, true
	f.show(problems)
	if other != "" {
		f.other = other
	}
}

// show puts problems at their fields and goes to the first of them.
func (f *Form) show(problems []api.FieldError) {
	f.other = ""
	for _, m := range f.fields {
		m.ClearProblems()
	}
	first := -1
	for _, p := range problems {
		i := slices.IndexFunc(f.fields, func(m *field.Model) bool { return m.Spec().Key == p.Field })
		text := p.Reason
		if p.Fix != "" {
			text += " (" + p.Fix + ")"
		}
		if i < 0 {
			f.other = text
			continue
		}
		f.fields[i].SetProblem(0, text)
		if first < 0 || i < first {
			first = i
		}
	}
	if first >= 0 && f.at == len(f.fields) {
		f.focus(first, false)
	}
}

// focus gives the keys to a field, or to the button.
func (f *Form) focus(i int, last bool) {
	if f.at < len(f.fields) {
		f.fields[f.at].Blur()
	}
	f.at = i
	if i < len(f.fields) {
		f.fields[i].Focus(last)
	}
}

// Update implements Modal. A form answers OK when its button is pressed and nothing is wrong.
func (f *Form) Update(msg tea.Msg) (answer string, done bool) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok {
		if p, ok := msg.(tea.PasteMsg); ok && !f.busy && f.at < len(f.fields) {
			f.edit(p)
		}
		return "", false
	}
	a, _ := f.env.Keys.Lookup(keymap.Fields, k.String())
	if a == keymap.Back {
		return Cancel, true
	}
	if f.busy {
		return "", false
	}
	switch a {
	case keymap.FormNext:
		f.step(1)
	case keymap.FormPrev:
		f.step(-1)
	case keymap.FormPress:
		if f.at < len(f.fields)-1 {
			f.step(1)
			return "", false
		}
		return f.submit()
	case keymap.FormStart:
		return f.submit()
	default:
		if f.at < len(f.fields) {
			f.edit(k)
		}
	}
	return "", false
}

// edit passes a message to the field with the keys. Once something was wrong, what is
// typed is checked as it is typed.
func (f *Form) edit(msg tea.Msg) {
	changed, _ := f.fields[f.at].Update(msg)
	if changed && f.tried && f.spec.Check != nil {
		f.show(f.spec.Check(f))
	}
}

func (f *Form) step(n int) {
	if f.at < len(f.fields) {
		m := f.fields[f.at]
		if n > 0 && m.Next() || n < 0 && m.Prev() {
			return
		}
	}
	all := len(f.fields) + 1
	f.focus((f.at+n+all)%all, n < 0)
}

func (f *Form) submit() (answer string, done bool) {
	f.tried = true
	if f.spec.Check != nil {
		if p := f.spec.Check(f); len(p) > 0 {
			f.show(p)
			return "", false
		}
	}
	return OK, true
}

// Footer implements Modal.
func (f *Form) Footer() []keymap.Entry {
	out := f.env.Keys.PickIn(keymap.Fields, keymap.FormStart, keymap.FormNext, keymap.Back)
	for i, e := range out {
		if e.Action == keymap.FormStart {
			out[i] = e.With(strings.ToLower(f.spec.Verb))
		}
	}
	return out
}

// Size implements Modal.
func (f *Form) Size() (width, height int) {
	w := f.outer(60)
	if w == 0 || f.height == 0 {
		return 0, 0
	}
	lines, _ := f.lines(inner(w))
	return w, min(f.height, len(lines)+border)
}

// Place implements Modal.
func (f *Form) Place() (x, y int) { return f.place(f.Size()) }

// lines are all lines of the form, and which of them is being edited.
func (f *Form) lines(width int) (out []string, edited int) {
	st := f.env.Styles
	for _, l := range f.spec.Body {
		for _, part := range kit.Wrap(kit.Clean(l), max(1, width)) {
			out = append(out, st.Muted.Render(part))
		}
	}
	out = append(out, "")
	for i, m := range f.fields {
		m.SetSize(width, 0)
		if i == f.at {
			edited = len(out) + m.Line()
		}
		out = append(out, strings.Split(m.View(), "\n")...)
	}
	out = append(out, "")
	if f.other != "" {
		for _, part := range kit.Wrap(kit.Clean(f.other), max(1, width-2)) {
			out = append(out, st.Problem.Render(st.Glyphs.Cross+" "+part))
		}
	}
	if f.at == len(f.fields) {
		edited = len(out)
	}
	return append(out, f.button(width)), edited
}

func (f *Form) button(width int) string {
	st := f.env.Styles
	text, style := "[ "+f.spec.Verb+" ]", st.Button
	if f.at == len(f.fields) {
		text, style = "["+st.Glyphs.Right+f.spec.Verb+" ]", st.ButtonFocus
	}
	if f.busy {
		text, style = "working"+st.Glyphs.Ellipsis, st.Muted
	}
	return kit.FitLine(kit.PadLeft(style.Render(text), width), width)
}

// View implements Modal.
func (f *Form) View() string {
	w, h := f.Size()
	if w == 0 || h == 0 {
		return ""
	}
	f.seen()
	lines, edited := f.lines(inner(w))
	frame := kit.Frame{Title: kit.Clean(f.spec.Title), Focused: true}
	_, room := kit.Inner(w, h)
	f.top = window(len(lines), room, edited, f.top)
	if len(lines) > f.top+room {
		frame.Right = "more " + f.env.Styles.Glyphs.Down
	}
	lines = lines[f.top:min(len(lines), f.top+room)]
	for i, l := range lines {
		lines[i] = kit.Spaces(padding) + l
	}
	return kit.Box(f.env.Styles, frame, strings.Join(lines, "\n"), w, h)
}

// Cursor implements Modal.
func (f *Form) Cursor() *tea.Cursor {
	w, h := f.Size()
	if f.at >= len(f.fields) || f.busy || w < border+2*padding || h < 3 {
		return nil
	}
	c := f.fields[f.at].Cursor()
	if c == nil {
		return nil
	}
	_, edited := f.lines(inner(w))
	out := *c
	out.X += 1 + padding
	out.Y = 1 + edited - f.top
	if out.X >= w-1 || out.Y < 1 || out.Y >= h-1 {
		return nil
	}
	return &out
}
