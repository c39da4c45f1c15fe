package shelf

import (
	"strings"

	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/widget/facts"
)

// sheet is what is known of the selected thing, to be scrolled through.
type sheet struct {
	env           *kit.Env
	width, height int
	top, most     int
	id            string // what was shown last
	focus         bool

	last shown
	box  string
}

// shown is what the box was drawn from last.
type shown struct {
	st                 *themes.Styles
	title, id          string
	d                  *Details
	err                string
	width, height, top int
	focus              bool
}

func (s *sheet) setSize(width, height int) { s.width, s.height = max(0, width), max(0, height) }

// lines are the details, or why there are none.
func (s *sheet) lines(id string, d *Details, err error) []string {
	if id != s.id {
		s.id, s.top = id, 0
	}
	st := s.env.Styles
	w, _ := kit.Inner(s.width, s.height)
	switch {
	case err != nil:
		var out []string
		for _, l := range kit.Wrap(kit.Explain(err).Line(), max(1, w-2)) {
			out = append(out, " "+st.Muted.Render(l))
		}
		return out
	case d == nil:
		return nil
	}
	out := facts.Lines(st, d.Sections, w)
	if d.JSON != "" {
		out = append(out, "")
		out = append(out, facts.JSON(st, d.JSON, w)...)
	}
	return out
}

func (s *sheet) view(title, id string, d *Details, err error) string {
	now := shown{st: s.env.Styles, title: title, id: id, d: d, width: s.width, height: s.height, top: s.top, focus: s.focus}
	if err != nil {
		now.err = kit.Explain(err).Line()
	}
	if now == s.last && s.box != "" {
		return s.box
	}
	lines := s.lines(id, d, err)
	_, h := kit.Inner(s.width, s.height)
	s.most = max(0, len(lines)-h)
	s.top = max(0, min(s.top, s.most))
	f := kit.Frame{Title: kit.Clean(title), Focused: s.focus}
	if s.top < s.most {
		f.Right = "more " + s.env.Styles.Glyphs.Down
	}
	s.box = kit.Box(s.env.Styles, f, strings.Join(lines[min(s.top, len(lines)):], "\n"), s.width, s.height)
	now.top, s.last = s.top, now
	return s.box
}

func (s *sheet) do(a keymap.Action) bool {
	_, h := kit.Inner(s.width, s.height)
	top, moves := kit.Turn(a, s.top, h, s.most)
	s.top = top
	return moves
}
