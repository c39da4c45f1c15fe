package app

import (
	"strings"

	"gantry/engine/path"
	"gantry/ui/jobs"
	"gantry/ui/kit"
	"gantry/ui/pane/pull"
)

// describe is a job in a few words: what, and where it stands.
func describe(j jobs.Job) string {
	s := pull.Operation(j.Kind) + " " + pull.Subject(j)
	if at := j.CurrentStep(); at != "" {
		s += ": " + kit.Clean(at)
	}
	return s
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
		glyph := st.Warn.Render(st.Glyphs.Work)
		if !j.Running() {
			glyph = st.Ok.Render(st.Glyphs.Check)
		}
		out = append(out, " "+glyph+" "+st.Text.Render(pull.Operation(j.Kind)+" "+pull.Subject(j)))
		for _, s := range j.Trace.Steps {
			if s.State == path.Undone {
				out = append(out, "     "+st.Muted.Render(st.Glyphs.Undone+" "+kit.Clean(s.Name)+"  "+kit.Clean(s.Detail)))
			}
		}
	}
	return append(out, "", " "+st.Muted.Render("ctrl+c leaves at once; the next start tidies up"), "")
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
