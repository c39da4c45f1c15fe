package logs

import (
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/backend"
	"gantry/ui/kit"
	"gantry/ui/widget/scroll"
)

// Deps is what the screen needs of the engine.
type Deps struct{ Logger backend.Logger }

// CloseMsg says that the user went back.
type CloseMsg struct{}

// SaveMsg asks for the lines to be written to a file.
type SaveMsg struct {
	Name  string // of the container
	Text  string
	Lines int
}

// Screen is the log of one container.
type Screen struct {
	env       *kit.Env
	logger    backend.Logger
	container api.Container
	log       *scroll.Model
	follow    *follow
	started   time.Time // of the run that is followed
	last      time.Time // of the newest line

	arrived int // lines so far
	seen    int // of them when following was stopped
	ended   bool
	err     error

	typing bool
	input  textinput.Model
	missed bool // the search has found nothing

	width, height int
	focus         bool
	styles        *themes.Styles
	view          string
	inner         string // the log that view was drawn with
	dirty         bool
	bare          bool // without a border: part of another pane
}

// New makes the screen of a container's log. Nothing is read before Init.
func New(env *kit.Env, deps Deps, c api.Container) *Screen {
	s := &Screen{env: env, container: c.Clone(), logger: deps.Logger, log: scroll.New(env), follow: newFollow(deps.Logger, c.ID), started: c.StartedAt, focus: true, dirty: true}
	s.input = textinput.New()
	s.input.Prompt = ""
	s.input.SetVirtualCursor(false)
	s.input.KeyMap.Paste = key.NewBinding(key.WithDisabled())
	return s
}

// Tail is the end of a container's log as a part of another pane: without a border, and
// with no more lines than one looks through there.
func Tail(env *kit.Env, deps Deps, c api.Container) *Screen {
	s := New(env, deps, c)
	s.bare, s.follow.tail = true, tailLines
	return s
}

// tailLines is how many lines of a log a Tail reads at first.
const tailLines = 1000

// Init begins to read the log.
func (s *Screen) Init() tea.Cmd { return tea.Batch(s.follow.read, s.follow.next()) }

// Close ends the reading.
func (s *Screen) Close() { s.follow.cancel() }

// ID is the container whose log this is.
func (s *Screen) ID() string { return s.container.ID }

// SetContainer tells how the container is now: the title and the last line say it. One
// that was started again is followed again from where its log had ended.
func (s *Screen) SetContainer(c api.Container) tea.Cmd {
	if o := s.container; c.State != o.State || c.Name != o.Name || !c.StartedAt.Equal(o.StartedAt) || c.ExitCode != o.ExitCode || c.OOMKilled != o.OOMKilled {
		s.container, s.dirty = c.Clone(), true
	}
	if !s.ended || !c.State.Alive() || !c.StartedAt.After(s.started) {
		return nil
	}
	return s.again()
}

// Resume reads on after the engine was away.
func (s *Screen) Resume() tea.Cmd {
	if !s.ended || s.err == nil {
		return nil
	}
	return s.again()
}

// again reads on after the newest line that is here.
func (s *Screen) again() tea.Cmd {
	s.follow.cancel()
	tail := s.follow.tail
	s.follow = newFollow(s.logger, s.container.ID)
	s.follow.tail = tail
	if !s.last.IsZero() {
		s.follow.since = s.last.Add(time.Nanosecond)
	}
	s.started, s.ended, s.err, s.dirty = s.container.StartedAt, false, nil, true
	return s.Init()
}

// SetSize implements kit.Pane.
func (s *Screen) SetSize(width, height int) {
	s.width, s.height, s.dirty = max(0, width), max(0, height), true
	w, h := s.room()
	s.log.SetSize(max(0, w-2), max(0, h-s.bar()))
	s.input.SetWidth(max(1, w-len(prompt)-2))
}

// bar is the number of lines below the log: one for what is going on, if there is room.
func (s *Screen) bar() int {
	if _, h := s.room(); h < 2 {
		return 0
	}
	return 1
}

// room is the size of what is inside the border.
func (s *Screen) room() (w, h int) {
	if s.bare {
		return s.width, s.height
	}
	return kit.Inner(s.width, s.height)
}

// SetFocus implements kit.Pane.
func (s *Screen) SetFocus(on bool) { s.focus, s.dirty = on, true }

// Capturing implements kit.Capturer: while a search is typed.
func (s *Screen) Capturing() bool { return s.typing }

// Footer are the keys worth knowing in the log.
func (s *Screen) Footer() []keymap.Entry {
	pick := []keymap.Action{keymap.LogFollow, keymap.LogTimestamps, keymap.LogWrap, keymap.LogSearch, keymap.LogSave}
	if s.typing {
		return s.env.Keys.Pick(keymap.LineAccept, keymap.LineCancel)
	}
	if s.log.Query() != "" {
		pick = append(pick, keymap.LogNext, keymap.LogPrev)
	}
	return s.env.Keys.Pick(append(pick, keymap.Back)...)
}
