package create

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/option"
	"gantry/keymap"
	"gantry/ui/kit"
)

// mostPasted is how long a text may be that is read as a command.
const mostPasted = 64 << 10

// pasteBox takes a docker run line, shows what of it has no place in the form, and fills the
// form with the rest. Nothing is executed.
type pasteBox struct {
	s      *Screen
	text   string // several lines; clean
	read   option.Pasted
	ok     bool // there is a run in it
	raw    string
	offset int
	total  int // lines when it was drawn last
	room   int
}

// newPasteBox begins with the line that was pasted last.
func newPasteBox(s *Screen) *pasteBox {
	b := &pasteBox{s: s, text: s.lastLine}
	b.look()
	return b
}

// offer opens the box for a pasted text that is a docker run; false for any other text.
func (s *Screen) offer(text string) bool {
	if len(text) > mostPasted || !looksLikeRun(text) {
		return false
	}
	if r := s.current(); r != nil {
		s.list.close()
	}
	b := &pasteBox{s: s, text: kit.CleanText(text), raw: text}
	if b.look(); !b.ok {
		return false
	}
	s.open(b)
	return true
}

// Offer shows a docker run line that the form can be filled from.
func (s *Screen) Offer(line string) { s.offer(line) }

// looksLikeRun reports whether a text begins as a command that runs or creates a container.
func looksLikeRun(text string) bool {
	words := strings.Fields(text)
	for i, w := range words {
		switch w {
		case "$", "#", "%", "sudo", "doas":
			continue
		case "docker", "podman", "nerdctl", "gantry":
			rest := words[i+1 : min(len(words), i+8)]
			return slices.ContainsFunc(rest, func(w string) bool { return w == "run" || w == "create" })
		}
		return false
	}
	return false
}

// look reads the text anew; variables that gantry's own environment has are put in.
func (b *pasteBox) look() {
	read, err := option.FromLine(b.text)
	b.ok = err == nil
	b.read = read.Fill(b.s.variable)
}

// variable is the value of what a shell would have replaced, as far as it is a variable of
// this host. No command is run for it.
func (s *Screen) variable(m option.Mark) (string, bool) {
	if m.Name == "" {
		return "", false
	}
	f := s.facts().Host
	if m.Name == "PWD" && f.Dir != "" {
		return f.Dir, true
	}
	for _, e := range slices.Backward(f.Env) {
		if v, ok := strings.CutPrefix(e, m.Name+"="); ok && v != "" {
			return v, true
		}
	}
	return m.Default, m.Default != ""
}

func (b *pasteBox) title() string { return "from a docker run line" }

func (b *pasteBox) advice() string {
	switch {
	case b.text == "":
		return "Paste or type a docker, podman or nerdctl run; nothing is executed"
	case !b.ok:
		return "There is no docker, podman or nerdctl run in it yet"
	case !b.s.draft.Empty():
		return "Enter fills the form with it, in the place of what is there now"
	}
	return "Enter fills the form with it; nothing is executed"
}

func (b *pasteBox) footer() []keymap.Entry {
	return b.s.hints(keymap.FormPress, "fill the form", keymap.FormReveal, "empty the box", keymap.Back, "back")
}

func (b *pasteBox) paste(text string) tea.Cmd {
	if len(b.text)+len(text) <= mostPasted {
		b.text += kit.CleanText(text)
		b.look()
	}
	return nil
}

