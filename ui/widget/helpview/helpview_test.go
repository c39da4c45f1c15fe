package helpview

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

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

func TestGolden(t *testing.T) {
	m := New(env(), keymap.Containers, keymap.Pulls, keymap.Global)
	m.SetSize(118, 20)
	uitest.Golden(t, "two-columns", uitest.Plain(m.View(), 118, 20))
	m.SetSize(60, 36)
	uitest.Golden(t, "one-column", uitest.Plain(m.View(), 60, 36))
}

func TestAllOfItCanBeReached(t *testing.T) {
	m := New(env(), keymap.Scopes()...)
	m.SetSize(60, 10)
	seen := map[string]bool{}
	for {
		for line := range strings.SplitSeq(ansi.Strip(m.View()), "\n") {
			seen[strings.TrimSpace(line)] = true
		}
		if !m.More() {
			break
		}
		m.Do(keymap.PageDown)
	}
	for _, scope := range keymap.Scopes() {
		for _, e := range keymap.Default().Entries(scope) {
			found := false
			for l := range seen {
				found = found || strings.Contains(l, e.Long)
			}
			if !found {
				t.Errorf("%s is not in the help", e.Action)
			}
		}
	}
	m.Do(keymap.Top)
	if !m.More() || m.Do(keymap.Quit) {
		t.Error("top, or what is no movement")
	}
}

func TestExactlyItsBoxAtAnySize(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	m := New(env(), keymap.Scopes()...)
	sizes := [][2]int{{0, 0}, {1, 1}, {20, 5}, {0, 5}, {5, 0}}
	for range 200 {
		sizes = append(sizes, [2]int{r.IntN(140), r.IntN(60)})
	}
	for _, s := range sizes {
		m.SetSize(s[0], s[1])
		m.Do(keymap.PageDown)
		view := m.View()
		if s[0] == 0 || s[1] == 0 {
			if view != "" {
				t.Errorf("%v: %q", s, view)
			}
			continue
		}
		lines := strings.Split(view, "\n")
		if len(lines) != s[1] {
			t.Errorf("%v: %d lines", s, len(lines))
		}
		for _, l := range lines {
			if lipgloss.Width(l) != s[0] {
				t.Errorf("%v: a line of %d", s, lipgloss.Width(l))
			}
		}
	}
}
