package app

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/backend"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/pane/detail"
	"gantry/ui/pane/pull"
	"gantry/ui/preset"
	"gantry/ui/screen/containers"
	"gantry/ui/screen/create"
	"gantry/ui/screen/doctor"
	"gantry/ui/screen/events"
	"gantry/ui/screen/logs"
	"gantry/ui/store"
	"gantry/ui/stream"
	"gantry/ui/widget/helpview"
)

// Options is how the workbench is to be.
type Options struct {
	Keys  *keymap.Map      // nil: the default keys
	Theme string           // a palette's name; "": light or dark as the terminal is, sixteen colours where it has no more
	ASCII bool             // no glyphs beyond ASCII
	Mono  bool             // no colour
	Now   func() time.Time // nil: time.Now
	// Command is how gantry was called, for the line that calls it as root; "": gantry.
	Command string
	// Palette is the theme to draw with, whatever the terminal is; nil: Theme's.
	Palette *themes.Palette
	// Doctor looks at this host; nil: there is no doctor.
	Doctor func(context.Context) []api.Finding
	// Hello is said once when the workbench opens; "": nothing.
	Hello string
	// New opens the form at once, and Line is offered to it.
	New  bool
	Line string
	// Draft is what the form is filled with when it is first opened; nil: nothing.
	Draft *option.Draft
	// Drawn is called when View gives something else than before; nil: nobody asks.
	Drawn func()
	// Presets is where presets and the last forms are kept.
	Presets preset.Store
	// AskStop asks before a container is stopped.
	AskStop bool
	// StopTimeout is how long a container has to end when it is stopped; nil: as it was made.
	StopTimeout *time.Duration
}

// Model is the root model.
type Model struct {
	ctx    context.Context
	cancel context.CancelFunc
	engine backend.Engine
	base   backend.Engine // engine in the namespace that it was opened with
	opt    Options
	env    *kit.Env
	look   look

	store *store.Store
	jobs  *jobs.Set
	watch watch

	list   *containers.Screen
	things things // nil: the containers are shown
	// journal hears what happens in the namespace that is shown; nil before the start.
	journal *events.Journal
	detail  *detail.Pane
	pulls   *pull.Pane
	focus   focus

	form    *create.Screen // nil unless it is open
	log     *logs.Screen   // nil unless it is open
	tail    *logs.Screen   // of the detail; nil unless its tab is shown
	help    *helpview.Model
	doctor  *doctor.Screen // nil unless it is open
	dialogs []question
	notice  notice
	problem problem

	draft    option.Draft // of a form that was closed
	editing  *editing     // the container whose options the form has; nil when it has a new one's
	mending  string       // the failed row whose draft is in the form
	facts    option.Facts
	fetched  fetched
	fresh    map[string]bool // containers started from here whose end would be news
	quitting quitting

	layout        Layout
	width, height int
	blurred       bool
	blurredAt     time.Time
	ran           map[string]string // the fields of the last command that was run in a container
	meter         meter
	past          *past
	used          usedMsg // the last close-up
	guests        *guests
	roster        roster
	thingsDue     bool
	tick          ticking
	frame         frame
}

// New makes the root model. It works until ctx ends or Close is called.
func New(ctx context.Context, engine backend.Engine, opt Options) *Model {
	if opt.Keys == nil {
		opt.Keys = keymap.Default()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Command == "" {
		opt.Command = "gantry"
	}
	m := &Model{engine: engine, base: engine, opt: opt, store: store.New(), fresh: map[string]bool{}, guests: &guests{}, past: newPast(), look: look{dark: true}}
	if opt.Draft != nil {
		m.draft = opt.Draft.Clone()
	}
	m.ctx, m.cancel = context.WithCancel(ctx)
	m.env = &kit.Env{Keys: opt.Keys, Now: opt.Now, Styles: themes.Default(true)}
	m.restyle()
	m.jobs = jobs.New(m.ctx, opt.Now)
	m.list = containers.New(m.env, m.store)
	m.detail = detail.New(m.env)
	m.pulls = pull.New(m.env)
	m.setFocus(focusList)
	return m
}

// Close ends everything that goes on in the background.
func (m *Model) Close() {
	m.closeForm()
	m.closeLog()
	m.closeTail()
	m.closeThings()
	m.closeDoctor()
	m.cancel()
}

// Jobs are the operations under way, for whoever ends the program.
func (m *Model) Jobs() *jobs.Set { return m.jobs }

// Init implements tea.Model.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{tea.RequestBackgroundColor, m.startWatch(), m.hear()}
	if m.opt.New {
		cmds = append(cmds, m.openForm(create.Task{}, m.draft, nil))
		m.form.Offer(m.opt.Line)
	}
	if m.opt.Hello != "" {
		cmds = append(cmds, m.tell(kit.Info, m.opt.Hello))
	}
	return tea.Batch(cmds...)
}

