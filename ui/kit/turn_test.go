package kit

import (
	"testing"

	"gantry/keymap"
)

func TestATextTurnsWithinItsBounds(t *testing.T) {
	for _, c := range []struct {
		a               keymap.Action
		top, room, most int
		want            int
		moves           bool
	}{
		{keymap.Up, 0, 10, 5, 0, true},
		{keymap.Down, 5, 10, 5, 5, true},
		{keymap.Down, 2, 10, 5, 3, true},
		{keymap.PageDown, 0, 10, 25, 10, true},
		{keymap.HalfDown, 0, 10, 25, 5, true},
		{keymap.PageUp, 3, 10, 25, 0, true},
		{keymap.Bottom, 0, 10, 25, 25, true},
		{keymap.Bottom, 3, 10, -4, 0, true}, // all of it is seen
		{keymap.Top, 9, 0, 25, 0, true},
		{keymap.PageDown, 9, 0, 25, 10, true}, // no room at all
		{keymap.Quit, 9, 10, 25, 9, false},
	} {
		if got, moves := Turn(c.a, c.top, c.room, c.most); got != c.want || moves != c.moves {
			t.Errorf("%s from %d: %d, %v; want %d, %v", c.a, c.top, got, moves, c.want, c.moves)
		}
	}
}
