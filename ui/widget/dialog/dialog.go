// Package dialog asks one question over the screen, or tells one thing: with buttons
// (Model), a menu (Menu), a few fields (Form), or a list of what is to go (Review). Cancel is
// the default of every question that destroys. A dialog does not answer to the key that opened it, to keys
// that are held down, and to keys that come before it was there to be read: a hand that
// is a little too fast confirms nothing.
package dialog

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/keymap"
	"gantry/ui/kit"
)

// Cancel is the answer of esc and of the button that changes nothing.
const Cancel = "cancel"

// Grace is how long a dialog must have been on the screen before it answers to a key:
// nobody reads and presses faster, so the key was meant for what was there before.
const Grace = 150 * time.Millisecond

// Button is one answer.
type Button struct {
	ID     string // what Update returns
	Label  string
	Key    string // a letter that gives this answer at once; "" is none
	Danger bool   // destroys something: drawn so when it is marked
}

// Spec is a question.
type Spec struct {
	Title   string
	Body    []string // lines; cleaned, and wrapped to the dialog's width
	Buttons []Button // from the left; none is one that closes
	Default string   // ID of the button that is marked at first; "" is Cancel's, else the first
	Opener  string   // the key that opened it
}

// Model is an open dialog. Its methods are for one goroutine.
type Model struct {
	env    *kit.Env
	spec   Spec
	marked int
	width  int
	height int
	top    int       // first line of the text that is shown
	drawn  time.Time // when it was first drawn; zero: not yet
}

// New opens a dialog.
func New(env *kit.Env, spec Spec) *Model {
	if len(spec.Buttons) == 0 {
		spec.Buttons = []Button{{ID: Cancel, Label: "Close"}}
	}
	m := &Model{env: env, spec: spec}
	want := spec.Default
	if want == "" {
		want = Cancel
	}
	for i, b := range spec.Buttons {
		if b.ID == want {
			m.marked = i
		}
	}
	return m
}

// Confirm asks whether something that destroys is to be done: Cancel, or verb, which
// answers "ok". opener is the key that asked for it.
func Confirm(env *kit.Env, title string, body []string, verb, opener string) *Model {
	return New(env, Spec{Title: title, Body: body, Opener: opener, Buttons: []Button{
		{ID: Cancel, Label: "Cancel"}, {ID: OK, Label: verb, Danger: true},
	}})
}

// OK is the answer of Confirm's second button.
const OK = "ok"

// Message tells something.
func Message(env *kit.Env, title string, body ...string) *Model {
	return New(env, Spec{Title: title, Body: body})
}

// Failure tells what happened, why, and what to do. opener is the key that asked for it.
func Failure(env *kit.Env, e kit.Explanation, opener string) *Model {
	var body []string
	if e.Detail != "" {
		body = append(body, strings.Split(kit.Sentence(e.Detail), "\n")...)
	}
	if e.Fix != "" {
		if len(body) > 0 {
			body = append(body, "")
		}
		body = append(body, kit.Sentence(e.Fix)+".")
	}
	return New(env, Spec{Title: e.Title, Body: body, Opener: opener})
}

// Update handles a key; done says that the dialog has been answered, with a button's ID.
func (m *Model) Update(msg tea.Msg) (answer string, done bool) {
	k, ok := msg.(tea.KeyPressMsg)
	if !ok || k.IsRepeat {
		return "", false
	}
	if m.drawn.IsZero() || m.env.Now().Sub(m.drawn) < Grace {
		return "", false
	}
	key := k.String()
	if m.spec.Opener != "" && key == m.spec.Opener {
		return "", false
	}
	for _, b := range m.spec.Buttons {
		if b.Key != "" && b.Key == key {
			return b.ID, true
		}
	}
	action, _ := m.env.Keys.Lookup(keymap.Dialog, key)
	n := len(m.spec.Buttons)
	switch action {
	case keymap.DialogNext:
		m.marked = (m.marked + 1) % n
	case keymap.DialogPrev:
		m.marked = (m.marked + n - 1) % n
	case keymap.DialogDown:
		m.scroll(1)
	case keymap.DialogUp:
		m.scroll(-1)
	case keymap.DialogPress:
		return m.spec.Buttons[m.marked].ID, true
	case keymap.Back:
		return Cancel, true
	}
	return "", false
}

// Footer are the keys that do something in the dialog.
func (m *Model) Footer() []keymap.Entry {
	var out []keymap.Entry
	for _, e := range m.env.Keys.Entries(keymap.Dialog) {
		switch e.Action {
		case keymap.DialogNext, keymap.DialogPrev:
			if len(m.spec.Buttons) < 2 {
				continue
			}
		case keymap.DialogUp, keymap.DialogDown:
			if m.hidden() == 0 {
				continue
			}
		case keymap.DialogPress:
			if len(m.spec.Buttons) < 2 {
				e = e.With("close")
			}
		case keymap.Back:
			if len(m.spec.Buttons) < 2 {
				continue // it is the same as the button
			}
		}
		if e.Key() != "" {
			out = append(out, e)
		}
	}
	return out
}

// Cursor implements Modal: a question has none.
func (m *Model) Cursor() *tea.Cursor { return nil }

// Marked is the ID of the button that enter would press.
func (m *Model) Marked() string { return m.spec.Buttons[m.marked].ID }
