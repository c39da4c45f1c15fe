package scroll

import (
	"strings"

	"gantry/ui/kit"
)

// SetQuery searches for a text as it is typed: small letters match both, ASCII alone. It
// goes to the first line from the present one on that has it, and reports whether any
// line has. "" ends the search.
func (m *Model) SetQuery(q string) bool {
	m.query, m.dirty = q, true
	m.current = -1
	if q == "" {
		return true
	}
	start := m.ring.first
	if top := m.window(); len(top) > 0 {
		start = top[0].no
	}
	for range 2 {
		if no := m.search(start, 1); no >= 0 {
			m.show(no)
			return true
		}
		start = m.ring.first
	}
	return false
}

// Query is what is searched for.
func (m *Model) Query() string { return m.query }

// Match goes to the next line that has the query, or with dir -1 to the one before, and
// starts again at the other end; false when there is none.
func (m *Model) Match(dir int) bool {
	if m.query == "" || m.ring.n == 0 {
		return false
	}
	start := m.current + dir
	if m.current < 0 {
		start = m.ring.first
		if top := m.window(); len(top) > 0 {
			start = top[0].no
		}
	}
	no := m.search(start, dir)
	if no < 0 && dir > 0 {
		no = m.search(m.ring.first, 1)
	} else if no < 0 {
		no = m.search(m.ring.end()-1, -1)
	}
	if no < 0 {
		return false
	}
	m.show(no)
	return true
}

// search is the number of the first line from start on, in direction dir, that has the query; -1 is none.
func (m *Model) search(start, dir int) int {
	for no := start; no >= m.ring.first && no < m.ring.end(); no += dir {
		if index(m.ring.at(no).text, m.query) >= 0 {
			return no
		}
	}
	return -1
}

// show makes a line with a match the current one and brings it on the screen.
func (m *Model) show(no int) {
	m.current, m.dirty = no, true
	if !m.wrap {
		m.uncover(no)
	}
	for _, r := range m.window() {
		if r.no == no {
			return
		}
	}
	m.follow = false
	m.top, m.sub = no, 0
	m.back(m.height / 3)
}

// uncover shifts the window sideways so that the match of a cut line is in it.
func (m *Model) uncover(no int) {
	text := m.ring.at(no).text
	i := index(text, m.query)
	if i < 0 || m.room() < 1 {
		return
	}
	from, to := kit.Width(text[:i]), kit.Width(text[:i+len(m.query)])
	if from < m.left || to > m.left+m.room() {
		m.left = max(0, min(from, to-m.room()*2/3))
	}
}

// matches are all places of the query in a text.
func (m *Model) matches(text string) []segment {
	if m.query == "" {
		return nil
	}
	var out []segment
	for at := 0; ; {
		i := index(text[at:], m.query)
		if i < 0 {
			return out
		}
		out = append(out, segment{at + i, at + i + len(m.query)})
		at += i + len(m.query)
	}
}

// index is strings.Index but that small ASCII letters of q also match capital ones.
func index(s, q string) int {
	if q == "" || len(q) > len(s) {
		return -1
	}
	upper, lower := string(capital(q[0])), q[:1]
	for at := 0; at <= len(s)-len(q); {
		i := strings.IndexByte(s[at:], lower[0])
		if upper != lower {
			if j := strings.IndexByte(s[at:], upper[0]); j >= 0 && (i < 0 || j < i) {
				i = j
			}
		}
		if i < 0 || at+i+len(q) > len(s) {
			return -1
		}
		if at += i; same(s[at:at+len(q)], q) {
			return at
		}
		at++
	}
	return -1
}

func same(s, q string) bool {
	for i := range len(q) {
		if s[i] != q[i] && s[i] != capital(q[i]) {
			return false
		}
	}
	return true
}

func capital(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}
