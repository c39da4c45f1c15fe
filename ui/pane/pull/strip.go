package pull

import (
	"fmt"
	"strings"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/widget/bar"
)

// stripBar is the width of the strip's bar.
const stripBar = 14

// Strip is everything in one row of exactly width cells; blank when nothing is on its way.
func (p *Pane) Strip(width int) string {
	st := p.env.Styles
	j, ok := p.foremost()
	if !ok {
		return kit.Spaces(width)
	}
	right := ""
	if n := len(p.jobs) - 1; n > 0 {
		right = st.Muted.Render(fmt.Sprintf("+%d  ", n))
	}
	if e, ok := p.env.Keys.Entry(keymap.NextPane); ok && e.Key() != "" {
		right += st.Key.Render(e.Key()) + " "
	}
	left := " " + st.Strong.Render(kit.Truncate(Subject(j), max(8, width/4), st.Glyphs.Ellipsis)) + "  "
	left += p.brief(j, width-kit.Width(left)-kit.Width(right)-1)
	return kit.Sides(left, right, width, st.Glyphs.Ellipsis)
}

// foremost is the job that the strip shows: the oldest that pulls, else the oldest that
// runs, else the latest.
func (p *Pane) foremost() (jobs.Job, bool) {
	if len(p.jobs) == 0 {
		return jobs.Job{}, false
	}
	best := p.jobs[len(p.jobs)-1]
	for i := len(p.jobs) - 1; i >= 0; i-- {
		j := p.jobs[i]
		if j.Running() && (j.Pulling() || !best.Pulling()) {
			best = j
		}
	}
	return best, true
}

// brief is where a job stands, in at most room cells if its figures can be left out.
func (p *Pane) brief(j jobs.Job, room int) string {
	st := p.env.Styles
	if !j.Running() {
		return p.ended(j)
	}
	if !j.Pulling() {
		return p.steps(j, room/2)
	}
	pr := *j.Pull
	text := bar.View(st, pr.Fraction(), stripBar)
	if quiet := p.quiet(pr); quiet != "" {
		return text + "  " + st.Warn.Render(quiet)
	}
	if pr.Phase == api.PullResolving || pr.Total == 0 {
		return text + "  " + st.Muted.Render("asking the registry")
	}
	text += " " + st.Text.Render(kit.PadLeft(kit.Percent(pr.Fraction()), 4))
	// What tells most comes first; what has no room is left out whole.
	for _, part := range numbers(pr) {
		if kit.Width(text)+2+kit.Width(part) <= room {
			text += "  " + st.Muted.Render(part)
		}
	}
	return text
}

// numbers are a pull's figures, as short as they can be: bytes, speed, time left, layers.
func numbers(pr api.PullProgress) []string {
	out := []string{strings.ReplaceAll(kit.SizePair(pr.Downloaded, pr.Total), " / ", "/")}
	if pr.Phase == api.PullDownloading && pr.BytesPerSec > 0 {
		out = append(out, kit.Rate(pr.BytesPerSec))
		if l := kit.Left(pr.Left); l != "" {
			out = append(out, strings.TrimSuffix(strings.ReplaceAll(l, " ", ""), "left"))
		}
	}
	return append(out, fmt.Sprintf("%d/%d layers", complete(pr), len(pr.Layers)))
}
