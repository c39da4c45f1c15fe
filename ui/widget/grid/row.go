package grid

import (
	"strings"

	"charm.land/lipgloss/v2"

	"gantry/ui/kit"
)

// Row is one row as the grid keeps it: what it shows is asked for when it is drawn.
type Row struct {
	ID string
	// Rev and Live change when anything that the row shows has changed: what it is about,
	// and what moves by itself, such as ages.
	Rev, Live uint64
	Marked    bool // has a mark before it
}

// Span is a piece of text in one style. The grid cleans the text.
type Span struct {
	Text  string
	Style lipgloss.Style
}

// Cell is what a row shows in one column.
type Cell struct {
	Spans []Span
	// Spill lets a text that is too long run on over the following empty cells.
	Spill bool
	// Short is the text of a cell of one span in at most width cells; nil cuts its end.
	Short func(text string, width int) string
}

// Text is a cell of one text.
func Text(s string, style lipgloss.Style) Cell { return Cell{Spans: []Span{{s, style}}} }

func (c Cell) empty() bool {
	for _, s := range c.Spans {
		if s.Text != "" {
			return false
		}
	}
	return true
}

// look is how a row is emphasised.
type look int

const (
	lookPlain look = iota
	lookSelected
	lookBlurred // selected, but the pane has no focus
)

// line draws a row of exactly m.width cells.
func (m *Model) line(r Row, l look) string {
	st, mark := m.env.Styles, " "
	if r.Marked {
		mark = st.Accent.Render(st.Glyphs.Check)
	}
	var b strings.Builder
	switch l {
	case lookSelected:
		b.WriteString(mark + st.Cursor.Render(st.Glyphs.Cursor) + " ")
	case lookBlurred:
		b.WriteString(mark + st.Muted.Render(st.Glyphs.Cursor) + " ")
	default:
		b.WriteString(mark + "  ")
	}
	cells := m.cells(r.ID)
	free := 0 // cells of following columns that a spilling cell has used
	for i, col := range m.shown {
		if i > 0 {
			if free > 0 {
				free--
			} else {
				b.WriteByte(' ')
			}
			if free > 0 {
				free--
			} else {
				b.WriteByte(' ')
			}
		}
		var c Cell
		if col.index < len(cells) {
			c = cells[col.index]
		}
		if free >= col.width && c.empty() {
			free -= col.width
			continue
		}
		width := col.width - free
		room := width
		if c.Spill {
			room += m.after(cells, i)
		}
		used := m.cell(&b, c, i == 0, l, width, room, col.Right)
		free = max(0, used-width)
	}
	return kit.FitLine(b.String(), m.width)
}

// after is the room behind column i: that of the columns that are empty in this row.
func (m *Model) after(cells []Cell, i int) int {
	room := 0
	for _, col := range m.shown[i+1:] {
		if col.index < len(cells) && !cells[col.index].empty() {
			return max(0, room)
		}
		room += gap + col.width
	}
	return room
}

// cell writes a cell of at least width and at most room cells and returns how many it took.
func (m *Model) cell(b *strings.Builder, c Cell, first bool, l look, width, room int, right bool) int {
	st := m.env.Styles
	left := room
	var out strings.Builder
	for i, s := range c.Spans {
		text := kit.Clean(s.Text)
		w := kit.Width(text)
		switch {
		case w > left && c.Short != nil:
			text = kit.Truncate(c.Short(text, left), left, st.Glyphs.Ellipsis)
			w = kit.Width(text)
		case w > left || w == left && more(c.Spans[i+1:]):
			text = kit.Truncate(text+"  ", left, st.Glyphs.Ellipsis)
			w = kit.Width(text)
		}
		if w > 0 {
			out.WriteString(emphasise(st.Selected, st.SelectedBlur, s.Style, first, l).Render(text))
		}
		if left -= w; left <= 0 {
			break
		}
	}
	used := room - left
	if right && used < width {
		b.WriteString(kit.Spaces(width - used))
	}
	b.WriteString(out.String())
	if !right {
		b.WriteString(kit.Spaces(width - used))
	}
	return max(used, width)
}

func more(spans []Span) bool {
	for _, s := range spans {
		if strings.TrimSpace(s.Text) != "" {
			return true
		}
	}
	return false
}

// emphasise is a span's style in a row of look l: the selected row is bold, and its
// first cell, which names it, has the colour of selection.
func emphasise(selected, blurred, own lipgloss.Style, first bool, l look) lipgloss.Style {
	switch {
	case l == lookPlain:
		return own
	case first && l == lookSelected:
		return selected
	case first:
		return blurred
	case l == lookSelected:
		return own.Bold(true)
	}
	return own
}
