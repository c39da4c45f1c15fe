package create

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/option"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/preset"
	"gantry/ui/widget/field"
)

// Presets are the drafts that the form can be filled from. Its methods run in the background.
type Presets interface {
	List() ([]preset.Preset, error) // the user's own and those that gantry brings along
	Last() ([]preset.Preset, error) // the last forms, newest first
	Remove(preset.Preset) error
}

// AskMsg asks whether something of the user's may be lost. Then is for when it may.
type AskMsg struct {
	Title  string
	Body   []string
	Verb   string
	Opener string
	Then   func() tea.Cmd
}

// KeepMsg asks for the form's draft to be kept as a preset.
type KeepMsg struct {
	Draft  option.Draft
	Name   string // one to begin with; may be empty
	Opener string
}

// picker is the list of presets and last forms.
type picker struct {
	s      *Screen
	input  *field.Model
	list   menu
	all    []preset.Preset
	shown  []preset.Preset // those that the words leave, in the order of the list
	loaded bool
	wrong  []string // what is wrong with files, a line each
	room   int
}

// presetsMsg is what there is to pick from.
type presetsMsg struct {
	of  *picker
	all []preset.Preset
	err error
}

// openPresets opens the list and has it read.
func (s *Screen) openPresets() tea.Cmd {
	if s.deps.Presets == nil {
		return kit.Notify(kit.Info, "there are no presets here")
	}
	p := &picker{s: s, input: field.New(s.env, field.Spec{Label: "Find", Kind: field.Text, Hint: "a name, an image or an option"})}
	p.input.Focus(false)
	s.open(p)
	return p.read()
}

// read reads the presets and the last forms: one's own first, then the last forms, then
// gantry's.
func (p *picker) read() tea.Cmd {
	from := p.s.deps.Presets
	return func() tea.Msg {
		list, err := from.List()
		last, lerr := from.Last()
		var all []preset.Preset
		for _, x := range list {
			if x.Path != "" {
				all = append(all, x)
			}
		}
		all = append(all, last...)
		for _, x := range list {
			if x.Path == "" {
				all = append(all, x)
			}
		}
		if err == nil {
			err = lerr
		}
		return presetsMsg{p, all, err}
	}
}

// took takes what was read.
func (p *picker) took(m presetsMsg) {
	p.loaded, p.all, p.wrong = true, m.all, nil
	if m.err != nil {
		for l := range strings.Lines(kit.CleanText(m.err.Error())) {
			p.wrong = append(p.wrong, strings.TrimSpace(l))
		}
	}
	p.look()
	p.s.dirty = true
}

func (p *picker) title() string { return "presets and last forms" }

func (p *picker) advice() string {
	x, ok := p.marked()
	switch {
	case !ok:
		return "Type a part of a name, an image or an option"
	case x.About != "":
		return kit.Clean(x.About)
	case !x.At.IsZero():
		return "Sent off " + kit.Age(p.s.age(x.At)) + " ago"
	}
	return "In " + kit.Clean(x.Path)
}

func (p *picker) footer() []keymap.Entry {
	out := p.s.hints(keymap.FormPress, "fill the form", keymap.FormDrop, "delete", keymap.Back, "back")
	if x, ok := p.marked(); !ok || x.Path == "" {
		out = slices.DeleteFunc(out, func(e keymap.Entry) bool { return e.Action == keymap.FormDrop || !ok && e.Action == keymap.FormPress })
	}
	return out
}

func (p *picker) paste(text string) tea.Cmd {
	p.input.Update(tea.PasteMsg{Content: strings.TrimSpace(text)})
	p.look()
	return nil
}

func (p *picker) key(a keymap.Action, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case p.list.move(a, p.room):
	case a == keymap.FormPress:
		return p.choose(k.String())
	case a == keymap.FormDrop:
		return p.drop(k.String())
	case a == "":
		p.input.Update(k)
		p.look()
	}
	return nil
}

// marked is the preset under the cursor.
func (p *picker) marked() (preset.Preset, bool) {
	i, ok := p.list.chosen()
	if !ok {
		return preset.Preset{}, false
	}
	return p.shown[i], true
}

// look lists what has all the words that were typed.
func (p *picker) look() {
	sieve := kit.NewSieve(p.input.Value())
	p.shown = nil
	for _, x := range p.all {
		if sieve.PassesText(p.s.named(x) + " " + x.About + " " + p.s.discreet(x.Draft).Line(kind(x))) {
			p.shown = append(p.shown, x)
		}
	}
	name, image := 0, 0
	for _, x := range p.shown {
		name, image = max(name, kit.Width(p.s.named(x))), max(image, kit.Width(kit.Clean(x.Draft.Get(option.KeyImage))))
	}
	name, image = min(name, widestName), min(image, widestName)
	items := make([]item, 0, len(p.shown))
	for _, x := range p.shown {
		rest := p.s.discreet(x.Draft)
		it := item{lead: kind(x), text: p.s.cell(p.s.named(x), name) + "  " + p.s.cell(kit.Clean(rest.Get(option.KeyImage)), image)}
		args := rest.All(option.KeyArgs)
		rest.Unset(option.KeyImage)
		rest.Unset(option.KeyArgs)
		it.note = kit.Clean(strings.TrimSpace(option.QuoteWords(rest.Words()) + "  " + option.QuoteWords(args)))
		items = append(items, it)
	}
	p.list.set(items, true)
}

