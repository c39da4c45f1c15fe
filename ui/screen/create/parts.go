package create

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/option"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/widget/field"
)

// parts edits one value in its parts: a port in four, a mount in five. What is typed is in
// the draft at once; going back keeps it, as with every row.
type parts struct {
	s      *Screen
	r      *row
	index  int // of the value in the draft
	of     []option.Part
	boxes  []*field.Model
	at     int
	list   completion
	before []string // the row's values when it was opened
}

// openParts opens the value under the cursor in its parts, if it has any.
func (s *Screen) openParts() tea.Cmd {
	r := s.current()
	if r == nil || len(option.Parts(r.opt.Key)) == 0 {
		return kit.Notify(kit.Info, "this row has no parts; ports, mounts, variables and labels have")
	}
	index := r.field.Row()
	value := ""
	if values := r.field.Values(); index < len(values) {
		value = values[index]
	}
	pieces, ok := option.TakeApart(r.opt.Key, value)
	if !ok {
		return kit.Notify(kit.Info, "this value cannot be taken apart; it stays a text")
	}
	p := &parts{s: s, r: r, index: index, of: option.Parts(r.opt.Key), before: r.field.Values()}
	for i, part := range p.of {
		spec := field.Spec{Label: part.Label, Kind: field.Text}
		if part.Example != "" {
			spec.Hint = "for example " + part.Example
		}
		if len(part.Choices) > 0 {
			spec.Kind, spec.Choices = field.Choice, part.Choices
		}
		box := field.New(s.env, spec)
		box.Set(pieces[i])
		p.boxes = append(p.boxes, box)
	}
	p.boxes[0].Focus(false)
	s.open(p)
	return nil
}

func (p *parts) title() string {
	if n := len(p.r.field.Values()); n > 1 || p.index > 0 {
		return fmt.Sprintf("%s · %d of %d", p.r.opt.Label, p.index+1, max(n, p.index+1))
	}
	return p.r.opt.Label
}

func (p *parts) advice() string { return p.of[p.at].Help }

func (p *parts) footer() []keymap.Entry {
	return p.s.hints(keymap.FormNext, "next part", keymap.FormPress, "done", keymap.Back, "back")
}

func (p *parts) paste(text string) tea.Cmd {
	return p.typed(tea.PasteMsg{Content: pasted(field.Text, text)})
}

func (p *parts) key(a keymap.Action, k tea.KeyPressMsg) tea.Cmd {
	if text, taken, ok := p.list.key(a, k.String()); taken {
		if ok {
			p.boxes[p.at].Set(text)
			return p.changed()
		}
		return nil
	}
	switch a {
	case keymap.FormNext:
		p.move(1)
	case keymap.FormPrev:
		p.move(-1)
	case keymap.FormPress:
		if p.at == len(p.boxes)-1 {
			p.s.closeSheet()
			return nil
		}
		p.move(1)
	case "":
		if meant(p.boxes[p.at].Spec(), k.String()) {
			return p.typed(k)
		}
	}
	return nil
}

func (p *parts) move(n int) {
	p.list.close()
	p.boxes[p.at].Blur()
	p.at = (p.at + n + len(p.boxes)) % len(p.boxes)
	p.boxes[p.at].Focus(n < 0)
}

func (p *parts) typed(msg tea.Msg) tea.Cmd {
	if did, _ := p.boxes[p.at].Update(msg); !did {
		return nil
	}
	cmd := p.changed()
	return tea.Batch(cmd, p.s.complete(&p.list, p.of[p.at].Fill, p.r.opt.Key, p.boxes[p.at].Value()))
}

// changed puts the parts together and the value into the row.
func (p *parts) changed() tea.Cmd {
	pieces := make([]string, len(p.boxes))
	for i, b := range p.boxes {
		pieces[i] = b.Value()
	}
	value := option.PutTogether(p.r.opt.Key, pieces)
	values := slices.Clone(p.before)
	switch at := p.index; {
	case at >= len(values) && value != "":
		values = append(values, value)
	case at < len(values) && value != "":
		values[at] = value
	case at < len(values):
		values = slices.Delete(values, at, at+1)
	}
	p.r.field.Set(values...)
	p.r.touched, p.r.quiet = true, false
	return p.s.took(p.r)
}

func (p *parts) draw(width, room int) (lines []string, cursor *tea.Cursor) {
	st := p.s.env.Styles
	label := 0
	for _, part := range p.of {
		label = max(label, kit.Width(part.Label)+2)
	}
	label = max(1, min(label, width-margin-minRoom))
	lines = append(lines, "")
	for i, b := range p.boxes {
		b.SetSize(max(0, width-margin), label)
		mark := kit.Spaces(margin)
		if i == p.at {
			mark = st.Cursor.Render(st.Glyphs.Cursor) + kit.Spaces(margin-1)
			cursor = p.s.cursorAt(b.Cursor(), margin, len(lines))
		}
		lines = append(lines, mark+b.View())
		if i == p.at {
			lines = append(lines, p.list.drawUnder(p.s.env, width, margin+label, room-len(lines)-3)...)
		}
	}
	lines = append(lines, "")
	value := ""
	if values := p.r.field.Values(); p.index < len(values) {
		value = values[p.index]
	}
	if value != "" {
		flag := "--" + string(p.r.opt.Key)
		lines = append(lines, kit.Spaces(margin)+st.Muted.Render(flag+" ")+st.Text.Render(kit.Truncate(p.s.masked(p.r, value), max(0, width-margin-kit.Width(flag)-2), st.Glyphs.Ellipsis)))
		lines = append(lines, p.s.remarks(p.r.below[p.index], width, 0)...)
	}
	return lines, cursor
}
