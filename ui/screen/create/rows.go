package create

import (
	"strconv"
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

// drawing is a row as it was drawn last, with what it was drawn from.
type drawing struct {
	styles       *themes.Styles
	width, label int
	values, said string
	lines        []string
}

// rowLines is one row: its values, each with what is said under it, every line exactly
// width cells. at is the value that is edited. Only the focused row is drawn at every key.
func (s *Screen) rowLines(r *row, width, label int) (lines []string, at span) {
	if width <= margin {
		return []string{kit.Spaces(width)}, span{0, 1}
	}
	r.field.SetSize(width-margin, label)
	if r.field.Focused() {
		r.drawn = drawing{}
		return s.drawRow(r, width, label)
	}
	d := drawing{s.env.Styles, width, label, strings.Join(r.field.Values(), "\x00"), r.said(), nil}
	if o := r.drawn; o.lines == nil || o.styles != d.styles || o.width != width || o.label != label || o.values != d.values || o.said != d.said {
		d.lines, _ = s.drawRow(r, width, label)
		r.drawn = d
	}
	return r.drawn.lines, span{}
}

// said is everything under and in a row that is not its value.
func (r *row) said() string {
	s := r.ghost
	for i := range r.field.Height() {
		for _, m := range r.below[i] {
			s += "\x00" + strconv.Itoa(i) + " " + strconv.Itoa(int(m.gravity)) + m.text
		}
	}
	return s
}

func (s *Screen) drawRow(r *row, width, label int) (lines []string, at span) {
	st := s.env.Styles
	values := strings.Split(r.field.View(), "\n")
	edited := r.field.Line()
	for i, v := range values {
		begin := len(lines)
		mark := kit.Spaces(margin)
		if r.field.Focused() && i == edited {
			mark = st.Cursor.Render(st.Glyphs.Cursor) + kit.Spaces(margin-1)
		}
		lines = append(lines, mark+v)
		if i == edited && r.field.Focused() {
			lines = append(lines, s.list.drawUnder(s.env, width, margin+label, mostListed)...)
		}
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
			part = kit.Truncate(sign+part, width-indent, "")
			out = append(out, kit.Spaces(indent)+style.Render(part)+kit.Spaces(width-indent-kit.Width(part)))
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
		rows = cut(rows, deepest, width, st)
	}
	return rows
}

// cut is the first rows, the last with a sign that there was more.
func cut(rows []string, most, width int, st *themes.Styles) []string {
	if most < 1 {
		return nil
	}
	rows = rows[:most]
	last := strings.TrimRight(rows[most-1], " ") + " "
	rows[most-1] = kit.Truncate(last, width-kit.Width(st.Glyphs.Ellipsis), "") + st.Glyphs.Ellipsis
	return rows
}
