package app

// Sizes, in cells. They are design's: see "Sizes" there.
const (
	minWidth     = 60
	minHeight    = 16
	wideWidth    = 110
	pullsHeight  = 8
	paletteWidth = 80 // columns from which the footer names the palette
	tallEnough   = 24 // rows from which the pane of pulls has room below the others
)

// Mode is how the panes stand.
type Mode int

// The modes.
const (
	TooSmall Mode = iota
	Narrow        // one pane at a time
	Wide          // list and detail side by side
)

// Rect is a rectangle on the screen, in cells from its upper left corner.
type Rect struct{ X, Y, W, H int }

// Layout is where everything stands. A rectangle without cells is not shown.
type Layout struct {
	Mode                Mode
	Header              Rect
	List, Detail, Pulls Rect // when Narrow all three are the same, and one of them is shown
	Strip               Rect // the pulls in one row
	Page                Rect // what a form, the log or help has: all between header and notice
	Notice, Footer      Rect
}

// Arrange lays out a screen of w × h.
func Arrange(w, h int) Layout {
	if w < minWidth || h < minHeight {
		return Layout{Mode: TooSmall}
	}
	l := Layout{
		Header: Rect{0, 0, w, 1},
		Page:   Rect{0, 1, w, h - 3},
		Notice: Rect{0, h - 2, w, 1},
		Footer: Rect{0, h - 1, w, 1},
	}
	if w < wideWidth {
		l.Mode = Narrow
		l.Strip = Rect{0, h - 3, w, 1}
		l.List = Rect{0, 1, w, h - 4}
		l.Detail, l.Pulls = l.List, l.List
		return l
	}
	l.Mode = Wide
	below := 1
	if h >= tallEnough {
		below = pullsHeight
	}
	list, rows := w*3/5, h-3-below
	l.List = Rect{0, 1, list, rows}
	l.Detail = Rect{list, 1, w - list, rows}
	if h >= tallEnough {
		l.Pulls = Rect{0, 1 + rows, w, below}
	} else {
		l.Strip = Rect{0, 1 + rows, w, below}
	}
	return l
}