func (b *pasteBox) key(a keymap.Action, k tea.KeyPressMsg) tea.Cmd {
	switch a {
	case keymap.FormPress:
		if !b.ok || strings.HasSuffix(strings.TrimRight(b.text, " "), `\`) {
			b.text += "\n"
			b.look()
			return nil
		}
		return b.fill()
	case keymap.FormReveal:
		b.text = ""
		b.look()
	case keymap.FormNext, keymap.FormPageDown:
		b.offset = max(0, min(b.offset+1, b.total-b.room))
	case keymap.FormPrev, keymap.FormPageUp:
		b.offset = max(0, b.offset-1)
	case "":
		switch {
		case k.String() == "backspace" && b.text != "":
			r := []rune(b.text)
			b.text = string(r[:len(r)-1])
		case k.String() == "ctrl+u":
			b.text = ""
		case k.Text != "":
			b.text += kit.Clean(k.Text)
		default:
			return nil
		}
		b.look()
	}
	return nil
}

// fill puts what was read into the form.
func (b *pasteBox) fill() tea.Cmd {
	b.look() // what is known of the host may have come meanwhile
	b.s.lastLine = b.text
	cmd := b.s.Fill(b.read.Draft, b.read.Marks)
	b.s.leftovers = serious(b.read.Leftovers)
	left := len(b.s.leftovers)
	if left == 0 {
		return tea.Batch(cmd, kit.Notify(kit.Good, "The form was filled from the line"))
	}
	return tea.Batch(cmd, kit.Notify(kit.Warn, strconv.Itoa(left)+" "+plural(left, "part of the line has", "parts of the line have")+" no place in the form; "+b.s.keyOf(keymap.FormPaste)+" shows what"))
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// keyOf is the key of an action of the form.
func (s *Screen) keyOf(a keymap.Action) string {
	e, _ := s.entry(a)
	return e.Key()
}

// serious are the leftovers but for comments.
func serious(all []option.Leftover) (out []option.Leftover) {
	for _, l := range all {
		if l.Kind != option.LeftoverComment {
			out = append(out, l)
		}
	}
	return out
}

// Fill replaces what the form holds. What a shell would have replaced is marked at its value.
func (s *Screen) Fill(d option.Draft, marks []option.Mark) tea.Cmd {
	s.closeSheet()
	s.list.close()
	d.Unset(option.KeyDetach)
	s.draft, s.engine, s.asked, s.marks, s.insist, s.leftovers = d.Clone(), nil, false, marks, "", nil
	for _, sec := range s.sections {
		for _, r := range sec.rows {
			r.field.Blur()
			r.field.Set(read(r.opt, s.draft)...)
			r.touched, r.quiet, r.flaw, r.drawn = d.Has(r.opt.Key), false, nil, drawing{}
		}
	}
	s.row = 0
	s.at, s.offset = 0, 0
	s.here().rows[0].field.Focus(false)
	s.check()
	return tea.Batch(s.seek(0), s.ask(0, false))
}

// marked says under the values what in them a shell would have replaced.
func (s *Screen) marked() {
	for _, m := range s.marks {
		sec, i, ok := s.find(m.Key)
		values := s.draft.All(m.Key)
		if !ok || m.Index >= len(values) || !strings.Contains(values[m.Index], m.Text) {
			continue
		}
		index := m.Index
		if m.Key == option.KeyArgs {
			index = 0
		}
		s.sections[sec].rows[i].say(index, remark{warning, kit.Clean(m.Text + " " + m.Reason)})
	}
}

// draw is the text, then what of it has no place in the form, each with its reason.
func (b *pasteBox) draw(width, room int) ([]string, *tea.Cursor) {
	st := b.s.env.Styles
	w := max(1, width-2*margin)
	var lines []string
	add := func(indent int, render func(string) string, text string) {
		for _, l := range kit.Wrap(text, max(1, w-indent)) {
			lines = append(lines, kit.Spaces(margin+indent)+render(l))
		}
	}
	say := func(s string) string { return st.Text.Render(s) }
	quiet := func(s string) string { return st.Muted.Render(s) }
	for l := range strings.SplitSeq(b.text, "\n") {
		add(0, say, l)
	}
	end := len(lines) - 1
	column := kit.Width(lines[end]) - margin
	lines = append(lines, "")
	if b.ok {
		entries := b.read.Draft.Entries()
		n := 0
		for _, e := range entries {
			n += len(e.Values)
		}
		add(0, func(s string) string { return st.Ok.Render(s) }, st.Glyphs.Check+" "+strconv.Itoa(n)+" "+plural(n, "value", "values")+" of "+b.read.Program+" understood")
		for _, l := range b.read.Leftovers {
			render := func(s string) string { return st.Problem.Render(s) }
			sign := st.Glyphs.Cross
			if l.Kind == option.LeftoverComment || l.Kind == option.LeftoverSetting {
				render, sign = quiet, st.Glyphs.Skip
			}
			add(0, render, sign+" "+said(l))
		}
		for _, m := range b.read.Marks {
			add(0, func(s string) string { return st.Warn.Render(s) }, "! "+kit.Clean(m.Text)+" "+m.Reason+"; it stays as it is written")
		}
	}
	b.total, b.room = len(lines), room
	b.offset = max(0, min(b.offset, len(lines)-room))
	shown := lines[b.offset:]
	if end < b.offset {
		return shown, nil
	}
	c := tea.NewCursor(margin+min(column, w), end-b.offset)
	c.Shape, c.Blink = tea.CursorBar, false
	return shown, c
}
