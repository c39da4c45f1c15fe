package create

import (
	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/ui/kit"
)

// sheet is what has the place of the rows for a while: a search, the parts of a value, a
// pasted line. It has all keys but the one that goes back, which closes it.
type sheet interface {
	// title stands beside the form's own.
	title() string
	// key handles a key; a is what the form's scope has for it, "" for none.
	key(a keymap.Action, k tea.KeyPressMsg) tea.Cmd
	paste(text string) tea.Cmd
	// advice is one line below: what the sheet is for.
	advice() string
	// draw gives at most room lines of exactly width cells, and where text is typed.
	draw(width, room int) ([]string, *tea.Cursor)
	footer() []keymap.Entry
}

// open shows a sheet in the place of the rows.
func (s *Screen) open(sh sheet) {
	s.sheet, s.dirty = sh, true
}

// closeSheet shows the rows again.
func (s *Screen) closeSheet() { s.sheet, s.dirty = nil, true }

// sheetKey hands a key to the sheet that is open.
func (s *Screen) sheetKey(a keymap.Action, k tea.KeyPressMsg) tea.Cmd {
	s.dirty = true
	if a == keymap.Back {
		s.closeSheet()
		return nil
	}
	return s.sheet.key(a, k)
}

// sheetBody is the sheet in the place of the rows, room lines of width cells.
func (s *Screen) sheetBody(width, room int) ([]string, *tea.Cursor) {
	lines, cursor := s.sheet.draw(width, room)
	if len(lines) > room {
		lines = lines[:room]
	}
	for i, l := range lines {
		lines[i] = kit.FitLine(l, width)
	}
	for len(lines) < room {
		lines = append(lines, kit.Spaces(width))
	}
	if cursor != nil && (cursor.Y >= room || cursor.X >= width) {
		cursor = nil
	}
	return lines, cursor
}

// hints are entries of the form's scope under words of the sheet's own.
func (s *Screen) hints(pairs ...any) []keymap.Entry {
	var out []keymap.Entry
	for i := 0; i+1 < len(pairs); i += 2 {
		if e, ok := s.entry(pairs[i].(keymap.Action)); ok && e.Key() != "" {
			out = append(out, e.With(pairs[i+1].(string)))
		}
	}
	return out
}
