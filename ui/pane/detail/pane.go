package detail

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/moby/moby/api/types/container"

	"gantry/engine/path"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
)

// Tab is one view of a container.
type Tab int

// The tabs, from the left.
const (
	TabPath Tab = iota
	TabLogs
	TabUsage
	TabInspect
	TabNetwork
	tabs
)

func (t Tab) title() string { return [...]string{"Path", "Logs", "Usage", "Inspect", "Network"}[t] }

// heads is how many rows the tabs take, inside the border.
const heads = 2

// Subject is what the pane is about.
type Subject struct {
	ID    string // of the row
	Title string
	Err   error  // why it failed, in full; nil when it did not
	Fix   string // what to press about it
	Live  bool   // something is being done to it, so its trace moves
	// Ended is how and why it has ended; zero when it has not.
	Ended kit.PostMortem
}

// same compares without comparing the errors themselves, some of which cannot be.
func (s Subject) same(o Subject) bool {
	if (s.Err == nil) != (o.Err == nil) || s.Err != nil && s.Err.Error() != o.Err.Error() {
		return false
	}
	s.Err, o.Err = nil, nil
	return s == o
}

// Log is the end of a container's log; the root reads it while its tab is shown.
type Log interface {
	View() string
	SetSize(width, height int)
	Do(a keymap.Action) (tea.Cmd, bool)
}

// Pane is the detail of the selected row.
type Pane struct {
	env     *kit.Env
	subject Subject
	tab     Tab
	traces  []path.Trace // newest first
	inspect string
	facts   *container.InspectResponse
	log     Log    // nil while none is read
	usage   *Usage // nil while nothing is measured
	problem string // why there is nothing to show
	have    bool   // traces have come

	width, height int
	top           int
	focus         bool
	style         *themes.Styles
	dirty         bool
	view          string
	logView       string // that view was drawn with
}

// New makes a pane about nothing.
func New(env *kit.Env) *Pane { return &Pane{env: env, dirty: true} }

// SetSize implements kit.Pane.
func (p *Pane) SetSize(width, height int) {
	p.dirty = p.dirty || width != p.width || height != p.height
	p.width, p.height = width, height
	p.sizeLog()
}

// SetFocus implements kit.Pane.
func (p *Pane) SetFocus(on bool) {
	p.dirty = p.dirty || on != p.focus
	p.focus = on
}

// Update implements kit.Pane; the pane's keys are actions, which the root hands to Do.
func (p *Pane) Update(tea.Msg) tea.Cmd { return nil }

// Subject is what the pane is about.
func (p *Pane) Subject() Subject { return p.subject }

// Tab is the tab that is shown.
func (p *Pane) Tab() Tab { return p.tab }

// SetTab shows a tab.
func (p *Pane) SetTab(t Tab) { p.tab, p.top, p.dirty = t, 0, true }

// SetLog gives the log of the row that the pane is about; nil: there is none now.
func (p *Pane) SetLog(l Log) {
	p.log, p.dirty = l, true
	p.sizeLog()
}

func (p *Pane) sizeLog() {
	if p.log != nil {
		p.log.SetSize(p.inner(), p.room())
	}
}

// Show makes the pane about another row, or the same one as it is now.
func (p *Pane) Show(s Subject) {
	if s.same(p.subject) {
		return
	}
	if s.ID != p.subject.ID {
		p.traces, p.inspect, p.facts, p.log, p.usage, p.problem, p.have, p.top = nil, "", nil, nil, nil, "", false, 0
	}
	p.subject, p.dirty = s, true
}

// Rename moves the pane over to a row's new ID without losing what it shows.
func (p *Pane) Rename(from, to string) {
	if p.subject.ID == from {
		p.subject.ID = to
	}
}

// SetTraces gives the operations of a row, newest first.
func (p *Pane) SetTraces(id string, t []path.Trace) {
	if id != p.subject.ID {
		return
	}
	p.traces, p.have, p.problem, p.dirty = slices.Clone(t), true, "", true
}

// SetInspect gives what is known of a row, also as JSON of several lines.
func (p *Pane) SetInspect(id string, facts *container.InspectResponse, json string) {
	if id != p.subject.ID {
		return
	}
	p.facts, p.inspect, p.dirty = facts, json, true
}

