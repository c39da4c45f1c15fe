package scroll

import (
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"gantry/ui/kit"
)

// timeLayout is how a line's time is shown, in the zone that it came with.
const timeLayout = "2006-01-02 15:04:05.000"

// row is one row of the screen: a row of a line.
type row struct{ no, sub int }

// room is the width that a line's text has.
func (m *Model) room() int {
	if m.times {
		return max(0, m.width-len(timeLayout)-1)
	}
	return m.width
}

// rowsOf is the number of rows that a line takes.
func (m *Model) rowsOf(no int) int {
	if !m.wrap {
		return 1
	}
	return len(wrapped(m.ring.at(no).text, m.room()))
}

// window are the rows on the screen, from the top.
func (m *Model) window() []row {
	if m.height == 0 || m.ring.n == 0 {
		return nil
	}
	if m.follow {
		m.bottom()
	}
	var out []row
	for no, sub := m.top, m.sub; no < m.ring.end() && len(out) < m.height; no, sub = no+1, 0 {
		for n := m.rowsOf(no); sub < n && len(out) < m.height; sub++ {
			out = append(out, row{no, sub})
		}
	}
	return out
}

// bottom puts the last row of the last line at the bottom of the screen.
func (m *Model) bottom() {
	m.top, m.sub = m.ring.end(), 0
	m.back(m.height)
}

// back moves the top up by n rows, as far as there are any.
func (m *Model) back(n int) {
	for n > 0 {
		if m.sub > 0 {
			step := min(n, m.sub)
			m.sub, n = m.sub-step, n-step
			continue
		}
		if m.top <= m.ring.first {
			return
		}
		m.top--
		m.sub = m.rowsOf(m.top)
	}
}

// forward moves the top down by n rows and reports whether the end is in view.
func (m *Model) forward(n int) bool {
	for ; n > 0 && m.top < m.ring.end(); n-- {
		if m.sub++; m.sub >= m.rowsOf(m.top) {
			m.top, m.sub = m.top+1, 0
		}
	}
	return m.atEnd()
}

// atEnd reports whether the last row of the last line is in view.
func (m *Model) atEnd() bool {
	rows := 0
	for no, sub := m.top, m.sub; no < m.ring.end(); no, sub = no+1, 0 {
		if rows += m.rowsOf(no) - sub; rows > m.height {
			return false
		}
	}
	return true
}

// scroll moves by n rows. Moving up stops following, arriving at the end starts it.
func (m *Model) scroll(n int) {
	if m.ring.n == 0 || m.height == 0 {
		return
	}
	m.freeze()
	m.dirty = true
	if n < 0 {
		m.follow = false
		m.back(-n)
		return
	}
	if m.forward(n) {
		m.follow = true
	}
}

// freeze makes top the row that is at the top of the screen while following.
func (m *Model) freeze() {
	if m.follow && m.ring.n > 0 && m.height > 0 {
		m.bottom()
	}
}

// settle keeps the top a row that exists after wrapping has changed.
func (m *Model) settle() {
	if m.ring.n == 0 || m.follow {
		return
	}
	m.top = max(m.ring.first, min(m.top, m.ring.end()-1))
	m.sub = min(m.sub, m.rowsOf(m.top)-1)
}

// View is the log, exactly its size.
func (m *Model) View() string {
	if m.style != m.env.Styles {
		m.style, m.dirty = m.env.Styles, true
	}
	if m.dirty {
		m.view, m.dirty = m.draw(), false
	}
	return m.view
}

func (m *Model) draw() string {
	lines := make([]string, 0, m.height)
	var d drawing
	for _, r := range m.window() {
		if len(lines) == 0 || d.no != r.no {
			d = m.prepare(r.no)
		}
		lines = append(lines, m.line(d, r.sub))
	}
	return kit.Fit(strings.Join(lines, "\n"), m.width, m.height)
}

// drawing is a line with what all of its rows need.
type drawing struct {
	kept
	no          int
	rows        []segment // when it is wrapped
	matches     []segment
	base, match lipgloss.Style
}

func (m *Model) prepare(no int) drawing {
	st, k := m.env.Styles, m.ring.at(no)
	d := drawing{kept: k, no: no, matches: m.matches(k.text), base: st.Text, match: st.Match}
	if k.stderr {
		d.base = st.Warn
	}
	if no == m.current {
		d.match = st.MatchCurrent
	}
	if m.wrap {
		d.rows = wrapped(k.text, m.room())
	}
	return d
}

// line is one row of the screen.
func (m *Model) line(d drawing, sub int) string {
	prefix := ""
	if m.times {
		prefix = m.stamp(d.time, sub > 0)
	}
	if m.wrap {
		return prefix + paint(d.text, d.rows[sub], d.matches, d.base, d.match)
	}
	return prefix + m.cut(d)
}

// cut is a line that is not wrapped, with a sign at each side where it goes on.
func (m *Model) cut(d drawing) string {
	st, room := m.env.Styles, m.room()
	width := kit.Width(d.text)
	before, after := m.left > 0 && width > 0, width-m.left > room
	if room < 4 {
		before, after = false, false
	}
	left, right := m.left, ""
	var sign string
	if before {
		sign, left, room = st.Faint.Render(st.Glyphs.Ellipsis), left+1, room-1
	}
	if after {
		right, room = st.Faint.Render(st.Glyphs.Ellipsis), room-1
	}
	seg, lead := shifted(d.text, left, room)
	body := kit.Spaces(lead) + paint(d.text, seg, d.matches, d.base, d.match)
	if after {
		body = kit.Pad(body, room)
	}
	return sign + body + right
}

// stamp is the column of times; a line's further rows have it blank.
func (m *Model) stamp(t time.Time, blank bool) string {
	if blank || t.IsZero() {
		return kit.Spaces(len(timeLayout) + 1)
	}
	return m.env.Styles.Muted.Render(t.Format(timeLayout)) + " "
}
