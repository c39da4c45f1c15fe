package pull

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/jobs"
	"gantry/ui/kit"
)

// silent is how long no byte may come before the pane says what is waited for.
const silent = 3 * time.Second

// Pane is the pane of pulls and paths.
type Pane struct {
	env    *kit.Env
	jobs   []jobs.Job
	cursor jobs.ID // the selected job's; keys go to it
	top    int

	width, height int
	focus         bool
	style         *themes.Styles
	dirty         bool
	view          string
}

// New makes an empty pane.
func New(env *kit.Env) *Pane { return &Pane{env: env, dirty: true} }

// SetJobs replaces what is shown, oldest first.
func (p *Pane) SetJobs(all []jobs.Job) {
	p.jobs, p.dirty = all, true
	if p.at() < 0 && len(all) > 0 {
		p.cursor = all[0].ID
	}
}

// SetSize implements kit.Pane.
func (p *Pane) SetSize(width, height int) {
	p.dirty = p.dirty || width != p.width || height != p.height
	p.width, p.height = width, height
}

// SetFocus implements kit.Pane.
func (p *Pane) SetFocus(on bool) {
	p.dirty = p.dirty || on != p.focus
	p.focus = on
}

// Update implements kit.Pane; the pane's keys are actions, which the root hands to Do.
func (p *Pane) Update(tea.Msg) tea.Cmd { return nil }

// Selected is the job under the cursor.
func (p *Pane) Selected() (jobs.Job, bool) {
	if i := p.at(); i >= 0 {
		return p.jobs[i], true
	}
	return jobs.Job{}, false
}

func (p *Pane) at() int {
	return slices.IndexFunc(p.jobs, func(j jobs.Job) bool { return j.ID == p.cursor })
}

// Do carries out a movement; it reports whether a is one.
func (p *Pane) Do(a keymap.Action) bool {
	i := max(0, p.at())
	switch a {
	case keymap.Up:
		i--
	case keymap.Down:
		i++
	case keymap.Top, keymap.PageUp, keymap.HalfUp:
		i = 0
	case keymap.Bottom, keymap.PageDown, keymap.HalfDown:
		i = len(p.jobs) - 1
	default:
		return false
	}
	if len(p.jobs) > 0 {
		p.cursor = p.jobs[max(0, min(i, len(p.jobs)-1))].ID
		p.dirty = true
	}
	return true
}

// Next is how long it takes until a text here changes by time alone; zero if none does.
func (p *Pane) Next() time.Duration {
	for _, j := range p.jobs {
		if j.Running() {
			return time.Second
		}
	}
	return 0
}

// Tick says that time has passed.
func (p *Pane) Tick() { p.dirty = p.dirty || p.Next() > 0 }

// View implements kit.Pane.
func (p *Pane) View() string {
	if p.style != p.env.Styles {
		p.style, p.dirty = p.env.Styles, true
	}
	if p.dirty {
		p.view, p.dirty = p.draw(), false
	}
	return p.view
}

func (p *Pane) draw() string {
	w, h := kit.Inner(p.width, p.height)
	f := kit.Frame{Title: "Pulls", Focused: p.focus}
	lines, first, last := p.lines(w)
	if last >= p.top+h {
		p.top = last - h + 1
	}
	p.top = max(0, min(p.top, first, len(lines)-h))
	if len(lines)-p.top > h {
		f.Right = "more " + p.env.Styles.Glyphs.Down
	}
	return kit.Box(p.env.Styles, f, strings.Join(lines[p.top:], "\n"), p.width, p.height)
}

// lines are all lines, and which of them belong to the selected job.
func (p *Pane) lines(width int) (out []string, first, last int) {
	st := p.env.Styles
	if len(p.jobs) == 0 {
		return []string{st.Muted.Render(" Nothing is on its way.")}, 0, 0
	}
	// What still runs stands above what has ended, and so stays in sight.
	for _, running := range []bool{true, false} {
		for _, j := range p.jobs {
			if j.Running() != running {
				continue
			}
			begin := len(out)
			out = append(out, p.job(j, width)...)
			if j.ID == p.cursor {
				first, last = begin, len(out)-1
			}
		}
	}
	return out, first, last
}
