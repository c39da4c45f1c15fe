package pull

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/keymap"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/widget/bar"
)

// Widths of the parts of a job's line, in cells.
const (
	nameWidth = 10 // at least; more where the pane is wide
	barWidth  = 24
	layerBar  = 20
)

// job is the lines of one job.
func (p *Pane) job(j jobs.Job, width int) []string {
	switch {
	case !j.Running():
		return []string{p.line(j, p.ended(j), "", width)}
	case j.Pulling():
		return append([]string{p.pulling(j, width)}, p.layers(*j.Pull, width)...)
	}
	return []string{p.line(j, p.steps(j, width), "", width)}
}

// line puts the job's name before and its key behind what is said of it.
func (p *Pane) line(j jobs.Job, text, right string, width int) string {
	st := p.env.Styles
	mark := " "
	if p.focus && j.ID == p.cursor {
		mark = st.Cursor.Render(st.Glyphs.Cursor)
	}
	w := max(nameWidth, width/8)
	name := kit.Pad(kit.Truncate(Subject(j), w, st.Glyphs.Ellipsis), w)
	if k := p.keyHint(j); k != "" {
		right += "  " + k
	}
	return kit.Sides(mark+st.Strong.Render(name)+" "+text, right+" ", width, st.Glyphs.Ellipsis)
}

// Subject is what a job is about, in few words: the image while one is pulled, else the
// container's name.
func Subject(j jobs.Job) string {
	if j.Pulling() {
		return kit.Clean(j.Pull.Ref)
	}
	if j.Name != "" {
		return kit.Clean(j.Name)
	}
	return kit.Clean(j.Image)
}

// keyHint is the key that acts on the job: cancel while it runs, dismiss once it failed.
func (p *Pane) keyHint(j jobs.Job) string {
	st := p.env.Styles
	e, ok := p.env.Keys.Entry(keymap.JobCancel)
	if !ok || e.Key() == "" || len(p.jobs) > 1 && j.ID != p.cursor {
		return ""
	}
	switch {
	case j.Running() && j.Asked:
		return st.Muted.Render("cancelling" + st.Glyphs.Ellipsis)
	case j.Running():
		return st.Key.Render(e.Key()) + st.KeyHelp.Render(" cancel")
	case j.Failed():
		return st.Key.Render(e.Key()) + st.KeyHelp.Render(" dismiss")
	}
	return ""
}

// pulling is the line of an image on its way.
func (p *Pane) pulling(j jobs.Job, width int) string {
	st := p.env.Styles
	pr := *j.Pull
	quiet := p.quiet(pr)
	if pr.Phase == api.PullResolving || pr.Total == 0 {
		text := st.Muted.Render("asking the registry")
		if quiet != "" {
			text = st.Warn.Render(quiet)
		}
		return p.line(j, bar.View(st, 0, barWidth)+"  "+text, "", width)
	}
	text := bar.View(st, pr.Fraction(), barWidth) + " " + st.Text.Render(kit.PadLeft(kit.Percent(pr.Fraction()), 4))
	text += "  " + st.Text.Render(kit.SizePair(pr.Downloaded, pr.Total))
	if quiet != "" {
		text += "   " + st.Warn.Render(quiet)
	} else if r := rate(pr); r != "" {
		text += "   " + st.Muted.Render(r)
	}
	right := fmt.Sprintf("%d of %d layers", complete(pr), len(pr.Layers))
	if pr.Source != "" {
		right += " from " + kit.Clean(pr.Source)
	}
	return p.line(j, text, st.Muted.Render(right), width)
}

// rate is speed and time left: "18.3 MB/s   1 s left"; unpacking has neither.
func rate(pr api.PullProgress) string {
	if pr.Phase == api.PullUnpacking || pr.Downloaded >= pr.Total {
		return "unpacking"
	}
	if pr.BytesPerSec <= 0 {
		return ""
	}
	s := kit.Rate(pr.BytesPerSec)
	if l := kit.Left(pr.Left); l != "" {
		s += "   " + l
	}
	return s
}

// quiet says what holds the pull up, or that nothing has come for a while: "waiting for the
// registry 4 s".
func (p *Pane) quiet(pr api.PullProgress) string {
	if pr.Note != "" {
		return kit.Clean(pr.Note)
	}
	if pr.Phase != api.PullResolving && pr.Phase != api.PullDownloading || pr.Total > 0 && pr.Downloaded >= pr.Total {
		return ""
	}
	since := pr.LastByte
	if since.IsZero() {
		since = pr.Started
	}
	d := p.env.Now().Sub(since)
	if since.IsZero() || d < silent {
		return ""
	}
	if d >= 2*time.Minute {
		return "waiting for the registry " + kit.Took(d)
	}
	return fmt.Sprintf("waiting for the registry %d s", int(d/time.Second))
}

// steps is the line of a path: a bar of its steps, the one that runs, and the time.
func (p *Pane) steps(j jobs.Job, width int) string {
	st := p.env.Styles
	done, at := 0, path.Step{}
	for _, s := range j.Trace.Steps {
		switch s.State {
		case path.Done, path.Skipped:
			done++
		case path.Running:
			at = s
		}
	}
	total := max(1, len(j.Trace.Steps))
	text := bar.View(st, float64(done)/float64(total), min(barWidth, max(4, width/5))) + "  " + st.Text.Render(Operation(j.Kind))
	if at.Name != "" {
		text += st.Muted.Render("  " + kit.Clean(at.Name))
		if at.Detail != "" {
			text += st.Muted.Render("  " + kit.Clean(at.Detail))
		}
	}
	if d := p.env.Now().Sub(j.Started); d >= time.Second {
		text += st.Muted.Render("  " + kit.Age(d))
	}
	return text
}

// lasted is how long a job took: as its trace has it, which its own time is a little over.
func lasted(j jobs.Job) time.Duration {
	if !j.Trace.Ended.IsZero() {
		return j.Trace.Total(j.Trace.Ended)
	}
	return j.Ended.Sub(j.Started)
}

// Reason is an error in as few words as tell it. Of a failed pull, what happened is less
// than why: that the image could not be pulled is plain already.
func Reason(err error) string {
	e := kit.Explain(err)
	var p *api.PullError
	if errors.As(err, &p) && e.Detail != "" && strings.HasSuffix(e.Title, "could not be pulled") {
		first, _, _ := strings.Cut(e.Detail, "\n")
		return kit.Clean(first)
	}
	return e.Title
}

// Operation is what a kind of job does, as it is shown.
func Operation(k jobs.Kind) string {
	if k == jobs.Run {
		return "create & start"
	}
	return string(k)
}

// ended is how a job has ended.
func (p *Pane) ended(j jobs.Job) string {
	st := p.env.Styles
	switch {
	case j.Cancelled():
		return st.Muted.Render(st.Glyphs.Skip + " " + Operation(j.Kind) + " cancelled, all taken back")
	case j.Failed():
		what := Operation(j.Kind)
		if s := j.FailedStep(); s != "" {
			what = "failed: " + kit.Clean(s)
		}
		return st.Bad.Render(st.Glyphs.Cross+" "+what) + "  " + st.Text.Render(Reason(j.Err))
	}
	return st.Ok.Render(st.Glyphs.Check) + " " + st.Text.Render(Operation(j.Kind)) + "  " + st.Muted.Render(kit.Took(lasted(j)))
}
