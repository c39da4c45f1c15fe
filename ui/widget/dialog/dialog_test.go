package dialog

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/uitest"
)

func env() *kit.Env {
	now := time.Unix(0, 0)
	// Each look at the clock is one grace later: whoever answers has read.
	return &kit.Env{Keys: keymap.Default(), Styles: themes.Default(true), Now: func() time.Time { now = now.Add(Grace); return now }}
}

// answer presses keys in a dialog that was drawn.
func answer(m *Model, keys ...string) (string, bool) {
	if m.width == 0 {
		m.SetSize(80, 24)
	}
	m.View()
	for _, k := range keys {
		if a, done := m.Update(uitest.KeyMsg(k)); done {
			return a, true
		}
	}
	return "", false
}

func remove(opener string) *Model {
	return Confirm(env(), "Remove container web (3f2a91c04b7d)?", []string{"It is running: it will be killed first.", "Its anonymous volumes go with it."}, "Kill and remove", opener)
}

func TestConfirm(t *testing.T) {
	for name, c := range map[string]struct {
		keys []string
		want string
		done bool
	}{
		"enter cancels":               {[]string{"enter"}, Cancel, true},
		"esc cancels":                 {[]string{"esc"}, Cancel, true},
		"right and enter do it":       {[]string{"right", "enter"}, OK, true},
		"tab and enter do it":         {[]string{"tab", "enter"}, OK, true},
		"round and back to cancel":    {[]string{"tab", "tab", "enter"}, Cancel, true},
		"esc after choosing it":       {[]string{"right", "esc"}, Cancel, true},
		"the key that opened it":      {[]string{"d", "d", "d"}, "", false},
		"y is no answer":              {[]string{"y"}, "", false},
		"space is no answer":          {[]string{"right", "space"}, "", false},
		"back with shift tab":         {[]string{"right", "shift+tab", "enter"}, Cancel, true},
		"a global key does not leave": {[]string{"q", "?", "1"}, "", false},
	} {
		if got, done := answer(remove("d"), c.keys...); got != c.want || done != c.done {
			t.Errorf("%s: %q, %v", name, got, done)
		}
	}
}

func TestAKeyHeldDownConfirmsNothing(t *testing.T) {
	m := remove("")
	k := uitest.KeyMsg("enter")
	k.IsRepeat = true
	if _, done := m.Update(k); done {
		t.Error("a repeated key answered")
	}
	if _, done := m.Update(tea.PasteMsg{Content: "\r"}); done {
		t.Error("a paste answered")
	}
}

func TestLettersAnswer(t *testing.T) {
	m := New(env(), Spec{Title: "Quit?", Opener: "q", Buttons: []Button{{ID: Cancel, Label: "Stay"}, {ID: "quit", Label: "Cancel them and quit", Key: "c"}}})
	if got, done := answer(m, "c"); got != "quit" || !done {
		t.Errorf("%q, %v", got, done)
	}
}

func TestMessageCloses(t *testing.T) {
	if got, done := answer(Message(env(), "Help", "text"), "enter"); got != Cancel || !done {
		t.Errorf("%q, %v", got, done)
	}
}

func TestGolden(t *testing.T) {
	m := remove("d")
	m.SetSize(80, 24)
	m.View()
	m.Update(uitest.KeyMsg("right"))
	w, h := m.Size()
	uitest.Golden(t, "confirm", uitest.Plain(m.View(), w, h))
	f := Failure(env(), kit.Explanation{Title: "app:3 could not be pulled", Detail: "registry.example is not reachable: dial tcp 192.0.2.7:443: connect: connection refused after 3 tries", Fix: "check the network and the proxy settings"}, "!")
	f.SetSize(60, 16)
	w, h = f.Size()
	uitest.Golden(t, "failure", uitest.Plain(f.View(), w, h))
}

func TestExactlyItsSizeOnAnyScreen(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	m := New(env(), Spec{Title: "A title that is long enough to be cut somewhere", Body: []string{strings.Repeat("日本語 text ", 12), "", "evil\x1b]0;x\x07"},
		Buttons: []Button{{ID: Cancel, Label: "Cancel"}, {ID: OK, Label: "Remove", Key: "r", Danger: true}}})
	sizes := [][2]int{{0, 0}, {1, 1}, {20, 5}, {0, 9}, {9, 0}, {4, 4}}
	for range 200 {
		sizes = append(sizes, [2]int{r.IntN(130), r.IntN(40)})
	}
	for _, s := range sizes {
		m.SetSize(s[0], s[1])
		w, h := m.Size()
		if w > s[0] || h > s[1] {
			t.Errorf("%v: %d×%d", s, w, h)
		}
		if x, y := m.Place(); x < 0 || y < 0 || x+w > s[0] || y+h > s[1] {
			t.Errorf("%v: placed at %d, %d", s, x, y)
		}
		view := m.View()
		if w == 0 || h == 0 {
			if view != "" {
				t.Errorf("%v: %q", s, view)
			}
			continue
		}
		lines := strings.Split(view, "\n")
		if len(lines) != h {
			t.Errorf("%v: %d lines of %d", s, len(lines), h)
		}
		for _, l := range lines {
			if lipgloss.Width(l) != w {
				t.Errorf("%v: a line of %d, not %d: %q", s, lipgloss.Width(l), w, ansi.Strip(l))
			}
		}
		if s[0] > 40 && s[1] >= 4 && !strings.Contains(ansi.Strip(view), "Cancel") {
			t.Errorf("%v: no answers to be seen:\n%s", s, ansi.Strip(view))
		}
	}
}

func TestAKeyThatComesTooSoonAnswersNothing(t *testing.T) {
	now := time.Unix(0, 0)
	e := env()
	e.Now = func() time.Time { return now }
	m := Confirm(e, "Remove?", nil, "Remove", "d")
	m.SetSize(80, 24)
	press := func() bool { _, done := m.Update(uitest.KeyMsg("enter")); return done }
	if press() {
		t.Error("it answered before it was drawn")
	}
	m.View()
	now = now.Add(Grace - time.Millisecond)
	if press() {
		t.Error("it answered before it could be read")
	}
	now = now.Add(time.Millisecond)
	if m.View(); !press() {
		t.Error("it does not answer")
	}
}

func TestALongTextIsReadByScrolling(t *testing.T) {
	m := Failure(env(), kit.Explanation{Title: "It failed", Detail: strings.Repeat("a line of the engine's log\n", 30) + "the last line", Fix: "read it"}, "!")
	m.SetSize(60, 16)
	if v := m.View(); !strings.Contains(ansi.Strip(v), "more") || !strings.Contains(ansi.Strip(v), "Close") {
		t.Errorf("no sign of more, or no button:\n%s", ansi.Strip(v))
	}
	for range 40 {
		answer(m, "down")
	}
	if v := ansi.Strip(m.View()); !strings.Contains(v, "the last line") || !strings.Contains(v, "Read it.") || strings.Contains(v, "more") {
		t.Errorf("the end is not there:\n%s", v)
	}
	for range 40 {
		answer(m, "k")
	}
	if v := ansi.Strip(m.View()); !strings.Contains(v, "more") {
		t.Errorf("not back at the beginning:\n%s", v)
	}
}
