package app

import (
	"strings"
	"time"

	"gantry/engine/path"
	"gantry/keymap"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/pane/pull"
)

// describe is a job in a few words: what, and where it stands.
func describe(j jobs.Job) string {
	if j.Pulling() {
		return name(j) + ": pulling " + pull.Subject(j) + " " + kit.Percent(j.Pull.Fraction())
	}
	s := name(j) + ": " + pull.Operation(j.Kind)
	if at := j.CurrentStep(); at != "" {
		s += ", at " + kit.Clean(at)
	}
	return s
}

// name is a job's container, or its image when the container has no name yet.
func name(j jobs.Job) string {
	if j.Name != "" {
		return kit.Clean(j.Name)
	}
	return kit.Clean(j.Image)
}

// farewell is what stands over the screen while undos run: each job, and what of it was
// taken back so far.
func (m *Model) farewell() []string {
	st := m.env.Styles
	out := []string{""}
	for _, j := range m.jobs.Jobs() {
		if !j.Asked {
			continue
		}
		glyph, text := st.Warn.Render(st.Glyphs.Work), name(j)+": "+pull.Operation(j.Kind)
		if !j.Running() {
			glyph, text = st.Ok.Render(st.Glyphs.Check), text+", taken back"
		}
		out = append(out, " "+glyph+" "+st.Text.Render(text))
		for _, s := range j.Trace.Steps {
			if s.State == path.Undone {
				out = append(out, "     "+st.Muted.Render(st.Glyphs.Undone+" "+kit.Clean(s.Name)+"  "+kit.Clean(s.Detail)))
			}
		}
	}
	most := max(0, Grace-m.env.Now().Sub(m.quitting.since)).Round(time.Second)
	out = append(out, "", " "+st.Muted.Render("gantry leaves when this is done, at the latest in "+kit.Took(max(time.Second, most))))
	if e, ok := m.env.Keys.Entry(keymap.Interrupt); ok {
		out = append(out, " "+st.Key.Render(keymap.Show(e.Key()))+st.Muted.Render(" leaves at once; the next start sweeps what is left"))
	}
	return append(out, "")
}

// farewellBox is the farewell in a border, fitted to its text.
func (m *Model) farewellBox() (box string, w, h int) {
	lines := m.farewell()
	w = 52
	for _, l := range lines {
		w = max(w, kit.Width(l)+3)
	}
	w, h = min(w, m.width), min(len(lines)+2, m.height)
	return kit.Box(m.env.Styles, kit.Frame{Title: "Taking back what was begun", Focused: true}, strings.Join(lines, "\n"), w, h), w, h
}
