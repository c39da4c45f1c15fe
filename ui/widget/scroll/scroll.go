package scroll

import (
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
)

// sideStep is how many cells a step to the side moves lines that are cut.
const sideStep = 8

// Model is a log on the screen. Its methods are for one goroutine.
type Model struct {
	env  *kit.Env
	ring ring

	width, height int
	wrap, times   bool
	follow        bool
	top, sub      int // number of the first visible line, and which of its rows
	left          int // cells that cut lines are shifted

	query   string
	current int // number of the line with the present match; -1 is none

	style *themes.Styles
	view  string
	dirty bool
}

// New makes an empty log that follows and wraps.
func New(env *kit.Env) *Model {
	return &Model{env: env, wrap: true, follow: true, current: -1, dirty: true}
}

// SetSize sets the box that View fills.
func (m *Model) SetSize(width, height int) {
	width, height = max(0, width), max(0, height)
	if width == m.width && height == m.height {
		return
	}
	if width != m.width {
		m.sub = 0
	}
	m.width, m.height, m.dirty = width, height, true
	m.settle()
}

// Append adds lines at the end. Their texts are made safe and copied.
func (m *Model) Append(lines ...Line) {
	for _, l := range lines {
		m.ring.add(safe(l, m.env.Styles.Glyphs.Ellipsis))
	}
	m.dirty = true
	if m.top < m.ring.first {
		m.top, m.sub = m.ring.first, 0
	}
	if m.current < m.ring.first {
		m.current = -1
	}
}

// Clear forgets all lines, for another container's log.
func (m *Model) Clear() {
	m.ring = ring{}
	m.top, m.sub, m.left, m.current, m.follow, m.dirty = 0, 0, 0, -1, true, true
}

// Len is the number of lines that are kept.
func (m *Model) Len() int { return m.ring.n }

// Dropped is the number of lines that had to go, since there were too many.
func (m *Model) Dropped() int { return m.ring.first }

// Following reports whether the newest line is kept in view.
func (m *Model) Following() bool { return m.follow }

// Wrapping reports whether long lines are broken rather than cut.
func (m *Model) Wrapping() bool { return m.wrap }

// Times reports whether each line has its time before it.
func (m *Model) Times() bool { return m.times }

// SetFollow starts or stops keeping the newest line in view.
func (m *Model) SetFollow(on bool) {
	if m.follow && !on {
		m.freeze()
	}
	m.follow, m.dirty = on, true
}

// SetWrap breaks long lines, or cuts them.
func (m *Model) SetWrap(on bool) {
	m.wrap, m.sub, m.left, m.dirty = on, 0, 0, true
	m.settle()
}

// SetTimes shows or hides the times.
func (m *Model) SetTimes(on bool) {
	m.times, m.sub, m.dirty = on, 0, true
	m.settle()
}

// Do carries out a movement or one of the log's own actions but for searching, which
// needs a text; it reports whether a is one of them.
func (m *Model) Do(a keymap.Action) bool {
	switch a {
	case keymap.Up:
		m.scroll(-1)
	case keymap.Down:
		m.scroll(1)
	case keymap.PageUp:
		m.scroll(-max(1, m.height-1))
	case keymap.PageDown:
		m.scroll(max(1, m.height-1))
	case keymap.HalfUp:
		m.scroll(-max(1, m.height/2))
	case keymap.HalfDown:
		m.scroll(max(1, m.height/2))
	case keymap.Top:
		m.follow, m.top, m.sub, m.dirty = false, m.ring.first, 0, true
	case keymap.Bottom:
		m.SetFollow(true)
	case keymap.LogFollow:
		m.SetFollow(!m.follow)
	case keymap.LogWrap:
		m.SetWrap(!m.wrap)
	case keymap.LogTimestamps:
		m.SetTimes(!m.times)
	case keymap.LogNext:
		m.Match(1)
	case keymap.LogPrev:
		m.Match(-1)
	case keymap.LogLeft:
		m.shift(-sideStep)
	case keymap.LogRight:
		m.shift(sideStep)
	default:
		return false
	}
	return true
}

func (m *Model) shift(n int) {
	if !m.wrap {
		m.left, m.dirty = max(0, min(m.left+n, m.widest()-2)), true
	}
}

// widest is the width of the widest line in view.
func (m *Model) widest() int {
	w := 0
	for _, r := range m.window() {
		w = max(w, kit.Width(m.ring.at(r.no).text))
	}
	return w
}
