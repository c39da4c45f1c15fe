package kit

import (
	"strings"

	"gantry/themes"
)

// Frame is a pane's border with its title, as design has it: the focused pane has a
// filled title mark, so that focus shows without colour.
type Frame struct {
	Title   string // cleaned by its owner, as all text here
	Note    string // after the title: "all · by state"
	Right   string // at the right end of the upper border: a count
	Focused bool
}

// Inner is the size of what a box of width × height holds.
func Inner(width, height int) (w, h int) { return max(0, width-2), max(0, height-2) }

// Box draws body, which is fitted, in a border of exactly width × height cells.
// A box too small for a border is body alone.
func Box(st *themes.Styles, f Frame, body string, width, height int) string {
	if width < 2 || height < 2 {
		return Fit(body, width, height)
	}
	g, border := st.Glyphs, st.Border
	if f.Focused {
		border = st.BorderFocus
	}
	side := border.Render(g.Vertical)
	var b strings.Builder
	b.Grow(len(body) + height*(2*len(side)+1) + 6*width)
	b.WriteString(top(st, f, width))
	for range height - 2 {
		line, rest, _ := strings.Cut(body, "\n")
		body = rest
		b.WriteByte('\n')
		b.WriteString(side)
		b.WriteString(FitLine(line, width-2))
		b.WriteString(side)
	}
	b.WriteByte('\n')
	b.WriteString(border.Render(g.BottomLeft + strings.Repeat(g.Horizontal, width-2) + g.BottomRight))
	return b.String()
}

// top is the upper border: corner, title, note, line, right text, corner.
func top(st *themes.Styles, f Frame, width int) string {
	g, border := st.Glyphs, st.Border
	if f.Focused {
		border = st.BorderFocus
	}
	room := width - 2
	var left string
	title := Truncate(f.Title, max(0, room-2), g.Ellipsis)
	used := 0
	if title != "" {
		used = Width(title) + 2
		if f.Focused {
			left = st.TitleMark.Render(g.TitleOpen) + st.TitleFocus.Render(title) + st.TitleMark.Render(g.TitleEnd)
		} else {
			left = " " + st.Title.Render(title) + " "
		}
	}
	right := ""
	if w := Width(f.Right); w > 0 && used+w+3 <= room {
		right = " " + st.Muted.Render(f.Right) + " "
		used += w + 2
	}
	if w := Width(f.Note); w > 0 && used+w+3 <= room {
		lead := ""
		if f.Focused {
			lead = " "
		}
		left += lead + st.Muted.Render(f.Note) + " "
		used += w + 1 + len(lead)
	}
	return border.Render(g.TopLeft) + left + border.Render(strings.Repeat(g.Horizontal, max(0, room-used))) + right + border.Render(g.TopRight)
}
