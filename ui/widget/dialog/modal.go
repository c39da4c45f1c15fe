package dialog

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/ui/kit"
)

// Modal is whatever stands over the screen and has all keys: a question, a menu, a few
// fields, a list to look through.
type Modal interface {
	// Update handles a message; done says that it has been answered, and with what.
	Update(msg tea.Msg) (answer string, done bool)
	View() string
	SetSize(width, height int) // of the screen
	Size() (width, height int)
	Place() (x, y int) // of View's upper left corner
	Footer() []keymap.Entry
	Cursor() *tea.Cursor // relative to View; nil: none
}

// base is what all modals have in common.
type base struct {
	env    *kit.Env
	opener string // the key that opened it, which does not answer it
	width  int
	height int
	drawn  time.Time // when it was first drawn; zero: not yet
}

// SetSize tells the screen's size; a modal takes what it needs of it.
func (b *base) SetSize(width, height int) { b.width, b.height = max(0, width), max(0, height) }

// seen notes that it is on the screen.
func (b *base) seen() {
	if b.drawn.IsZero() {
		b.drawn = b.env.Now()
	}
}

// early reports whether a key cannot have been meant for what is asked.
func (b *base) early(k tea.KeyPressMsg) bool {
	return k.IsRepeat || b.drawn.IsZero() || b.env.Now().Sub(b.drawn) < Grace || b.opener != "" && k.String() == b.opener
}

// place is a little above the middle of the screen.
func (b *base) place(w, h int) (x, y int) { return max(0, (b.width-w)/2), max(0, (b.height-h)/3) }

// outer is the width of a box whose content wants need cells.
func (b *base) outer(need int) int {
	return max(0, min(b.width, max(least, min(widest, need))+border+2*padding))
}

// inner is the width of the content of a box that is outer wide.
func inner(outer int) int { return max(0, outer-border-2*padding) }

// window is the part of n lines that is shown in room lines so that line at is in it; top
// is where it began before.
func window(n, room, at, top int) int {
	top = min(top, at, max(0, n-room))
	return max(0, top, at-room+1)
}