// Update implements tea.Model.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.handle(msg)
	return m, tea.Batch(cmd, m.follow(), m.schedule(), m.measure())
}

// handle gives a message to whom it is meant for.
func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.paste(msg)
	case tea.BackgroundColorMsg, tea.ColorProfileMsg, tea.EnvMsg:
		m.learn(msg)
	case tea.FocusMsg:
		m.blurred = false
		m.now()
	case tea.BlurMsg:
		if !m.blurred {
			m.blurred, m.blurredAt = true, m.env.Now()
		}
	case updatesMsg:
		return m.updates(msg)
	case jobs.ProgressMsg, jobs.DoneMsg:
		return m.job(msg)
	case kit.NoticeMsg:
		return m.say(msg.Notice)
	case noticeGoneMsg:
		m.unsay(msg)
	case tickMsg:
		m.ticked(msg)
	case factsMsg:
		return m.takeFacts(msg)
	case restMsg:
		return m.fetch(msg)
	case tracesMsg:
		m.takeTraces(msg)
	case inspectMsg:
		m.takeInspect(msg)
	case usedMsg:
		return m.takeUsed(msg)
	case create.SubmitMsg:
		if m.editing != nil {
			return m.review(msg)
		}
		return m.submit(msg)
	case rememberedMsg:
		return m.remembered(msg)
	case create.AskMsg:
		m.askFor(msg)
	case create.KeepMsg:
		return m.askKeep(msg)
	case create.CloseMsg:
		if m.editing == nil {
			m.draft = msg.Draft
		}
		m.closeForm()
	case logs.SaveMsg:
		m.askSave(msg)
	case logs.CloseMsg:
		m.closeLog()
	case doctor.CloseMsg:
		m.closeDoctor()
	case spacesMsg:
		return m.takeSpaces(msg)
	case didMsg:
		return m.did(msg)
	case events.EndedMsg:
		if m.journal != nil {
			return m.journal.Ended(msg)
		}
		return nil
	case thingsSoonMsg:
		return m.thingsNow()
	case wentMsg:
		return m.went(msg)
	case usageMsg:
		return m.measured(msg)
	case copiedMsg:
		return m.copied(msg)
	case visitedMsg:
		return m.visited(msg)
	case graceMsg:
		return m.graceOver()
	default:
		return m.others(msg)
	}
	return nil
}

// others are messages of the screens' own, and the jobs' that have no exported name.
func (m *Model) others(msg tea.Msg) tea.Cmd {
	if j, cmd, ok := m.jobs.Apply(msg); ok {
		m.showJobs()
		_ = j
		return cmd
	}
	var cmds []tea.Cmd
	if m.form != nil {
		cmds = append(cmds, m.form.Update(msg))
	}
	if m.log != nil {
		cmds = append(cmds, m.log.Update(msg))
	}
	if m.things != nil {
		cmds = append(cmds, m.things.Update(msg))
	}
	if m.tail != nil {
		cmds = append(cmds, m.tail.Update(msg))
	}
	if m.doctor != nil {
		cmds = append(cmds, m.doctor.Update(msg))
	}
	return tea.Batch(cmds...)
}

// resize lays everything out anew.
func (m *Model) resize(w, h int) {
	m.width, m.height = w, h
	m.layout = Arrange(w, h)
	l := m.layout
	m.list.SetSize(l.List.W, l.List.H)
	m.detail.SetSize(l.Detail.W, l.Detail.H)
	m.pulls.SetSize(l.Pulls.W, l.Pulls.H)
	m.sizeThings()
	m.setFocus(m.focus)
	if m.form != nil {
		m.form.SetSize(l.Page.W, l.Page.H)
	}
	if m.log != nil {
		m.log.SetSize(l.Page.W, l.Page.H)
	}
	if m.doctor != nil {
		m.doctor.SetSize(l.Page.W, l.Page.H)
	}
	if m.help != nil {
		m.help.SetSize(kit.Inner(l.Page.W, l.Page.H))
	}
	for _, q := range m.dialogs {
		q.model.SetSize(w, h)
	}
}

// startWatch begins to follow the engine; whatever was followed before is left.
func (m *Model) startWatch() tea.Cmd {
	if m.watch.cancel != nil {
		m.watch.cancel()
	}
	ctx, cancel := context.WithCancel(m.ctx)
	m.watch = watch{gen: m.watch.gen + 1, ctx: ctx, cancel: cancel}
	m.watch.pump = stream.NewPump(m.engine.Watch(ctx), updatesEvery, mostUpdates).
		HoldFrom(func(u api.Update) bool { return u.Full })
	return m.nextUpdates()
}
