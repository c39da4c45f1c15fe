package field

import (
	"math/rand/v2"
	"slices"
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
	return &kit.Env{Keys: keymap.Default(), Styles: themes.Default(true), Now: time.Now}
}

func made(spec Spec, width int) *Model {
	m := New(env(), spec)
	m.SetSize(width, 11)
	return m
}

// press sends keys and reports whether the last one changed the values.
func press(m *Model, keys ...string) (changed bool) {
	for _, k := range keys {
		changed, _ = m.Update(uitest.KeyMsg(k))
	}
	return changed
}

func typed(m *Model, text string) {
	for _, r := range text {
		if r == ' ' {
			press(m, "space")
		} else {
			press(m, string(r))
		}
	}
}

func look(m *Model) string { return uitest.Plain(m.View(), m.width, m.Height()) }

func TestText(t *testing.T) {
	m := made(Spec{Key: "image", Label: "Image"}, 60)
	if m.Capturing() || press(m, "x") {
		t.Error("a field without focus takes keys")
	}
	m.Focus(false)
	typed(m, "nginx 1")
	if m.Value() != "nginx 1" || !m.Capturing() {
		t.Errorf("value %q", m.Value())
	}
	if c := m.Cursor(); c == nil || c.X != 11+7 || c.Y != 0 {
		t.Errorf("cursor %+v", c)
	}
	press(m, "ctrl+a", "ctrl+k")
	if m.Value() != "" || len(m.Values()) != 0 {
		t.Errorf("values %q", m.Values())
	}
	m.Set("x\x1b[31my")
	m.Blur()
	if got := look(m); got != "Image      xy" {
		t.Errorf("%q", got)
	}
	if m.Value() != "x\x1b[31my" {
		t.Error("a value that nobody edited was changed")
	}
	if m.Cursor() != nil {
		t.Error("a cursor without focus")
	}
}

// The binding of the editor would run a program; pasted text comes from the terminal.
func TestCtrlVDoesNothing(t *testing.T) {
	m := made(Spec{Key: "image"}, 60)
	m.Focus(false)
	if _, cmd := m.Update(uitest.KeyMsg("ctrl+v")); cmd != nil {
		t.Error("ctrl+v runs a command")
	}
}

func TestPastedTextIsMadeSafeAndOneLine(t *testing.T) {
	m := made(Spec{Key: "image"}, 60)
	m.Focus(false)
	m.Update(tea.PasteMsg{Content: "ngi\x1b]0;x\x07nx\n:1\n"})
	if m.Value() != "nginx :1" {
		t.Errorf("%q", m.Value())
	}
}

func TestALongValueScrollsWithTheCursor(t *testing.T) {
	m := made(Spec{Key: "command"}, 21)
	m.Focus(false)
	typed(m, "日本語 abcdefghij")
	if c := m.Cursor(); c.X != 20 || !strings.HasSuffix(look(m), "bcdefghij") {
		t.Errorf("cursor %d in %q", c.X, look(m))
	}
	press(m, "home")
	if c := m.Cursor(); c.X != 11 || !strings.HasPrefix(look(m), "           日本語 abc") {
		t.Errorf("cursor %d in %q", c.X, look(m))
	}
	press(m, "right", "right")
	if c := m.Cursor(); c.X != 15 {
		t.Errorf("after two wide signs the cursor is at %d", c.X)
	}
}

func TestGhostProblemAndNote(t *testing.T) {
	m := made(Spec{Key: "command", Label: "Command"}, 50)
	m.SetGhost("nginx -g \"daemon off;\"", "from the image")
	m.SetNote("not here yet")
	if got := look(m); got != "Command    nginx -g \"daemon off;\"   from the image\n           not here yet" {
		t.Errorf("%q", got)
	}
	m.SetProblem(0, "in use by web")
	if got := look(m); !strings.HasSuffix(got, "\n           ✗ in use by web") || m.Height() != 2 || m.Problem() != "in use by web" {
		t.Errorf("%q, height %d", got, m.Height())
	}
	m.Focus(false)
	typed(m, "sh")
	if got := look(m); strings.Contains(got, "nginx") || strings.Contains(got, "from the image") {
		t.Errorf("the ghost stays: %q", got)
	}
	m.ClearProblems()
	if m.Problem() != "" {
		t.Error("the problem stays")
	}
}

func TestChoice(t *testing.T) {
	m := made(Spec{Key: "restart", Label: "Restart", Kind: Choice, Choices: []string{"no", "always", "unless-stopped"}}, 40)
	if got := look(m); got != "Restart    ◂ no ▸" || len(m.Values()) != 0 {
		t.Errorf("%q, %q", got, m.Values())
	}
	m.Focus(false)
	if !press(m, "right") || m.Value() != "always" {
		t.Errorf("%q", m.Value())
	}
	press(m, "left", "left")
	if m.Value() != "unless-stopped" || m.Capturing() {
		t.Errorf("%q", m.Value())
	}
	m.Set("on-failure:3")
	if got := look(m); got != "Restart    ◂ on-failure:3 ▸" {
		t.Errorf("%q", got)
	}
}

