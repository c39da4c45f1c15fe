package kit

import "gantry/keymap"

// Turn is the first line shown of a text after an action: room lines of it are seen at once, and it
// has most more. It reports whether the action is one that moves.
func Turn(a keymap.Action, top, room, most int) (int, bool) {
	page := max(1, room)
	switch a {
	case keymap.Up:
		top--
	case keymap.Down:
		top++
	case keymap.HalfUp:
		top -= page / 2
	case keymap.HalfDown:
		top += page / 2
	case keymap.PageUp:
		top -= page
	case keymap.PageDown:
		top += page
	case keymap.Top:
		top = 0
	case keymap.Bottom:
		top = most
	default:
		return top, false
	}
	return max(0, min(top, most)), true
}
