package create

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"gantry/engine/option"
	"gantry/ui/kit"
)

// program is the command that the line begins with.
const program = "docker run"

// placeholder stands for an image that is still missing, as in Docker's own help.
const placeholder = "IMAGE"

// hang is how far the line's further rows are indented.
const hang = 2

// Line is the docker run line that does the same as the form.
func (s *Screen) Line() string { return s.written().Line(program) }

// written is the draft as the line writes it.
func (s *Screen) written() option.Draft {
	d := s.detached()
	if !d.Has(option.KeyImage) {
		d.Set(option.KeyImage, placeholder)
	}
	return d
}

// groups are the words of a line, a flag together with its value, quoted for a shell.
func groups(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		n := 1
		switch {
		case words[i] == "--" || !strings.HasPrefix(words[i], "-"):
			// The image; what follows are its arguments.
			for _, w := range words[i:] {
				out = append(out, option.QuoteWords([]string{w}))
			}
			return out
		case valued(words[i]) && i+1 < len(words):
			n = 2
		}
		out = append(out, option.QuoteWords(words[i:i+n]))
		i += n - 1
	}
	return out
}

// valued reports whether a flag's value is the next word.
func valued(flag string) bool {
	if name, ok := strings.CutPrefix(flag, "--"); ok {
		o, known := option.Find(option.Key(name))
		return known && o.Kind != option.KindBool
	}
	letter := flag[1:]
	for _, o := range option.Table() {
		if o.Short == letter {
			return o.Kind != option.KindBool
		}
	}
	return false
}

// wrapped is the line in rows of at most width cells. Flags stay with their values; only
// what is longer than a row is broken, where the row ends.
func wrapped(parts []string, width int) []string {
	if width < 1 {
		return nil
	}
	indent := min(hang, width-1)
	rows := []string{""}
	used := 0
	for i, part := range parts {
		w := kit.Width(part)
		last := len(rows) - 1
		switch {
		case i == 0:
			rows[last], used = part, w
		case used+1+w <= width:
			rows[last] += " " + part
			used += 1 + w
		default:
			rows = append(rows, kit.Spaces(indent)+part)
			used = indent + w
		}
		for used > width {
			last = len(rows) - 1
			whole := rows[last]
			rows[last] = ansi.Cut(whole, 0, width)
			rest := ansi.Cut(whole, kit.Width(rows[last]), used)
			if kit.Width(rows[last]) == 0 || rest == whole {
				return rows // not even one sign fits
			}
			rows = append(rows, kit.Spaces(indent)+rest)
			used = indent + kit.Width(rest)
		}
	}
	return rows
}

// lineRows is the line as it is shown: at most so many rows, the last with a sign that
// there is more.
func (s *Screen) lineRows(width, most int) []string {
	st := s.env.Styles
	rows := wrapped(append([]string{program}, groups(s.written().Words())...), width)
	if len(rows) > most {
		rows = rows[:max(0, most)]
		if most > 0 {
			rows[most-1] = kit.Truncate(kit.Pad(rows[most-1], width)+" ", width, st.Glyphs.Ellipsis)
		}
	}
	for i, r := range rows {
		if rest, ok := strings.CutPrefix(r, program); ok && i == 0 {
			rows[i] = st.Muted.Render(program) + st.Text.Render(rest)
			continue
		}
		rows[i] = st.Text.Render(r)
	}
	return rows
}