// A letter begins a text of one's own, and a number goes behind the choice that is there.
func TestAChoiceTakesATextOfOnesOwnWhereThatIsMeant(t *testing.T) {
	m := made(Spec{Key: "restart", Label: "Restart", Kind: Choice, Own: true, Choices: []string{"no", "always", "on-failure"}}, 40)
	m.Focus(false)
	press(m, "left")
	typed(m, ":5")
	if c := m.Cursor(); m.Value() != "on-failure:5" || look(m) != "Restart    ◂ on-failure:5 ▸" || c == nil || c.X != 11+2+12 {
		t.Errorf("%q: %q, %+v", m.Value(), look(m), c)
	}
	press(m, "backspace")
	typed(m, "7")
	if m.Value() != "on-failure:7" || !press(m, "right") || m.Value() != "always" || m.Cursor() != nil {
		t.Errorf("%q", m.Value())
	}
	typed(m, "on")
	if m.Value() != "on" {
		t.Errorf("%q", m.Value())
	}
	if press(m, "backspace", "backspace"); look(m) != "Restart    ◂ no ▸" || len(m.Values()) != 0 || press(m, "backspace") {
		t.Errorf("%q", look(m))
	}
	m.Update(tea.PasteMsg{Content: "on-failure:3\n"})
	if m.Value() != "on-failure:3" {
		t.Errorf("%q", m.Value())
	}
}

func TestCheck(t *testing.T) {
	m := made(Spec{Key: "rm", Label: "Remove", Kind: Check, Hint: "when it exits"}, 40)
	m.Focus(false)
	if !press(m, "space") || m.Value() != On || look(m) != "Remove     [x] when it exits" {
		t.Errorf("%q: %q", m.Value(), look(m))
	}
	if press(m, "space"); len(m.Values()) != 0 {
		t.Errorf("%q", m.Values())
	}
}

func TestList(t *testing.T) {
	m := made(Spec{Key: "env", Label: "Env", Kind: List}, 40)
	m.Focus(false)
	if m.Next() {
		t.Error("an empty list has a next row")
	}
	typed(m, "A=1")
	if !m.Next() || m.Height() != 2 {
		t.Errorf("no new row, height %d", m.Height())
	}
	typed(m, "B=2")
	m.Next()
	if m.Next() {
		t.Error("there is a row after the empty one")
	}
	if got := m.Values(); !slices.Equal(got, []string{"A=1", "B=2"}) {
		t.Errorf("%q", got)
	}
	m.SetProblem(0, "bad name")
	if m.Line() != 3 || m.Cursor().Y != 3 {
		t.Errorf("the new row is on line %d", m.Line())
	}
	press(m, "backspace")
	press(m, "backspace", "backspace", "backspace")
	press(m, "backspace")
	if got := m.Values(); !slices.Equal(got, []string{"A=1"}) || m.Height() != 2 {
		t.Errorf("%q, height %d", got, m.Height())
	}
	if m.Prev() {
		t.Error("there is a row before the first")
	}
	m.Update(tea.PasteMsg{Content: "\nC=3\nD=4\n"})
	if got := m.Values(); !slices.Equal(got, []string{"A=1", "C=3", "D=4"}) {
		t.Errorf("pasted: %q", got)
	}
	m.Update(tea.PasteMsg{Content: "\nE=5\n\n \n\nF=6"})
	if got := m.Values(); !slices.Equal(got, []string{"A=1", "C=3", "D=4", "E=5", "F=6"}) {
		t.Errorf("pasted with empty lines: %q", got)
	}
	m.Blur()
	m.Focus(true)
	if m.Cursor().Y != m.Height()-1 {
		t.Errorf("entered from below at line %d of %d", m.Cursor().Y, m.Height())
	}
}

func TestExactlyItsBoxAtAnySize(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 200 {
		w := r.IntN(90)
		if i < 3 {
			w = []int{0, 1, 20}[i]
		}
		m := New(env(), Spec{Key: "k", Label: "A long label 日本語", Kind: Kind(i % 4), Choices: []string{"one", "two"}, Hint: "hint"})
		m.SetSize(w, 1+r.IntN(20))
		m.SetGhost("ghost text", "from the image")
		m.SetNote("a note that is rather long for a narrow form")
		if i%3 == 0 {
			m.SetProblem(0, "a problem that is rather long for a narrow form")
		}
		if i%5 == 0 {
			m.Set("日本語 and more that does not fit", "two")
		}
		if i%2 == 0 {
			m.Focus(true)
		}
		view := m.View()
		if w == 0 {
			if view != "" {
				t.Errorf("%q", view)
			}
			continue
		}
		lines := strings.Split(view, "\n")
		if len(lines) != m.Height() {
			t.Errorf("kind %d at %d: %d lines, height %d", i%4, w, len(lines), m.Height())
		}
		for _, l := range lines {
			if lipgloss.Width(l) != w {
				t.Errorf("kind %d at %d: a line of %d: %q", i%4, w, lipgloss.Width(l), ansi.Strip(l))
			}
		}
		if c := m.Cursor(); c != nil && (c.X >= w || c.Y >= m.Height()) {
			t.Errorf("kind %d at %d: the cursor is at %d, %d", i%4, w, c.X, c.Y)
		}
	}
}

func BenchmarkKeyAndView(b *testing.B) {
	m := made(Spec{Key: "image", Label: "Image"}, 80)
	m.Focus(false)
	for b.Loop() {
		press(m, "x", "backspace")
		m.View()
	}
}
