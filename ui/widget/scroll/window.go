package scroll

import (
	"strings"
	"time"

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
	for _, r := range m.window() {
		lines = append(lines, m.line(r))
	}
	return kit.Fit(strings.Join(lines, "\n"), m.width, m.height)
}

// line is one row of the screen.
func (m *Model) line(r row) string {
	st, k := m.env.Styles, m.ring.at(r.no)
	base, match := st.Text, st.Match
	if k.stderr {
		base = st.Warn
	}
	if r.no == m.current {
		match = st.MatchCurrent
	}
	prefix := ""
	if m.times {
		prefix = m.stamp(k.time, r.sub > 0)
	}
	if m.wrap {
		return prefix + paint(k.text, wrapped(k.text, m.room())[r.sub], m.matches(k.text), base, match)
	}
	seg, lead := shifted(k.text, m.left, m.room())
	return prefix + kit.Spaces(lead) + paint(k.text, seg, m.matches(k.text), base, match)
}

// stamp is the column of times; a line's further rows have it blank.
func (m *Model) stamp(t time.Time, blank bool) string {
	if blank || t.IsZero() {
		return kit.Spaces(len(timeLayout) + 1)
	}
	return m.env.Styles.Muted.Render(t.Format(timeLayout)) + " "
}
