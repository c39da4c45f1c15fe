package create

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"gantry/engine/option"
	"gantry/ui/kit"
)

// programs are those whose line can be shown.
var programs = [...]string{"docker run", "nerdctl run", "gantry run"}

// program is the command that the line begins with.
func (s *Screen) program() string { return programs[s.speaks] }

// placeholder stands for an image that is still missing, as in Docker's own help.
const placeholder = "IMAGE"

const (
	hang   = 2  // cells by which the line's further rows are indented
	narrow = 12 // cells below which the line is left out
)

// Line is the line that does the same as the form, for the program that is chosen.
func (s *Screen) Line() string { return s.written().Line(s.program()) }

// written is the draft as the line writes it.
func (s *Screen) written() option.Draft {
	d := s.detached()
	if !d.Has(option.KeyImage) {
		d.Set(option.KeyImage, placeholder)
	}
	return d
}

// shown is written with secrets hidden; while presets are picked from, the marked one is.
func (s *Screen) shown() option.Draft {
	if p, ok := s.sheet.(*picker); ok && len(p.shown) > 0 {
		return s.discreet(detached(p.preview()))
	}
	return s.discreet(s.written())
}

// discreet is a draft with secrets hidden, unless they are to be shown.
func (s *Screen) discreet(d option.Draft) option.Draft {
	if s.reveal {
		return d
	}
	for i, v := range d.All(option.KeyEnv) {
		if m := mask(v); m != v {
			d.SetIndex(option.KeyEnv, i, m)
		}
	}
	return d
}

// groups are the words of a line, a flag together with its value, quoted for a shell.
func groups(words []string, valued map[string]bool) []string {
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
		case valued[words[i]] && i+1 < len(words):
			n = 2
		}
		out = append(out, option.QuoteWords(words[i:i+n]))
		i += n - 1
	}
	return out
}

// flagsWithValue are the flags, as a line writes them, whose value is the next word.
func flagsWithValue() map[string]bool {
	out := map[string]bool{}
	for _, o := range option.Table() {
		if o.Kind == option.KindBool || o.Positional {
			continue
		}
		out["--"+string(o.Key)] = true
		if o.Short != "" {
			out["-"+o.Short] = true
		}
	}
	return out
}

// wrapped is the line in rows of at most width cells, made until there are more than most.
// Flags stay with their values; only what is longer than a row is broken, where the row ends.
func wrapped(parts []string, width, most int) []string {
	if width < narrow {
		return nil
	}
	var rows []string
	row, used := "", 0
	for i, rest := range parts {
		if w := kit.Width(rest); used > 0 && used+1+w <= width {
			row, used = row+" "+rest, used+1+w
			continue
		}
		for first := true; rest != "" && len(rows) <= most; first = false {
			if i > 0 || !first {
				rows = append(rows, row)
				row = kit.Spaces(hang)
			}
			piece := ansi.Truncate(rest, width-kit.Width(row), "")
			rest = rest[len(piece):]
			row += piece
			used = kit.Width(row)
		}
	}
	return append(rows, row)
}

// lineRows is the line as it is shown: at most so many rows, the last with a sign that
// there is more.
func (s *Screen) lineRows(width, most int) []string {
	st, program := s.env.Styles, s.program()
	parts := append([]string{program}, groups(s.shown().Words(), s.valued)...)
	for i, p := range parts {
		parts[i] = kit.Clean(p) // quoting has no control characters, but signs whose width is in doubt
	}
	rows := wrapped(parts, width, most)
	if len(rows) > most {
		rows = cut(rows, most, width, st)
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
