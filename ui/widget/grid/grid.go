package grid

import (
	"slices"
	"strings"

	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
)

// Model is a grid. Its methods are for one goroutine.
type Model struct {
	env   *kit.Env
	cols  []Column
	cells func(id string) []Cell

	rows   []Row
	shown  []placed
	empty  []string
	width  int
	height int
	focus  bool

	cursor int    // index of the selected row; 0 when there is none
	at     string // ID of the selected row
	want   string // ID that is to be selected, though it may not be there now
	offset int    // index of the first visible row

	cache map[string]drawn
	style *themes.Styles // what cache was drawn with
	view  string
	dirty bool
}

type drawn struct {
	row  Row
	look look
	line string
}

// New makes a grid. cells gives what a row shows, a cell for each column of cols; it is
// called only for rows that are visible, and again only when their revision changes.
func New(env *kit.Env, cols []Column, cells func(id string) []Cell) *Model {
	return &Model{env: env, cols: slices.Clone(cols), cells: cells, cache: map[string]drawn{}, dirty: true}
}

// SetSize sets the box that View fills, the line of titles included.
func (m *Model) SetSize(width, height int) {
	width, height = max(0, width), max(0, height)
	if width == m.width && height == m.height {
		return
	}
	if width != m.width {
		m.shown = place(m.cols, width)
		clear(m.cache)
	}
	m.width, m.height = width, height
	m.reveal()
}

// SetFocus says whether the selected row is the one that keys act on.
func (m *Model) SetFocus(on bool) {
	m.dirty = m.dirty || on != m.focus
	m.focus = on
}

// SetEmpty sets the lines that are shown when there are no rows; they are cleaned.
func (m *Model) SetEmpty(lines ...string) {
	m.empty, m.dirty = slices.Clone(lines), true
}

// Invalidate draws every row anew, whatever its revision.
func (m *Model) Invalidate() {
	clear(m.cache)
	m.dirty = true
}

// SetRows replaces the rows; they are copied. The selected ID stays selected and keeps
// its line on the screen. If it is gone, the row that takes its place is selected; when
// it comes back before the cursor was moved, it is selected again.
func (m *Model) SetRows(rows []Row) {
	line := m.cursor - m.offset
	m.rows = append(m.rows[:0], rows...)
	m.dirty = true
	if i := m.find(m.want); i >= 0 {
		m.cursor = i
	} else if i := m.find(m.at); i >= 0 {
		m.cursor = i
	} else {
		m.cursor = max(0, min(m.cursor, len(m.rows)-1))
	}
	if m.at = m.Selected(); m.want == "" {
		m.want = m.at
	}
	m.offset = m.cursor - line
	m.reveal()
	if len(m.cache) > 4*(m.height+16) {
		clear(m.cache)
	}
}

// Len is the number of rows.
func (m *Model) Len() int { return len(m.rows) }

// Index is the selected row's, from 0; -1 when there are no rows.
func (m *Model) Index() int {
	if len(m.rows) == 0 {
		return -1
	}
	return m.cursor
}

// Selected is the selected row's ID, "" when there are no rows.
func (m *Model) Selected() string {
	if len(m.rows) == 0 {
		return ""
	}
	return m.rows[m.cursor].ID
}

// Select selects an ID. If it is not there it is selected as soon as it comes, unless
// the cursor is moved before; the result says whether it is there.
func (m *Model) Select(id string) bool {
	m.want, m.dirty = id, true
	i := m.find(id)
	if i < 0 {
		return false
	}
	m.cursor, m.at = i, id
	m.reveal()
	return true
}

// Visible are the IDs of the rows on the screen, from the top.
func (m *Model) Visible() []string {
	var ids []string
	for i := m.offset; i < len(m.rows) && i < m.offset+m.page(); i++ {
		ids = append(ids, m.rows[i].ID)
	}
	return ids
}

// Shown are the IDs of the columns that have room, from the left.
func (m *Model) Shown() []string {
	var ids []string
	for _, c := range m.shown {
		ids = append(ids, c.ID)
	}
	return ids
}

// Do carries out a movement; it reports whether a is one.
func (m *Model) Do(a keymap.Action) bool {
	switch a {
	case keymap.Up:
		m.move(-1)
	case keymap.Down:
		m.move(1)
	case keymap.PageUp:
		m.move(-max(1, m.page()))
	case keymap.PageDown:
		m.move(max(1, m.page()))
	case keymap.HalfUp:
		m.move(-max(1, m.page()/2))
	case keymap.HalfDown:
		m.move(max(1, m.page()/2))
	case keymap.Top:
		m.move(-len(m.rows))
	case keymap.Bottom:
		m.move(len(m.rows))
	default:
		return false
	}
	return true
}

// View is the grid, exactly its size.
func (m *Model) View() string {
	if m.style != m.env.Styles {
		m.style, m.dirty = m.env.Styles, true
		clear(m.cache)
	}
	if m.dirty {
		m.view, m.dirty = m.draw(), false
	}
	return m.view
}

func (m *Model) draw() string {
	if m.width == 0 || m.height == 0 {
		return ""
	}
	lines := make([]string, 0, m.height)
	lines = append(lines, m.header())
	if len(m.rows) == 0 {
		for _, l := range m.empty {
			st := m.env.Styles
			lines = append(lines, kit.Spaces(gutter)+st.Muted.Render(kit.Truncate(kit.Clean(l), max(0, m.width-gutter-margin), st.Glyphs.Ellipsis)))
		}
		return kit.Fit(strings.Join(lines, "\n"), m.width, m.height)
	}
	for i := m.offset; i < len(m.rows) && len(lines) < m.height; i++ {
		lines = append(lines, m.row(i))
	}
	for pad := kit.Spaces(m.width); len(lines) < m.height; {
		lines = append(lines, pad)
	}
	return strings.Join(lines, "\n")
}

// row is a row's line, from the cache when it is still right.
func (m *Model) row(i int) string {
	r, l := m.rows[i], lookPlain
	if i == m.cursor {
		l = lookBlurred
		if m.focus {
			l = lookSelected
		}
	}
	if d, ok := m.cache[r.ID]; ok && d.row == r && d.look == l {
		return d.line
	}
	line := m.line(r, l)
	m.cache[r.ID] = drawn{r, l, line}
	return line
}

func (m *Model) move(n int) {
	if len(m.rows) == 0 {
		return
	}
	m.cursor = max(0, min(m.cursor+n, len(m.rows)-1))
	m.at = m.rows[m.cursor].ID
	m.want = m.at
	m.reveal()
}

// page is the number of rows that are visible at a time.
func (m *Model) page() int { return max(0, m.height-1) }

// reveal moves the window so that the selected row is in it and no line is wasted.
func (m *Model) reveal() {
	m.dirty = true
	page := max(1, m.page())
	m.offset = max(m.offset, m.cursor-page+1)
	m.offset = min(m.offset, m.cursor, max(0, len(m.rows)-page))
	m.offset = max(0, m.offset)
}

func (m *Model) find(id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(m.rows, func(r Row) bool { return r.ID == id })
}
