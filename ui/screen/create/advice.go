package create

import (
	"slices"
	"strings"

	"gantry/engine/option"
	"gantry/keymap"
	"gantry/ui/kit"
)

const (
	asideWidth = 38 // cells of the help beside the rows
	asideFrom  = 118
)

// about is the focused row in one line: its flag, what it is for, an example.
func about(o option.Option) string {
	s := o.Help
	if !o.Positional {
		s = "--" + string(o.Key) + "  " + s
	}
	if o.Unit != "" {
		s += ", in " + o.Unit
	}
	switch {
	case o.Default != "" && o.Kind != option.KindBool:
		s += " (default " + o.Default + ")"
	case o.Example != "" && len(o.Choices) == 0:
		s += ", such as " + o.Example
	}
	return s
}

// aside is all there is to say of the focused row, at the side of a wide form: at most room
// lines of exactly width cells.
func (s *Screen) aside(width, room int) []string {
	st := s.env.Styles
	r := s.current()
	if r == nil || s.sheet != nil {
		return nil
	}
	o := r.opt
	var out []string
	add := func(text string, render func(...string) string, hang int) {
		for i, l := range kit.Wrap(kit.Clean(text), max(1, width-1)) {
			if i > 0 && hang > 0 {
				l = kit.Spaces(hang) + strings.TrimLeft(l, " ")
			}
			out = append(out, kit.FitLine(render(kit.Truncate(l, width-1, st.Glyphs.Ellipsis)), width))
		}
	}
	blank := func() { out = append(out, kit.Spaces(width)) }
	add(strings.TrimSpace(o.FlagText()), st.Strong.Render, 4)
	blank()
	add(o.Help, st.Text.Render, 0)
	facts := [][2]string{{"Default", o.Default}, {"Unit", o.Unit}, {"Example", o.Example}, {"Choices", strings.Join(o.Choices, ", ")}}
	if o.Kind == option.KindBool {
		facts = nil
	}
	if len(o.Choices) > 0 {
		facts[2][1] = ""
	}
	if slices.ContainsFunc(facts, func(f [2]string) bool { return f[1] != "" }) {
		blank()
	}
	for _, f := range facts {
		if f[1] != "" {
			add(kit.Pad(f[0], 9)+f[1], st.Muted.Render, 9)
		}
	}
	if from := s.inherited(r); len(from) > 0 {
		blank()
		add("From the image", st.Muted.Render, 0)
		for _, v := range from {
			out = append(out, kit.FitLine(kit.Spaces(2)+st.Ghost.Render(kit.Truncate(kit.Clean(v), width-3, st.Glyphs.Ellipsis)), width))
		}
	}
	var keys []string
	if len(option.Parts(o.Key)) > 0 {
		keys = append(keys, kit.Pad(s.keyOf(keymap.FormParts), 8)+"edit it in parts")
	}
	if o.Key == option.KeyPublish && len(s.brought().ExposedPorts) > 0 {
		keys = append(keys, kit.Pad(s.keyOf(keymap.FormExposed), 8)+"publish what the image exposes")
	}
	if o.Key == option.KeyEnv {
		keys = append(keys, kit.Pad(s.keyOf(keymap.FormReveal), 8)+"show or hide secrets")
	}
	if len(keys) > 0 {
		blank()
		for _, k := range keys {
			add(k, st.Faint.Render, 8)
		}
	}
	if len(out) > room {
		out = out[:room]
	}
	for len(out) < room {
		blank()
	}
	return out
}
