package create

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
)

// Deps is what the form asks the world. Each may be nil: then nothing is said about it.
type Deps struct {
	// Facts are what the draft is checked against; called at every change.
	Facts func() option.Facts
	// NameInUse finds the container that has a name; called at every change.
	NameInUse func(name string) (api.Container, bool)
	// ImageConfig is what a local image brings along, a *api.NotFoundError when it is not
	// here. It runs in the background and must end when ctx does.
	ImageConfig func(ctx context.Context, ref, platform string) (api.ImageConfig, error)
}

// SubmitMsg says that the form was sent off: nothing is wrong with it as far as can be
// known here. It is sent once, until SetProblems asks for more.
type SubmitMsg struct {
	Draft  option.Draft  // as it was typed
	Parsed option.Parsed // of the draft, detached
	Start  bool          // start it too
}

// CloseMsg says that the user went back. The draft is to be kept.
type CloseMsg struct{ Draft option.Draft }

// Screen is the form.
type Screen struct {
	env  *kit.Env
	deps Deps

	sections []*section
	at       int // the section that is shown
	row      int // the focused row in it; beyond the last are the buttons

	valued map[string]bool // flags whose value is the next word
	draft  option.Draft
	parsed option.Parsed
	engine api.FieldErrors // what the engine refused, until the value is changed
	wrong  api.FieldErrors // everything that is wrong, shown or not
	image  lookup
	asked  bool // the user wanted to send it off: everything that is wrong is shown
	sent   bool // it was sent off
	rest   int  // serial of the pause after the last key
	unrest context.CancelFunc

	width, height int
	focus         bool
	offset        int // first line of the section's rows that is shown
	room          int // lines that the rows have

	styles *themes.Styles // what view was drawn with
	view   string
	cursor *tea.Cursor
	dirty  bool
}

// New makes a form that holds a draft, with the cursor in Image.
func New(env *kit.Env, d option.Draft, deps Deps) *Screen {
	s := &Screen{env: env, deps: deps, draft: d.Clone(), focus: true, dirty: true, unrest: func() {}, valued: flagsWithValue()}
	s.draft.Unset(option.KeyDetach)
	for _, name := range option.Sections() {
		s.sections = append(s.sections, newSection(env, name, s.draft))
	}
	s.here().rows[0].field.Focus(false)
	s.check()
	return s
}

// Init begins to look the image up, if the draft has one.
func (s *Screen) Init() tea.Cmd { return s.seek(0) }

// Close ends what goes on in the background. The form may still be drawn.
func (s *Screen) Close() {
	s.image.stop()
	s.unrest()
}

// Draft is what the form holds.
func (s *Screen) Draft() option.Draft { return s.draft.Clone() }

// SetSize implements kit.Pane.
func (s *Screen) SetSize(width, height int) {
	s.width, s.height, s.dirty = max(0, width), max(0, height), true
}

// SetFocus implements kit.Pane.
func (s *Screen) SetFocus(on bool) { s.focus, s.dirty = on, true }

// Capturing implements kit.Capturer: the form has all keys, so that none is lost to a
// command while text is typed.
func (s *Screen) Capturing() bool { return true }

// Refresh checks the draft against a world that has changed: facts, names in use.
func (s *Screen) Refresh() { s.check() }

// Footer are the keys worth knowing in the form.
func (s *Screen) Footer() []keymap.Entry {
	var out []keymap.Entry
	for _, a := range []keymap.Action{
		keymap.FormStart, keymap.FormCreate, keymap.FormNextSection, keymap.FormCopyLine, keymap.Back,
	} {
		if e, ok := s.entry(a); ok && e.Key() != "" {
			out = append(out, e)
		}
	}
	return out
}

// entry is the form's own entry of an action that other scopes may have too.
func (s *Screen) entry(a keymap.Action) (keymap.Entry, bool) {
	for _, e := range s.env.Keys.Entries(keymap.Create) {
		if e.Action == a {
			return e, true
		}
	}
	return keymap.Entry{}, false
}
