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

type footerKey struct {
	st    *themes.Styles
	words string
	width int
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

// footer is the row of keys of whatever has the focus.
func (m *Model) footer() string {
	keys, general := m.hints()
	var b strings.Builder
	for _, es := range [][]keymap.Entry{keys, general} {
		for _, e := range es {
			b.WriteString(e.Key() + " " + e.Help + "\n")
		}
	}
	k := footerKey{m.env.Styles, b.String(), m.width}
	if k != m.frame.foot {
		m.frame.foot, m.frame.bottom = k, status.Footer(m.env.Styles, keys, general, m.width)
	}
	return m.frame.bottom
}

// hints are the keys that do something now.
func (m *Model) hints() (keys, general []keymap.Entry) {
	pick := m.env.Keys.Pick
	switch {
	case m.quitting.on:
		return nil, nil
	case len(m.dialogs) > 0:
		return m.dialogs[len(m.dialogs)-1].model.Footer(), nil
	}
	switch m.page() {
	case pageHelp:
		return pick(keymap.Back), nil
	case pageDoctor:
		return backLast(m.doctor.Footer(), pick(keymap.Help, keymap.Quit))
	case pageForm:
		return backLast(m.form.Footer(), nil)
	case pageLog:
		if m.log.Capturing() {
			return m.log.Footer(), nil
		}
		return backLast(m.log.Footer(), pick(keymap.Help, keymap.Quit))
	case pageFirst:
		if m.store.Conn().State == api.ConnStarting {
			return pick(keymap.ContainerNew, keymap.Doctor), pick(keymap.Help, keymap.Quit)
		}
		if !retryable(m.store.Conn().Err) {
			return pick(keymap.Doctor), pick(keymap.Help, keymap.Quit)
		}
		return pick(keymap.Retry, keymap.Doctor), pick(keymap.Help, keymap.Quit)
	}
	general = pick(keymap.Help, keymap.Quit)
	switch m.focus {
	case focusDetail:
		if m.things != nil {
			return nil, append(pick(keymap.Back), general...)
		}
		keys = pick(keymap.TabNext)
		for _, e := range m.list.Footer() {
			if m.onRow(e.Action) && e.Action != keymap.ContainerNew {
				keys = append(keys, e)
			}
		}
		return keys, append(pick(keymap.Back), general...)
	case focusPulls:
		return m.pullHints(), general
	}
	if m.things != nil {
		if m.things.Capturing() {
			return m.thingsHints(), nil
		}
		return m.thingsHints(), append(pick(keymap.ListFilter), general...)
	}
	if m.list.Capturing() {
		return m.list.Footer(), nil
	}
	if m.store.Len() == 0 {
		return m.list.Footer(), general
	}
	first := pick(keymap.ListFilter)
	if m.width >= paletteWidth {
		first = append(first, pick(keymap.Palette)...)
	}
	return m.list.Footer(), append(first, general...)
}

// backLast moves the way back to the keys that are never left out.
func backLast(keys, general []keymap.Entry) (k, g []keymap.Entry) {
	for _, e := range keys {
		if e.Action == keymap.Back {
			g = append(g, e)
		} else {
			k = append(k, e)
		}
	}
	return k, append(g, general...)
}

// pullHints are the keys of the pane of pulls for the job under its cursor.
func (m *Model) pullHints() []keymap.Entry {
	out := m.env.Keys.Pick(keymap.Back)
	j, ok := m.pulls.Selected()
	e, bound := m.env.Keys.Entry(keymap.JobCancel)
	switch {
	case !ok || !bound:
	case j.Running() && !j.Asked:
		return append([]keymap.Entry{e}, out...)
	case !j.Running():
		return append([]keymap.Entry{e.With("dismiss")}, out...)
	}
	return out
}

func (m *Model) moreHelp() string {
	if m.help.More() {
		return "more " + m.env.Styles.Glyphs.Down
	}
	return ""
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
