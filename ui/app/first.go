package app

import (
	"errors"
	"strings"

	"charm.land/lipgloss/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/pane/detail"
)

// firstWidth is how wide the text of the first pages is at most.
const firstWidth = 76

// first is the page that stands instead of the list while the engine cannot be used: it
// is being started, or there is a reason and something to do about it.
func (m *Model) first(w, h int) string {
	conn := m.store.Conn()
	iw, _ := kit.Inner(w, h)
	room := min(iw-4, firstWidth)
	var title string
	var lines []string
	if conn.State == api.ConnStarting && conn.Err == nil {
		title, lines = "Starting the engine", m.startingLines(conn, room)
	} else {
		title, lines = "No engine", m.refusedLines(conn.Err, room)
	}
	return kit.Box(m.env.Styles, kit.Frame{Title: title, Focused: true}, "\n"+indent(lines, 2), w, h)
}

// startingLines are the steps of bringing the embedded engine up.
func (m *Model) startingLines(conn api.Connection, width int) []string {
	st := m.env.Styles
	out := paragraphs(st.Text, "gantry brings its own containerd up. It stays up when gantry quits, and so do your containers.", width)
	out = append(out, "")
	if len(conn.Trace.Steps) > 0 {
		out = append(out, detail.Lines(st, conn.Trace, m.env.Now(), width)[1:]...)
		out = append(out, "")
	}
	return append(out, m.keyLine(keymap.ContainerNew, "makes a container meanwhile"))
}

// refusedLines say why there is no engine and what to do.
func (m *Model) refusedLines(err error, width int) []string {
	st := m.env.Styles
	e := kit.Explain(err)
	out := paragraphs(st.Bad, st.Glyphs.Cross+" "+e.Title, width)
	if e.Detail != "" {
		out = append(out, "")
		out = append(out, paragraphs(st.Text, kit.Sentence(e.Detail), width)...)
	}
	var u *api.UnavailableError
	switch {
	case errors.As(err, &u) && (u.Cause == api.NotRoot || u.Cause == api.Denied):
		out = append(out, "", st.Text.Render("Run it as root:"), "", st.Strong.Render("  sudo "+kit.Clean(m.opt.Command)))
	case e.Fix != "":
		out = append(out, "")
		out = append(out, paragraphs(st.Strong, kit.Sentence(e.Fix), width)...)
	}
	out = append(out, "")
	var keys []string
	if retryable(err) {
		keys = append(keys, m.keyLine(keymap.Retry, "tries again"))
	}
	if m.opt.Doctor != nil {
		keys = append(keys, m.keyLine(keymap.Doctor, "looks at this host"))
	}
	return append(out, strings.Join(append(keys, m.keyLine(keymap.Quit, "quits")), "   "))
}

// retryable reports whether it can be otherwise when the engine is asked again while this
// program runs.
func retryable(err error) bool {
	var u *api.UnavailableError
	return !errors.As(err, &u) || u.Cause != api.NoPayload && u.Cause != api.NotRoot
}

// keyLine is a key and what it does.
func (m *Model) keyLine(a keymap.Action, text string) string {
	st := m.env.Styles
	e, _ := m.env.Keys.Entry(a)
	return st.Key.Render(keymap.Show(e.Key())) + st.KeyHelp.Render(" "+text)
}

func paragraphs(style lipgloss.Style, text string, width int) []string {
	var out []string
	for _, l := range kit.Wrap(text, width) {
		out = append(out, style.Render(l))
	}
	return out
}

func indent(lines []string, n int) string {
	for i, l := range lines {
		lines[i] = kit.Spaces(n) + l
	}
	return strings.Join(lines, "\n")
}
