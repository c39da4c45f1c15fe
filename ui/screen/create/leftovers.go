package create

import (
	"strconv"

	"gantry/engine/option"
	"gantry/keymap"
	"gantry/ui/kit"
)

// leftoverRows is how many rows what was not understood takes in a tall form; in a low one it
// has a single one.
const leftoverRows = 3

// dropLeftovers puts away what of a pasted line has no place in the form.
func (s *Screen) dropLeftovers() {
	s.leftovers, s.dirty = nil, true
}

// leftoverLines say beside the rows what of the pasted line is not in the form, until that is
// put away.
func (s *Screen) leftoverLines(w, most int) []string {
	if len(s.leftovers) == 0 || s.sheet != nil || most < 1 {
		return nil
	}
	st := s.env.Styles
	var out []string
	for i, l := range s.leftovers {
		sign, style, text := st.Glyphs.Cross, st.Problem, said(l)
		if l.Kind == option.LeftoverSetting {
			sign, style = st.Glyphs.Skip, st.Muted
		}
		if more := len(s.leftovers) - i; i == most-1 && more > 1 {
			sign, style = st.Glyphs.Cross, st.Problem
			text = strconv.Itoa(more) + " parts of the line are not in the form; " + s.keyOf(keymap.FormPaste) + " shows them"
		}
		hint := ""
		if i == 0 {
			hint = st.Faint.Render(keymap.Show(s.keyOf(keymap.FormDrop)) + " puts it away")
		}
		line := kit.Spaces(margin) + style.Render(sign+" "+text)
		out = append(out, kit.Sides(line, hint, w-1, st.Glyphs.Ellipsis)+" ")
		if len(out) == most {
			break
		}
	}
	return out
}

// said is a leftover in a line.
func said(l option.Leftover) string {
	text := l.Text + " " + l.Reason
	if l.Fix != "" {
		text += "; " + l.Fix
	}
	return kit.Clean(text)
}
