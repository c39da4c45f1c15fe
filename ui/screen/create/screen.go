package create

import (
	"context"
	"slices"
	"strings"

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
	// Remote asks the registry about an image that is not here. In the background.
	Remote func(ctx context.Context, ref, platform string) (api.RemoteImage, error)
	// Check looks at the world that a create of the request would meet. In the background.
	Check func(ctx context.Context, req api.CreateRequest) (api.Checked, error)
	// Suggest is what a text can become. In the background.
	Suggest func(ctx context.Context, from option.Fill, text string) ([]Suggestion, error)
	// Presets are what the form can be filled from.
	Presets Presets
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
	task Task

	sections []*section
	at       int // the section that is shown
	row      int // the focused row in it; beyond the last are the buttons

	valued    map[string]bool // flags whose value is the next word
	draft     option.Draft
	parsed    option.Parsed
	engine    api.FieldErrors // what the engine refused, until the value is changed
	wrong     api.FieldErrors // everything that is wrong, shown or not
	mine      int             // how many of these are wrong whatever the world is like
	image     lookup
	answers   map[string]answer // of registries, by image and platform
	world     world
	list      completion        // of what the focused text can become
	sheet     sheet             // has the place of the rows; nil: none
	reveal    bool              // values that look secret are shown
	speaks    int               // whose line is shown
	marks     []option.Mark     // what a shell would have replaced in a pasted line
	lastLine  string            // that was pasted
	leftovers []option.Leftover // of it, that the form has no place for
	insist    string            // the draft's line that was sent off although the world is in the way
	due       *bool             // it is to be sent off once the world has answered: to be started or not
	agreed    []string          // directories of this host that may be made
	asked     bool              // the user wanted to send it off: everything that is wrong is shown
	sent      bool              // it was sent off
	rest      int               // serial of the pause after the last key
	unrest    context.CancelFunc

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
func New(env *kit.Env, d option.Draft, deps Deps) *Screen { return For(Task{}, env, d, deps) }

// For makes a form for a task.
func For(task Task, env *kit.Env, d option.Draft, deps Deps) *Screen {
	task.Edit, task.Duplicate = kit.Clean(task.Edit), kit.Clean(task.Duplicate)
	s := &Screen{env: env, deps: deps, task: task, draft: d.Clone(), focus: true, dirty: true, unrest: func() {}, valued: flagsWithValue()}
	s.draft.Unset(option.KeyDetach)
	for _, name := range option.Sections() {
		s.sections = append(s.sections, newSection(env, name, s.draft))
	}
	s.here().rows[0].field.Focus(false)
	s.check()
	return s
}

// Init begins to look the image up, if the draft has one.
func (s *Screen) Init() tea.Cmd { return tea.Batch(s.seek(0), s.ask(0, false)) }

// Close ends what goes on in the background. The form may still be drawn.
func (s *Screen) Close() {
	s.image.stop()
	s.world.stop()
	s.list.close()
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

// Refresh checks the draft against a world that has changed: facts, names in use. What was
// in the way is asked for again.
func (s *Screen) Refresh() tea.Cmd {
	s.check()
	return s.ask(worldRest, len(s.world.found.Problems) > 0)
}

// Footer are the keys worth knowing in the form.
func (s *Screen) Footer() []keymap.Entry {
	if s.sheet != nil {
		return s.sheet.footer()
	}
	var out []keymap.Entry
	actions := []keymap.Action{keymap.FormStart, keymap.FormFind, keymap.FormPaste, keymap.FormPresets, keymap.FormNextSection, keymap.FormCreate, keymap.FormCopyLine, keymap.Back}
	if r := s.current(); r != nil && len(option.Parts(r.opt.Key)) > 0 {
		actions = slices.Insert(actions, 1, keymap.FormParts)
	}
	for _, a := range actions {
		if e, ok := s.entry(a); ok && e.Key() != "" {
			if a == keymap.FormStart || a == keymap.FormCreate {
				start, rest := s.task.verbs()
				e = e.With(strings.ToLower(map[keymap.Action]string{keymap.FormStart: start, keymap.FormCreate: rest}[a]))
			}
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
