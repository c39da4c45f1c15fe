package logs

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/ui/kit"
)

// prompt is what stands before a search.
const prompt = "/ "

// View implements kit.Pane.
func (s *Screen) View() string {
	inner := s.log.View()
	if s.styles != s.env.Styles || s.inner != inner {
		s.styles, s.inner, s.dirty = s.env.Styles, inner, true
	}
	if s.dirty {
		s.dirty = false
		s.view = s.draw()
	}
	return s.view
}

func (s *Screen) draw() string {
	w, h := s.room()
	lines := strings.Split(s.inner, "\n")
	if s.log.Len() == 0 {
		lines = s.empty(w, h-s.bar())
	}
	for i, l := range lines {
		lines[i] = " " + l
	}
	body := kit.Fit(strings.Join(lines, "\n"), w, h-s.bar())
	if s.bar() > 0 {
		body += "\n" + s.status(w)
	}
	if s.bare {
		return kit.Fit(body, w, h)
	}
	f := kit.Frame{Title: "Logs", Note: s.note(), Right: s.count(), Focused: s.focus}
	return kit.Box(s.env.Styles, f, body, s.width, s.height)
}

// note is whose log it is and how that container is.
func (s *Screen) note() string {
	c := s.container
	state := s.env.Styles.State(string(c.State))
	return kit.Clean(c.DisplayName()) + " " + s.env.Styles.Glyphs.Dot + " " + strings.ToLower(state.Word)
}

// count is the number of lines that are kept, and whether there were more.
func (s *Screen) count() string {
	if s.log.Len() == 0 {
		return ""
	}
	n := grouped(s.log.Len())
	if s.log.Dropped() > 0 {
		return "last " + n + " lines"
	}
	if s.log.Len() == 1 {
		return "1 line"
	}
	return n + " lines"
}

// empty is what stands where there are no lines.
func (s *Screen) empty(w, h int) []string {
	if h < 1 {
		return nil
	}
	st := s.env.Styles
	if s.err != nil {
		return s.trouble(w)
	}
	text := "No output yet."
	switch {
	case s.ended:
		text = "It wrote nothing."
	case !s.container.State.Alive():
		text = "No output."
	}
	return []string{"", st.Muted.Render(text)}
}

// trouble is why the log cannot be read.
func (s *Screen) trouble(w int) []string {
	st, e := s.env.Styles, kit.Explain(s.err)
	lines := []string{"", st.Bad.Render(st.Glyphs.Cross + " " + e.Title)}
	for l := range strings.SplitSeq(e.Detail, "\n") {
		if l != "" {
			lines = append(lines, st.Text.Render("  "+l))
		}
	}
	if e.Fix != "" {
		lines = append(lines, "", st.Muted.Render("  "+e.Fix))
	}
	return lines
}

// status is the line below the log: the search, or what is going on at its end.
func (s *Screen) status(w int) string {
	st := s.env.Styles
	if s.typing {
		return kit.FitLine(" "+st.Key.Render(strings.TrimSpace(prompt))+" "+s.input.View(), w)
	}
	return kit.Sides(" "+s.going(), s.modes()+" ", w, st.Glyphs.Ellipsis)
}

// going is whether there will be more lines, and whether the newest is in view.
func (s *Screen) going() string {
	st := s.env.Styles
	switch {
	case s.err != nil && s.log.Len() == 0:
		return "" // it stands above
	case s.err != nil:
		return st.Bad.Render(st.Glyphs.Cross + " " + kit.Explain(s.err).Line())
	case s.log.Query() != "" && s.missed:
		return st.Warn.Render("/" + kit.Clean(s.log.Query()) + " is nowhere in the log")
	case !s.log.Following() && s.arrived > s.seen:
		return st.Accent.Render(st.Glyphs.Down+" "+more(s.arrived-s.seen)) + st.Muted.Render(s.hint())
	case !s.log.Following():
		return st.Muted.Render("not following" + s.hint())
	case s.ended:
		return st.Muted.Render(ending(s.container))
	}
	return st.Muted.Render("following")
}

// hint says how to follow again.
func (s *Screen) hint() string {
	e, _ := s.env.Keys.Entry(keymap.LogFollow)
	if e.Key() == "" {
		return ""
	}
	return " " + s.env.Styles.Glyphs.Dot + " " + keymap.Show(e.Key()) + " to follow"
}

func more(n int) string {
	if n == 1 {
		return "1 new line"
	}
	return grouped(n) + " new lines"
}

// ending is how the container ended.
func ending(c api.Container) string {
	if c.State.Alive() || c.State == api.StateCreated || !c.ExitKnown {
		return "container ended"
	}
	s := "container ended (exit " + strconv.Itoa(c.ExitCode)
	if c.OOMKilled {
		s += ", out of memory"
	}
	return s + ")"
}

// modes are the settings that are not the usual ones, and the search.
func (s *Screen) modes() string {
	st := s.env.Styles
	var parts []string
	if q := s.log.Query(); q != "" && !s.missed {
		parts = append(parts, "/"+kit.Clean(q))
	}
	if s.log.Times() {
		parts = append(parts, "times")
	}
	if !s.log.Wrapping() {
		parts = append(parts, "lines cut")
	}
	return st.Muted.Render(strings.Join(parts, " "+st.Glyphs.Dot+" "))
}

// grouped writes a number with its thousands apart.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Cursor implements kit.Cursored: while a search is typed.
func (s *Screen) Cursor() *tea.Cursor {
	if !s.typing || s.bar() == 0 {
		return nil
	}
	c := s.input.Cursor()
	if c == nil {
		return nil
	}
	c.X += 1 + 1 + len(prompt) // the frame, the space, the prompt
	c.Y = s.height - 2
	if c.X >= s.width-1 {
		return nil
	}
	return c
}
