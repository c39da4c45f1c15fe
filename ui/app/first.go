package app

import (
	"errors"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

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
		out = append(out, paragraphs(st.Text, sentence(e.Detail), width)...)
	}
	var u *api.UnavailableError
	known := errors.As(err, &u)
	switch {
	case known && (u.Cause == api.NotRoot || u.Cause == api.Denied):
		out = append(out, "", st.Text.Render("Run it as root:"), "", st.Strong.Render("  sudo "+kit.Clean(m.opt.Command)))
	case e.Fix != "":
		out = append(out, "")
		out = append(out, paragraphs(st.Strong, sentence(e.Fix), width)...)
	}
	out = append(out, "")
	retry := st.Key.Render(retryKey) + st.KeyHelp.Render(" tries again") + "   "
	if known && (u.Cause == api.NoPayload || u.Cause == api.NotRoot) {
		retry = "" // it will not be otherwise while this program runs
	}
	return append(out, retry+m.keyLine(keymap.Quit, "quits"))
}

// sentence begins text with a capital letter.
func sentence(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// keyLine is a key and what it does.
func (m *Model) keyLine(a keymap.Action, text string) string {
	st := m.env.Styles
	e, _ := m.env.Keys.Entry(a)
	return st.Key.Render(keymap.Show(e.Key())) + st.KeyHelp.Render(" "+text)
}

func paragraphs(style lipgloss.Style, text string, width int) []string {
	var out []string
	for l := range strings.SplitSeq(ansi.Wrap(text, max(1, width), " /,"), "\n") {
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
