package kit

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/themes"
)

// Env is what every pane is given at its making. It is shared and never changes after
// that, but for Styles, which a theme change replaces as a whole through SetStyles.
type Env struct {
	Keys   *keymap.Map
	Styles *themes.Styles // colours and glyphs
	Now    func() time.Time
}

// SetStyles changes the theme. What was drawn and kept is drawn again, since panes
// compare the address of the styles they drew with.
func (e *Env) SetStyles(s *themes.Styles) { e.Styles = s }

// Pane is one rectangle of the screen. Receivers are pointers; the parent calls its
// children directly and never through messages.
type Pane interface {
	Update(msg tea.Msg) tea.Cmd
	View() string // exactly the size set last
	SetSize(width, height int)
	SetFocus(bool)
}

// Cursored is a pane that shows the terminal's cursor; the position is relative to the pane.
type Cursored interface{ Cursor() *tea.Cursor }

// Capturer is a pane that may hold a text field: while Capturing is true it gets all keys
// before the global bindings, but for ctrl+c.
type Capturer interface{ Capturing() bool }

// Level says how grave a notice is.
type Level int

// The levels of a notice.
const (
	Info Level = iota
	Good
	Warn
	Bad
)

// Notice is a line for the status bar.
type Notice struct {
	Level Level
	Text  string
}

// NoticeMsg asks the root to show a notice.
type NoticeMsg struct{ Notice }

// Notify is a Cmd that shows a notice.
func Notify(l Level, text string) tea.Cmd {
	return func() tea.Msg { return NoticeMsg{Notice{l, text}} }
}
