package create

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/option"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/widget/field"
)

// find is the search for an option over all sections.
type find struct {
	s     *Screen
	input *field.Model
	list  menu
	found []place
	room  int
}

// place is a row of the form.
type place struct{ section, row int }

func newFind(s *Screen) *find {
	f := &find{s: s, input: field.New(s.env, field.Spec{Label: "Find", Kind: field.Text, Hint: "a flag or a word, such as memory"})}
	f.input.Focus(false)
	f.look()
	return f
}

func (f *find) title() string  { return "find an option" }
func (f *find) advice() string { return "Type a flag or a word; enter goes to the row" }
func (f *find) footer() []keymap.Entry {
	return f.s.hints(keymap.FormPress, "go there", keymap.Back, "back")
}

func (f *find) paste(text string) tea.Cmd {
	f.input.Update(tea.PasteMsg{Content: strings.TrimSpace(text)})
	f.look()
	return nil
}

func (f *find) key(a keymap.Action, k tea.KeyPressMsg) tea.Cmd {
	switch {
	case f.list.move(a, f.room):
	case a == keymap.FormPress:
		if i, ok := f.list.chosen(); ok {
			f.s.closeSheet()
			f.s.goTo(f.found[i].section, f.found[i].row, false)
		}
	case a == "":
		f.input.Update(k)
		f.look()
	}
	return nil
}

// look lists what fits the words that were typed, the best first.
func (f *find) look() {
	words := strings.Fields(strings.ToLower(f.input.Value()))
	type hit struct {
		place
		item
		rank int
	}
	var hits []hit
	for i, sec := range f.s.sections {
		for j, r := range sec.rows {
			rank, fits := 0, true
			for _, w := range words {
				n, ok := fit(r.opt, w)
				rank, fits = rank+n, fits && ok
			}
			if !fits {
				continue
			}
			it := item{lead: string(sec.name), text: r.opt.Label, note: strings.TrimSpace(r.opt.FlagText()) + "  " + r.opt.Help}
			if f.s.draft.Has(r.opt.Key) {
				it.text += " " + f.s.env.Styles.Glyphs.Check
			}
			hits = append(hits, hit{place{i, j}, it, rank})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return a.rank - b.rank })
	f.found = nil
	items := make([]item, 0, len(hits))
	for _, h := range hits {
		f.found = append(f.found, h.place)
		items = append(items, h.item)
	}
	f.list.set(items, true)
}

// fit ranks an option for a word, lower is better: its flag, its label, its help.
func fit(o option.Option, word string) (rank int, ok bool) {
	bare := strings.TrimLeft(word, "-")
	if bare == "" {
		return 0, true
	}
	if word == "-"+o.Short {
		return 0, true
	}
	label := strings.ToLower(o.Label)
	if label == bare {
		return 0, true
	}
	for _, name := range append([]string{string(o.Key)}, o.Aliases...) {
		switch {
		case name == bare:
			return 0, true
		case strings.HasPrefix(name, bare):
			return 1, true
		}
	}
	switch {
	case strings.HasPrefix(label, bare):
		return 2, true
	case strings.Contains(string(o.Key), bare) || strings.Contains(label, bare):
		return 3, true
	case strings.Contains(strings.ToLower(string(o.Section)), bare):
		return 4, true
	case strings.Contains(strings.ToLower(o.Help), bare):
		return 5, true
	}
	for _, c := range o.Choices {
		if strings.Contains(c, bare) {
			return 6, true
		}
	}
	return 0, false
}

func (f *find) draw(width, room int) ([]string, *tea.Cursor) {
	f.input.SetSize(width-margin, 6)
	f.room = room - 2
	out := []string{kit.Spaces(margin) + f.input.View(), ""}
	out = append(out, f.list.draw(f.s.env, width, f.room)...)
	if len(f.list.items) == 0 {
		out = append(out, kit.Spaces(margin)+f.s.env.Styles.Note.Render("no option has that"))
	}
	return out, f.s.cursorAt(f.input.Cursor(), margin, 0)
}
