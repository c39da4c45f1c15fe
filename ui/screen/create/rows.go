package create

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"gantry/themes"
	"gantry/ui/kit"
)

const (
	margin  = 2  // cells before the labels, for the mark of the focused row
	minRoom = 12 // cells that a value has at least, at the label's expense
	deepest = 3  // rows that one remark may take
)

// span is a range of lines, from the first up to but not including the last.
type span struct{ from, to int }

// rows draws the section's rows in width cells. focused is where the edited value stands
// with what is said under it, cursor its cell relative to these lines.
func (s *Screen) rows(width int) (lines []string, focused span) {
	label := s.label(width)
	for i, r := range s.here().rows {
		own, at := s.rowLines(r, width, label)
		if i == s.row {
			focused = span{len(lines) + at.from, len(lines) + at.to}
		}
		lines = append(lines, own...)
	}
	return lines, focused
}

// label is the width of the column of labels: the same in all sections.
func (s *Screen) label(width int) int {
	w := 0
	s.each(func(r *row) { w = max(w, kit.Width(r.opt.Label)+2) })
	return max(1, min(w, width-margin-minRoom))
}

// rowLines is one row: its values, each with what is said under it. at is the value that
// is edited.
func (s *Screen) rowLines(r *row, width, label int) (lines []string, at span) {
	st := s.env.Styles
	r.field.SetSize(max(0, width-margin), label)
	values := strings.Split(r.field.View(), "\n")
	edited := r.field.Line()
	for i, v := range values {
		begin := len(lines)
		mark := kit.Spaces(margin)
		if r.field.Focused() && i == edited {
			mark = st.Cursor.Render(st.Glyphs.Cursor) + kit.Spaces(margin-1)
		}
		lines = append(lines, mark+v)
		lines = append(lines, s.remarks(r.below[r.index(i, edited)], width, label)...)
		if i == edited {
			at = span{begin, len(lines)}
		}
	}
	return lines, at
}

// index is which of a draft's values stands in line i of a field: the empty one that is
// being edited is none of them.
func (r *row) index(i, edited int) int {
	held := len(r.field.Values())
	if held == 0 || r.field.Height() <= held || i < edited {
		return i
	}
	if i == edited {
		return -1
	}
	return i - 1
}

// remarks are the lines under a value.
func (s *Screen) remarks(all []remark, width, label int) []string {
	var out []string
	indent, room := margin+label, width-margin-label
	for _, m := range all {
		style, sign := s.dress(m.gravity)
		lead := kit.Width(sign)
		for i, part := range folded(m.text, room-lead, s.env.Styles) {
			if i > 0 {
				sign = kit.Spaces(lead)
			}
			out = append(out, kit.Spaces(indent)+style.Render(sign+part))
		}
	}
	return out
}

// folded breaks a text into rows, the last of which is cut if there are too many.
func folded(text string, width int, st *themes.Styles) []string {
	if width < 1 {
		return nil
	}
	if kit.Width(text) <= width {
		return []string{text}
	}
	rows := strings.Split(ansi.Wrap(text, width, ""), "\n")
	for i, r := range rows {
		rows[i] = strings.TrimRight(r, " ")
	}
	if len(rows) > deepest {
		rows = rows[:deepest]
		rows[deepest-1] = kit.Truncate(kit.Pad(rows[deepest-1], width)+" ", width, st.Glyphs.Ellipsis)
	}
	return rows
}
