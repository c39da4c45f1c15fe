package create

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/option"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/widget/field"
)

// calm is how long the keys must rest before a new problem is shown under a row that is
// being typed: half a word is not yet wrong.
const calm = 400 * time.Millisecond

// restMsg says that the keys have rested.
type restMsg struct {
	of     *Screen
	serial int
}

// Update implements kit.Pane.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case imageMsg:
		return s.learn(msg)
	case remoteMsg:
		s.heard(msg)
	case worldMsg:
		return s.told(msg)
	case suggestMsg:
		s.suggested(msg)
	case presetsMsg:
		if msg.of.s == s {
			msg.of.took(msg)
		}
	case restMsg:
		if r := s.current(); msg.of == s && msg.serial == s.rest && r != nil && r.quiet {
			r.quiet = false
			s.check()
		}
	case tea.KeyPressMsg:
		return s.key(msg)
	case tea.PasteMsg:
		msg.Content = newlines(msg.Content)
		r := s.current()
		switch {
		case s.sent:
			return nil
		case s.sheet != nil:
			s.dirty = true
			return s.sheet.paste(msg.Content)
		case s.offer(msg.Content), r == nil:
			return nil
		}
		msg.Content = pasted(r.field.Spec().Kind, msg.Content)
		return s.edit(r, msg)
	}
	return nil
}

func (s *Screen) key(k tea.KeyPressMsg) tea.Cmd {
	a, bound := s.env.Keys.Lookup(keymap.Create, k.String())
	if s.sheet != nil && !s.sent {
		return s.sheetKey(a, k)
	}
	if r := s.current(); r != nil {
		if text, taken, ok := s.list.key(a, k.String()); taken {
			s.dirty = true
			if ok {
				return s.take(r, text)
			}
			return nil
		}
	}
	if bound && a == keymap.Back {
		s.Close()
		d := s.Draft()
		return func() tea.Msg { return CloseMsg{d} }
	}
	if s.sent {
		return nil
	}
	if !bound {
		return s.typed(k)
	}
	switch a {
	case keymap.FormStart:
		return s.submit(true)
	case keymap.FormCreate:
		return s.submit(false)
	case keymap.FormCopyLine:
		return tea.Batch(tea.SetClipboard(s.Line()), kit.Notify(kit.Good, "The "+s.program()+" line was sent to the clipboard"))
	case keymap.FormProgram:
		s.speaks, s.dirty = (s.speaks+1)%len(programs), true
	case keymap.FormReveal:
		s.reveal = !s.reveal
		s.each(func(r *row) { r.drawn = drawing{} })
		s.dirty = true
	case keymap.FormFind:
		s.open(newFind(s))
	case keymap.FormParts:
		return s.openParts()
	case keymap.FormExposed:
		return s.publishExposed()
	case keymap.FormPaste:
		s.open(newPasteBox(s))
	case keymap.FormPresets:
		return s.openPresets()
	case keymap.FormKeep:
		return s.keep(k.String())
	case keymap.FormDrop:
		s.dropLeftovers()
	case keymap.FormNext:
		s.next()
	case keymap.FormPrev:
		s.prev()
	case keymap.FormNextSection:
		s.goTo((s.at+1)%len(s.sections), 0, false)
	case keymap.FormPrevSection:
		s.goTo((s.at+len(s.sections)-1)%len(s.sections), 0, false)
	case keymap.FormPageDown:
		s.page(1)
	case keymap.FormPageUp:
		s.page(-1)
	case keymap.FormPress:
		return s.press()
	}
	return nil
}

// typed is a key that is no command.
func (s *Screen) typed(k tea.KeyPressMsg) tea.Cmd {
	r := s.current()
	if r == nil {
		switch k.String() {
		case "left", "right":
			s.row, s.dirty = s.buttons()+1-(s.row-s.buttons()), true
		case "space":
			return s.press()
		}
		return nil
	}
	if !meant(r.field.Spec(), k.String()) {
		return nil
	}
	return s.edit(r, k)
}

// meant reports whether a key changes a field of that kind: no letter is a command.
func meant(spec field.Spec, key string) bool {
	switch {
	case spec.Kind == field.Check:
		return key == "space"
	case spec.Kind == field.Choice && !spec.Own:
		return key == "left" || key == "right" || key == "space"
	}
	return true
}

// newlines has a pasted text's line breaks as they are meant: terminals send them as the
// key that makes them.
func newlines(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// pasted is a pasted text as a field of that kind takes it: a list a value a line, another
// field without the line break that a copied line ends with.
func pasted(kind field.Kind, text string) string {
	if kind != field.List {
		return strings.TrimSpace(text)
	}
	var lines []string
	for l := range strings.Lines(text) {
		if l = strings.TrimRight(l, "\r\n"); strings.TrimSpace(l) != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// edit hands a key or a paste to the focused row and takes over what became of it.
func (s *Screen) edit(r *row, msg tea.Msg) tea.Cmd {
	changed, cmd := r.field.Update(msg)
	s.dirty = true // the cursor's part of a long text
	if !changed {
		return cmd
	}
	waiting := !r.bad() && r.field.Capturing()
	r.touched, r.quiet = true, waiting
	cmd = tea.Batch(cmd, s.took(r), s.completes(r))
	if waiting {
		cmd = tea.Batch(cmd, s.pause())
	}
	return cmd
}

// took takes over what a row holds now.
func (s *Screen) took(r *row) tea.Cmd {
	r.flaw, s.due = write(r, &s.draft), nil
	s.settled(r.opt.Key)
	s.check()
	return tea.Batch(s.seek(typingRest), s.ask(worldRest, false))
}

// pause brings a restMsg when no key follows: each key ends the pause before it.
func (s *Screen) pause() tea.Cmd {
	s.unrest()
	ctx, cancel := context.WithCancel(context.Background())
	s.unrest = cancel
	s.rest++
	serial := s.rest
	return func() tea.Msg {
		if !wait(ctx, calm) {
			return nil
		}
		return restMsg{s, serial}
	}
}

// settled forgets what the engine said of a value that has changed.
func (s *Screen) settled(k option.Key) {
	kept := s.engine[:0:0]
	for _, e := range s.engine {
		if e.Field != string(k) {
			kept = append(kept, e)
		}
	}
	s.engine = kept
	s.world.forget(k)
}

// press is enter: on a button it presses it, elsewhere it goes on.
func (s *Screen) press() tea.Cmd {
	switch s.row - s.buttons() {
	case 0:
		return s.submit(true)
	case 1:
		return s.submit(false)
	}
	s.next()
	return nil
}
