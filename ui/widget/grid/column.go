package grid

import (
	"strings"

	"gantry/ui/kit"
)

const (
	gutter = 3 // before the first column: a space, the cursor bar, a space
	gap    = 2 // between two columns
	margin = 1 // after the last column
)

// Column is one column of a grid.
type Column struct {
	ID     string
	Title  string
	Min    int  // cells that it has at least
	Max    int  // cells that it has at most; 0 is no limit
	Weight int  // its share of the width that is left; 0 keeps it at Min
	Right  bool // aligned right, for numbers
	Drop   int  // which goes first when there is no room: 1, then 2, …; 0 never goes
}

// placed is a column that is shown.
type placed struct {
	Column
	index int // among all columns, and so among a row's cells
	width int
}

// place chooses the columns that fit into width and shares the rest out.
func place(cols []Column, width int) []placed {
	shown := make([]placed, 0, len(cols))
	for i, c := range cols {
		shown = append(shown, placed{c, i, c.Min})
	}
	for needed(shown) > width {
		drop := -1
		for i, c := range shown {
			if c.Drop > 0 && (drop < 0 || c.Drop < shown[drop].Drop) {
				drop = i
			}
		}
		if drop < 0 {
			break
		}
		shown = append(shown[:drop], shown[drop+1:]...)
	}
	share(shown, width-needed(shown))
	return shown
}

func needed(shown []placed) int {
	n := gutter + margin
	for i, c := range shown {
		if i > 0 {
			n += gap
		}
		n += c.width
	}
	return n
}

// share gives the free cells to the columns by weight, round by round, since a column
// that reaches its Max leaves the rest to the others.
func share(shown []placed, free int) {
	for free > 0 {
		total := 0
		for _, c := range shown {
			if c.grows() {
				total += c.Weight
			}
		}
		if total == 0 {
			return
		}
		given, before := 0, free
		for i := range shown {
			c := &shown[i]
			if !c.grows() || given == before {
				continue
			}
			n := max(1, before*c.Weight/total)
			n = min(n, before-given)
			if c.Max > 0 {
				n = min(n, c.Max-c.width)
			}
			c.width += n
			given += n
		}
		free -= given
	}
}

func (c placed) grows() bool { return c.Weight > 0 && (c.Max == 0 || c.width < c.Max) }

// header is the line of the columns' titles.
func (m *Model) header() string {
	st := m.env.Styles
	var b strings.Builder
	for i, c := range m.shown {
		if i > 0 {
			b.WriteString(kit.Spaces(gap))
		}
		t := kit.Truncate(c.Title, c.width, st.Glyphs.Ellipsis)
		if c.Right {
			b.WriteString(kit.PadLeft(t, c.width))
		} else {
			b.WriteString(kit.Pad(t, c.width))
		}
	}
	return kit.FitLine(kit.Spaces(gutter)+st.Header.Render(b.String()), m.width)
}
