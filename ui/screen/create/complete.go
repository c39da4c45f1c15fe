package create

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/option"
	"gantry/keymap"
	"gantry/ui/kit"
)

const (
	suggestRest  = 80 * time.Millisecond // the keys rest before anything is asked
	suggestLimit = 5 * time.Second       // an answer that comes later helps nobody
	mostListed   = 6                     // rows that an open list takes
)

// Suggestion is a text that can stand in a value's place.
type Suggestion struct {
	Text string
	Note string // where it comes from: "here", "at the registry"
}

// completion is the list of what a text can become. While it is open, tab takes the marked
// entry or the first, and the arrows move in it.
type completion struct {
	menu
	texts  []string
	shown  bool
	serial int
	cancel context.CancelFunc
}

// suggestMsg is what a text can become.
type suggestMsg struct {
	of     *completion
	serial int
	text   string
	found  []Suggestion
}

// complete looks for what a text that is being typed can become.
func (s *Screen) complete(c *completion, from option.Fill, k option.Key, text string) tea.Cmd {
	c.close()
	if from == option.FillNone || text == "" || from == option.FillVolume && strings.Contains(text, ":") || from == option.FillEnv && strings.Contains(text, "=") {
		return nil
	}
	if from == option.FillWord {
		var all []Suggestion
		for _, w := range option.Words(k) {
			all = append(all, Suggestion{Text: w})
		}
		c.show(text, all)
		return nil
	}
	if s.deps.Suggest == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), suggestLimit)
	c.cancel = cancel
	serial, ask := c.serial, s.deps.Suggest
	return func() tea.Msg {
		defer cancel()
		if !wait(ctx, suggestRest) {
			return nil
		}
		found, err := ask(ctx, from, text)
		if err != nil || ctx.Err() != nil {
			return nil
		}
		return suggestMsg{c, serial, text, found}
	}
}

// suggested takes an answer, if the text is still the one that was asked about.
func (s *Screen) suggested(m suggestMsg) {
	if m.serial == m.of.serial {
		m.of.show(m.text, m.found)
		s.dirty = true
	}
}

// show opens the list with what begins with the text, then with what has it elsewhere.
func (c *completion) show(text string, all []Suggestion) {
	var items []item
	c.texts = nil
	low := strings.ToLower(text)
	for _, begins := range []bool{true, false} {
		for _, f := range all {
			have := strings.ToLower(f.Text)
			if strings.HasPrefix(have, low) == begins && strings.Contains(have, low) && f.Text != text && kit.Clean(f.Text) == f.Text {
				items, c.texts = append(items, item{text: f.Text, note: f.Note}), append(c.texts, f.Text)
			}
		}
	}
	c.set(items, false)
	c.shown = len(items) > 0
}

// close takes the list away, and drops an answer that is still to come.
func (c *completion) close() {
	if c.cancel != nil {
		c.cancel()
		c.cancel = nil
	}
	c.serial++
	c.shown = false
}

// key hears a key before the form does. With ok text is to stand in the value's place.
func (c *completion) key(a keymap.Action, name string) (text string, taken, ok bool) {
	if !c.shown {
		return "", false, false
	}
	at, marked := c.chosen()
	switch {
	case a == keymap.Back:
		c.close()
		return "", true, false
	case a == keymap.FormNext && name == "tab", a == keymap.FormPress && marked:
		text = c.texts[max(0, at)]
		c.close()
		return text, true, true
	case a == keymap.FormNext:
		c.move(a, mostListed)
		return "", true, false
	case a == keymap.FormPrev && name != "shift+tab" && marked:
		c.at--
		return "", true, false
	case a != "":
		c.close()
	}
	return "", false, false
}

// draw is the open list under a value that stands at indent.
func (c *completion) drawUnder(env *kit.Env, width, indent, room int) []string {
	if !c.shown || room < 1 {
		return nil
	}
	indent = max(0, indent-margin)
	if _, marked := c.chosen(); !marked {
		first := c.items[0]
		c.items[0].note = strings.TrimSpace(first.note + "  tab takes it")
		defer func() { c.items[0] = first }()
	}
	lines := c.menu.draw(env, width-indent, min(room, mostListed))
	for i, l := range lines {
		lines[i] = kit.FitLine(kit.Spaces(indent)+l, width)
	}
	return lines
}

// completes looks for what the focused row's text can become.
func (s *Screen) completes(r *row) tea.Cmd {
	return s.complete(&s.list, option.FillOf(r.opt.Key), r.opt.Key, r.field.Editing())
}

// take puts a suggestion into the focused row.
func (s *Screen) take(r *row, text string) tea.Cmd {
	if option.FillOf(r.opt.Key) == option.FillVolume && !strings.HasSuffix(text, "/") {
		text += ":"
	}
	r.field.Replace(text)
	r.touched, r.quiet = true, true
	cmd := tea.Batch(s.took(r), s.pause())
	if strings.HasSuffix(text, "/") {
		return tea.Batch(cmd, s.completes(r)) // a directory: what is in it
	}
	return cmd
}
