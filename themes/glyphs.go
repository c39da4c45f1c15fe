package themes

// Glyphs is a set of signs. Each is exactly one cell wide in every terminal, Bar's
// entries included, but for the check boxes, which are three.
type Glyphs struct {
	Running, Paused, Pulling, Created, Exited, Unknown string // container states

	Check, Skip, Cross, Work, Wait, Undone string // steps: done, skipped, failed, running, waiting, taken back

	// Bar is a cell of a progress bar by its eighths: Bar[0] is empty, Bar[8] full.
	Bar [9]string
	// Column is a cell of a chart by its eighths from below: Column[0] is empty, Column[8] full.
	Column [9]string

	Cursor              string // beside the selected row
	TitleOpen, TitleEnd string // around the title of the focused pane
	Left, Right         string // around the value of a choice; open and closed sections
	Up, Down            string
	Ellipsis            string // where text was cut
	Dot                 string // between parts of a line
	Arrow               string // from → to
	Live                string // the connection's mark
	Newline             string // stands for a line break in text of one line
	CheckOn, CheckOff   string // check boxes: three cells

	TopLeft, TopRight, BottomLeft, BottomRight string // borders
	Horizontal, Vertical                       string
}

// Unicode is the usual set.
func Unicode() Glyphs {
	return Glyphs{
		Running: "●", Paused: "◐", Pulling: "◌", Created: "○", Exited: "✗", Unknown: "?",
		Check: "✓", Skip: "–", Cross: "✗", Work: "◌", Wait: "·", Undone: "↶",
		Bar:    [9]string{"·", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"},
		Column: [9]string{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
		Cursor: "▌", TitleOpen: "▐", TitleEnd: "▌",
		Left: "◂", Right: "▸", Up: "▴", Down: "▾",
		Ellipsis: "…", Dot: "·", Arrow: "→", Live: "●", Newline: "↵",
		CheckOn: "[x]", CheckOff: "[ ]",
		TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BottomRight: "╯", Horizontal: "─", Vertical: "│",
	}
}

// ASCII is for terminals and fonts that have nothing else.
func ASCII() Glyphs {
	return Glyphs{
		Running: "*", Paused: "=", Pulling: "~", Created: "o", Exited: "x", Unknown: "?",
		Check: "+", Skip: "-", Cross: "x", Work: "~", Wait: ".", Undone: "<",
		Bar:    [9]string{".", ".", ".", ".", ".", ".", ".", ".", "#"},
		Column: [9]string{" ", ".", ".", ".", ":", ":", ":", "|", "#"},
		Cursor: ">", TitleOpen: "[", TitleEnd: "]",
		Left: "<", Right: ">", Up: "^", Down: "v",
		Ellipsis: "~", Dot: "-", Arrow: ">", Live: "*", Newline: "\\",
		CheckOn: "[x]", CheckOff: "[ ]",
		TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+", Horizontal: "-", Vertical: "|",
	}
}