// SetUsage gives what a row uses.
func (p *Pane) SetUsage(id string, u Usage) {
	if id != p.subject.ID {
		return
	}
	p.usage, p.problem, p.dirty = &u, "", true
}

// SetProblem says why a row's details cannot be had.
func (p *Pane) SetProblem(id, text string) {
	if id != p.subject.ID {
		return
	}
	p.problem, p.dirty = text, true
}

// Do carries out an action of the pane; it reports whether a is one.
func (p *Pane) Do(a keymap.Action) bool {
	if p.tab == TabLogs && p.log != nil && a != keymap.TabNext && a != keymap.TabPrev {
		_, did := p.log.Do(a)
		return did
	}
	switch a {
	case keymap.TabNext:
		p.tab, p.top = (p.tab+1)%tabs, 0
	case keymap.TabPrev:
		p.tab, p.top = (p.tab+tabs-1)%tabs, 0
	default:
		top, moves := kit.Turn(a, p.top, p.room(), len(p.lines(p.inner()))-p.room())
		if !moves {
			return false
		}
		p.top = top
	}
	p.dirty = true
	return true
}

// Next is how long it takes until a text here changes by time alone; zero if none does.
func (p *Pane) Next() time.Duration {
	if p.subject.Live && p.tab == TabPath {
		return time.Second
	}
	return 0
}

// Tick says that time has passed.
func (p *Pane) Tick() { p.dirty = p.dirty || p.Next() > 0 }

func (p *Pane) inner() int { w, _ := kit.Inner(p.width, p.height); return w }

func (p *Pane) room() int { _, h := kit.Inner(p.width, p.height); return max(0, h-heads) }

// View implements kit.Pane.
func (p *Pane) View() string {
	if p.style != p.env.Styles {
		p.style, p.dirty = p.env.Styles, true
	}
	if p.tab == TabLogs && p.log != nil {
		if l := p.log.View(); l != p.logView {
			p.logView, p.dirty = l, true
		}
	}
	if p.dirty {
		p.view, p.dirty = p.draw(), false
	}
	return p.view
}

func (p *Pane) draw() string {
	w, h := kit.Inner(p.width, p.height)
	f := kit.Frame{Title: kit.Clean(p.subject.Title), Focused: p.focus}
	if p.subject.ID == "" {
		f.Title = "Details"
		return kit.Box(p.env.Styles, f, "", p.width, p.height)
	}
	if p.tab == TabLogs && p.log != nil {
		return kit.Box(p.env.Styles, f, p.tabLine()+"\n"+p.rule(w)+"\n"+p.logView, p.width, p.height)
	}
	lines := p.lines(w)
	if !p.subject.Live || p.top == 0 {
		p.top = max(0, min(p.top, len(lines)-p.room()))
	}
	if len(lines)-p.top > h-heads {
		f.Right = "more " + p.env.Styles.Glyphs.Down
	}
	body := append([]string{p.tabLine(), p.rule(w)}, lines[min(p.top, len(lines)):]...)
	return kit.Box(p.env.Styles, f, strings.Join(body, "\n"), p.width, p.height)
}

// tabLine is the names of the tabs.
func (p *Pane) tabLine() string {
	st := p.env.Styles
	var b strings.Builder
	for t := range tabs {
		style := st.Tab
		if t == p.tab {
			style = st.TabActive
		}
		if t > 0 {
			b.WriteString("  ")
		}
		b.WriteString(" " + style.Render(t.title()))
	}
	return b.String()
}

// rule underlines the tab that is shown.
func (p *Pane) rule(width int) string {
	st := p.env.Styles
	at := 1
	for t := range p.tab {
		at += len(t.title()) + 3
	}
	return kit.FitLine(kit.Spaces(at)+st.TabActive.Underline(false).Render(strings.Repeat(st.Glyphs.Horizontal, len(p.tab.title()))), width)
}

// lines are the lines of the tab that is shown.
func (p *Pane) lines(width int) []string {
	switch p.tab {
	case TabUsage:
		return p.usageLines(width)
	case TabInspect:
		return p.inspectLines(width)
	case TabNetwork:
		return p.networkLines(width)
	case TabLogs:
		return p.trouble(width)
	}
	return p.pathLines(width)
}

// trouble is why there is nothing to show, if that is known.
func (p *Pane) trouble(width int) []string {
	if p.problem == "" {
		return nil
	}
	return wrap(p.env.Styles.Muted, p.problem, width)
}
