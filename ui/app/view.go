package app

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/pane/status"
)

// parts are the strings that a screen is glued from. They come from caches of the panes,
// so comparing them costs next to nothing while nothing has changed.
type parts struct {
	header, main, side, below, notice, footer, over string
	x, y                                            int // of over
}

// frame is the last screen and what it was glued from.
type frame struct {
	parts   parts
	content string
	shown   string // with cursor, what View gave last
	cursor  tea.Cursor
	header  headerKey
	head    string
	foot    footerKey
	bottom  string
}

type headerKey struct {
	st    *themes.Styles
	conn  api.ConnState
	info  api.EngineInfo
	lost  int
	width int
	shown keymap.Action
}

// View implements tea.Model.
func (m *Model) View() tea.View {
	v := tea.NewView(m.content())
	v.AltScreen, v.ReportFocus, v.WindowTitle = true, true, "gantry"
	v.Cursor = m.cursor()
	if m.opt.Drawn != nil && (v.Content != m.frame.shown || at(v.Cursor) != m.frame.cursor) {
		m.frame.shown, m.frame.cursor = v.Content, at(v.Cursor)
		m.opt.Drawn()
	}
	return v
}

// at is a cursor as it can be compared; none is at no place.
func at(c *tea.Cursor) tea.Cursor {
	if c == nil {
		return tea.Cursor{Position: tea.Position{X: -1}}
	}
	return *c
}

func (m *Model) content() string {
	if m.width <= 0 || m.height <= 0 {
		return ""
	}
	if m.layout.Mode == TooSmall {
		return m.tooSmall()
	}
	p := m.parts()
	if p == m.frame.parts && m.frame.content != "" {
		return m.frame.content
	}
	m.frame.parts, m.frame.content = p, glue(p, m.width, m.height)
	return m.frame.content
}

// tooSmall is the sentence for screens on which nothing can be shown.
func (m *Model) tooSmall() string {
	text := "gantry needs 60 columns and 16 rows; this is "
	text += strconv.Itoa(m.width) + " by " + strconv.Itoa(m.height) + ". Make the window larger; nothing is lost meanwhile."
	return kit.Fit(strings.Join(paragraphs(m.env.Styles.Text, text, m.width), "\n"), m.width, m.height)
}

// parts asks the panes for what they show.
func (m *Model) parts() parts {
	l := m.layout
	p := parts{header: m.header(), notice: status.Notice(m.env.Styles, m.shownNotice(), m.whyHint(), m.width), footer: m.footer()}
	switch m.page() {
	case pageHelp:
		p.main = kit.Box(m.env.Styles, kit.Frame{Title: "Help", Focused: true, Right: m.moreHelp()}, m.help.View(), l.Page.W, l.Page.H)
	case pageDoctor:
		p.main = m.doctor.View()
	case pageForm:
		p.main = m.form.View()
	case pageLog:
		p.main = m.log.View()
	case pageFirst:
		p.main = m.first(l.Page.W, l.Page.H)
	default:
		m.panes(&p)
	}
	m.over(&p)
	return p
}

// panes are the parts of the main page.
func (m *Model) panes(p *parts) {
	l := m.layout
	list, details := m.list.View, m.detail.View
	if m.things != nil {
		list, details = m.things.View, m.things.Sheet
	}
	switch {
	case l.Mode == Wide:
		p.main, p.side = list(), details()
	case m.focus == focusDetail:
		p.main = details()
	case m.focus == focusPulls:
		p.main = m.pulls.View()
	default:
		p.main = list()
	}
	if l.Strip.H > 0 {
		p.below = m.pulls.Strip(l.Strip.W)
	} else {
		p.below = m.pulls.View()
	}
}

// over is what stands over the panes: the farewell, or the topmost dialog.
func (m *Model) over(p *parts) {
	switch {
	case m.quitting.on:
		box, w, h := m.farewellBox()
		p.over, p.x, p.y = box, (m.width-w)/2, max(0, (m.height-h)/3)
	case len(m.dialogs) > 0:
		d := m.dialogs[len(m.dialogs)-1].model
		p.over = d.View()
		p.x, p.y = d.Place()
	}
}

// glue puts the parts together. Each has exactly its size, so this is only lines.
func glue(p parts, w, h int) string {
	var b strings.Builder
	b.Grow(len(p.header) + len(p.main) + len(p.side) + len(p.below) + len(p.notice) + len(p.footer) + h)
	b.WriteString(p.header)
	b.WriteByte('\n')
	if p.side == "" {
		b.WriteString(p.main)
	} else {
		beside(&b, p.main, p.side)
	}
	for _, s := range []string{p.below, p.notice, p.footer} {
		if s != "" {
			b.WriteByte('\n')
			b.WriteString(s)
		}
	}
	if p.over == "" {
		return b.String()
	}
	comp := lipgloss.NewCompositor(lipgloss.NewLayer(b.String()), lipgloss.NewLayer(p.over).X(p.x).Y(p.y).Z(1))
	return lipgloss.NewCanvas(w, h).Compose(comp).Render()
}

// beside writes two blocks of the same height side by side.
func beside(b *strings.Builder, left, right string) {
	for {
		l, lrest, more := strings.Cut(left, "\n")
		r, rrest, _ := strings.Cut(right, "\n")
		b.WriteString(l)
		b.WriteString(r)
		if !more {
			return
		}
		b.WriteByte('\n')
		left, right = lrest, rrest
	}
}

// header is the first row, made anew when something in it has changed.
func (m *Model) header() string {
	conn := m.store.Conn()
	k := headerKey{st: m.env.Styles, conn: conn.State, info: conn.Info, width: m.width, shown: m.shown()}
	lost := m.env.Now().Sub(conn.Since)
	if conn.State == api.ConnLost {
		k.lost = int(lost.Seconds())
	}
	if k != m.frame.header {
		m.frame.header = k
		m.frame.head = status.Header(m.env.Styles, m.tabs(), conn, lost, m.width)
	}
	return m.frame.head
}

// shownNotice is the line above the footer: that the engine is lost comes before all else.
func (m *Model) shownNotice() kit.Notice {
	if c := m.store.Conn(); c.State == api.ConnLost && c.Known() && m.notice.Text == "" {
		return kit.Notice{Level: kit.Warn, Text: lostText(c)}
	}
	return m.notice.Notice
}

// lostText says that what is shown is old, and why.
func lostText(c api.Connection) string {
	s := "engine lost; containers go on running"
	if c.Err != nil {
		s += ". " + kit.Explain(c.Err).Title
	}
	return s
}

// cursor is where the terminal's own cursor stands, if text is typed.
func (m *Model) cursor() *tea.Cursor {
	if m.quitting.on || m.layout.Mode == TooSmall {
		return nil
	}
	var c *tea.Cursor
	at := m.layout.Page
	page := m.page()
	if n := len(m.dialogs); n > 0 {
		d := m.dialogs[n-1].model
		page, c = pageAsked, d.Cursor()
		at.X, at.Y = d.Place()
	}
	switch page {
	case pageForm:
		c = m.form.Cursor()
	case pageLog:
		c = m.log.Cursor()
	case pageMain:
		switch {
		case m.focus != focusList:
		case m.things != nil:
			c, at = m.things.Cursor(), m.layout.List
		default:
			c, at = m.list.Cursor(), m.layout.List
		}
	}
	if c == nil {
		return nil
	}
	moved := *c
	moved.X += at.X
	moved.Y += at.Y
	return &moved
}
