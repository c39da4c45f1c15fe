package detail

import (
	"time"

	"charm.land/lipgloss/v2"

	"gantry/engine/path"
	"gantry/themes"
	"gantry/ui/kit"
)

const (
	nameWidth = 10 // of a step's name
	timeWidth = 8
	margin    = 1
)

// pathLines are the operations of the row, the newest first, and before them why it failed.
func (p *Pane) pathLines(width int) []string {
	st := p.env.Styles
	var out []string
	if p.subject.Err != nil {
		out = append(out, p.failure(width)...)
	} else if p.subject.Ended.Full != "" {
		out = append(out, p.ended(width)...)
	}
	switch {
	case p.problem != "":
		return append(out, " "+st.Muted.Render(kit.Truncate(kit.Clean(p.problem), width-2, st.Glyphs.Ellipsis)))
	case !p.have:
		return out
	case len(p.traces) == 0:
		return append(out, wrap(st.Muted, "No operation is remembered: it was made by another program, or before this one kept records.", width)...)
	}
	for i, t := range p.traces {
		if i > 0 || len(out) > 0 {
			out = append(out, "")
		}
		out = append(out, trace(p.env.Styles, t, p.env.Now(), width, i == 0 && p.subject.Err != nil)...)
	}
	return out
}

// failure says what went wrong, why, and what to do.
func (p *Pane) failure(width int) []string {
	st := p.env.Styles
	e := kit.Explain(p.subject.Err)
	out := wrap(st.Bad, e.Title, width)
	if e.Detail != "" {
		out = append(out, wrap(st.Muted, e.Detail, width)...)
	}
	for _, fix := range []string{e.Fix, p.subject.Fix} {
		if fix != "" {
			out = append(out, wrap(st.Text, st.Glyphs.Arrow+" "+fix, width)...)
		}
	}
	return out
}

// ended says how and why the container has ended, and what to do.
func (p *Pane) ended(width int) []string {
	st, e := p.env.Styles, p.subject.Ended
	style := st.Warn
	if e.Fine {
		style = st.Muted
	}
	out := wrap(style, e.Full, width)
	if e.Hint != "" {
		out = append(out, wrap(st.Text, st.Glyphs.Arrow+" "+e.Hint, width)...)
	}
	return out
}

// wrap is a text in lines with a margin on both sides.
func wrap(style lipgloss.Style, text string, width int) []string {
	room := max(1, width-2*margin)
	var out []string
	for _, l := range kit.Wrap(kit.CleanText(text), room) {
		out = append(out, kit.Spaces(margin)+style.Render(l))
	}
	return out
}

// Lines draws a trace: a head with the time it took, then a line for each step.
func Lines(st *themes.Styles, t path.Trace, now time.Time, width int) []string {
	return trace(st, t, now, width, false)
}

// trace is Lines, without the error of the step that failed when that is told already.
func trace(st *themes.Styles, t path.Trace, now time.Time, width int, told bool) []string {
	out := []string{kit.Sides(kit.Spaces(margin)+st.Strong.Render(operation(t.Operation, st)), took(st.Text, total(t, now), t.Ended.IsZero())+kit.Spaces(margin), width, st.Glyphs.Ellipsis)}
	for _, s := range t.Steps {
		out = append(out, step(st, s, now, width))
		if s.Error != "" && !(told && s.State == path.Failed) {
			for _, l := range wrap(st.Bad, s.Error, width-2) {
				out = append(out, "  "+l)
			}
		}
	}
	return out
}

// total is what a trace took, to the whole second while it runs.
func total(t path.Trace, now time.Time) time.Duration {
	d := t.Total(now)
	if t.Ended.IsZero() {
		return d.Truncate(time.Second)
	}
	return d
}

func operation(name string, st *themes.Styles) string {
	if name == "run" {
		return "create " + st.Glyphs.Arrow + " start"
	}
	return kit.Clean(name)
}

// step is one line: mark, name, detail, time.
func step(st *themes.Styles, s path.Step, now time.Time, width int) string {
	glyph, style := mark(st, s.State)
	text := st.Text
	if s.State == path.Waiting || s.State == path.Skipped {
		text = st.Faint
	}
	d := s.Duration
	if s.State == path.Running && !s.Start.IsZero() {
		d = now.Sub(s.Start).Truncate(time.Second)
	}
	right := ""
	if s.State == path.Done || s.State == path.Running || s.State == path.Failed || s.State == path.Undone {
		right = took(st.Muted, d, s.State == path.Running)
	}
	name := kit.Pad(kit.Truncate(kit.Clean(s.Name), nameWidth, st.Glyphs.Ellipsis), nameWidth)
	left := kit.Spaces(margin) + style.Render(glyph) + " " + text.Render(name) + " "
	room := width - kit.Width(left) - timeWidth - 2*margin
	detail := kit.Truncate(kit.Clean(s.Detail), max(0, room), st.Glyphs.Ellipsis)
	return kit.Sides(left+st.Muted.Render(detail), right+kit.Spaces(margin), width, st.Glyphs.Ellipsis)
}

// took is a time at the right; while something runs it appears after the first second.
func took(style lipgloss.Style, d time.Duration, running bool) string {
	if running && d < time.Second {
		return ""
	}
	if running {
		return style.Render(kit.Age(d))
	}
	return style.Render(kit.Took(d))
}

func mark(st *themes.Styles, s path.State) (string, lipgloss.Style) {
	g := st.Glyphs
	switch s {
	case path.Done:
		return g.Check, st.Ok
	case path.Skipped:
		return g.Skip, st.Faint
	case path.Failed:
		return g.Cross, st.Bad
	case path.Running:
		return g.Work, st.Warn
	case path.Undone:
		return g.Undone, st.Muted
	}
	return g.Wait, st.Faint
}