// widestName is how many cells a name or an image has at most in the list.
const widestName = 22

// cell is a text in exactly so many cells.
func (s *Screen) cell(text string, width int) string {
	return kit.Pad(kit.Truncate(text, width, s.env.Styles.Glyphs.Ellipsis), width)
}

// kind is whose a preset is.
func kind(x preset.Preset) string {
	switch {
	case !x.At.IsZero():
		return "last"
	case x.Path != "":
		return "yours"
	}
	return "gantry's"
}

// named is what a preset is called in the list: one of the last forms after its container.
func (s *Screen) named(x preset.Preset) string {
	if x.At.IsZero() {
		return kit.Clean(x.Name)
	}
	if n := x.Draft.Get(option.KeyName); n != "" {
		return kit.Clean(n)
	}
	return kit.Age(s.age(x.At)) + " ago"
}

func (s *Screen) age(at time.Time) time.Duration {
	if s.env.Now == nil {
		return 0
	}
	return max(0, s.env.Now().Sub(at))
}

// choose fills the form from the marked preset, and asks first when values would be lost.
func (p *picker) choose(key string) tea.Cmd {
	x, ok := p.marked()
	if !ok {
		return nil
	}
	s := p.s
	lost := lost(s.draft, x.Draft)
	if len(lost) == 0 {
		return s.fillFrom(x)
	}
	body := []string{"This is in the form now, and is replaced or goes:", ""}
	for _, l := range lost {
		body = append(body, "  "+l)
	}
	return ask(AskMsg{Title: "Fill the form from " + s.named(x) + "?", Body: body, Verb: "Fill it", Opener: key, Then: func() tea.Cmd { return s.fillFrom(x) }})
}

func ask(m AskMsg) tea.Cmd { return func() tea.Msg { return m } }

// lost are the options whose values in a draft another one has not.
func lost(have, next option.Draft) (labels []string) {
	for _, e := range have.Entries() {
		if !slices.Equal(e.Values, next.All(e.Key)) {
			o, _ := option.Find(e.Key)
			labels = append(labels, o.Label)
		}
	}
	return labels
}

// fillFrom fills the form from a preset.
func (s *Screen) fillFrom(x preset.Preset) tea.Cmd {
	cmd := s.Fill(x.Draft, nil)
	var without []string
	for _, v := range x.Draft.All(option.KeyEnv) {
		if name, ok := strings.CutSuffix(v, "="); ok && option.Secret(name) {
			without = append(without, kit.Clean(name))
		}
	}
	if len(without) == 0 {
		return tea.Batch(cmd, kit.Notify(kit.Good, "The form was filled from "+s.named(x)))
	}
	return tea.Batch(cmd, kit.Notify(kit.Warn, strings.Join(without, ", ")+" needs a value: secrets are not kept among the last forms"))
}

// drop deletes the marked preset when that is agreed to.
func (p *picker) drop(key string) tea.Cmd {
	x, ok := p.marked()
	switch {
	case !ok:
		return nil
	case x.Path == "":
		return kit.Notify(kit.Info, p.s.named(x)+" comes with gantry, and stays; one of your own of that name stands in its place")
	}
	from := p.s.deps.Presets
	what := "The preset "
	if !x.At.IsZero() {
		what = "The form "
	}
	return ask(AskMsg{
		Title: "Delete " + p.s.named(x) + "?", Verb: "Delete", Opener: key,
		Body: []string{what + p.s.named(x) + " is deleted, with its file:", "  " + kit.Clean(x.Path)},
		Then: func() tea.Cmd {
			return func() tea.Msg {
				if err := from.Remove(x); err != nil {
					return kit.NoticeMsg{Notice: kit.Notice{Level: kit.Bad, Text: kit.Clean(err.Error())}}
				}
				return p.read()()
			}
		},
	})
}

// preview is the marked preset, whose line stands below.
func (p *picker) preview() option.Draft {
	x, _ := p.marked()
	return x.Draft
}

// keep asks for the draft to be kept as a preset.
func (s *Screen) keep(key string) tea.Cmd {
	if s.draft.Empty() {
		return kit.Notify(kit.Info, "there is nothing in the form to keep yet")
	}
	m := KeepMsg{Draft: s.Draft(), Name: s.draft.Get(option.KeyName), Opener: key}
	return func() tea.Msg { return m }
}

func (p *picker) draw(width, room int) ([]string, *tea.Cursor) {
	st := p.s.env.Styles
	p.input.SetSize(width-margin, 6)
	out := []string{kit.Spaces(margin) + p.input.View(), ""}
	wrong := p.wrong[:min(len(p.wrong), 2)]
	p.room = room - len(out) - len(wrong)
	out = append(out, p.list.draw(p.s.env, width, p.room)...)
	switch {
	case !p.loaded:
		out = append(out, kit.Spaces(margin)+st.Note.Render("reading"+st.Glyphs.Ellipsis))
	case len(p.list.items) == 0:
		out = append(out, kit.Spaces(margin)+st.Note.Render("nothing has that"))
	}
	for len(out) < room-len(wrong) {
		out = append(out, "")
	}
	for _, w := range wrong {
		out = append(out, kit.Spaces(margin)+st.Warn.Render(kit.Truncate("! "+w, max(0, width-margin-1), st.Glyphs.Ellipsis)))
	}
	return out, p.s.cursorAt(p.input.Cursor(), margin, 0)
}
