package app_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/uitest"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/field"
)

// boxSizes is at how many random sizes each pane is drawn.
const boxSizes = 200

// drawing is a thing that fills boxes: it draws itself into one of w × h, after perhaps
// something has happened to it.
type drawing func(w, h int) string

// boxed is every pane, screen and widget that fills a box, each with a full life: made
// once, and changed by random keys, movements and contents while it is drawn.
func boxed() map[string]func(r nasty, env *kit.Env) drawing {
	return map[string]func(r nasty, env *kit.Env) drawing{
		"containers":     containersBox,
		"no containers":  noContainersBox,
		"1,000 rows":     manyBox,
		"the form":       formBox,
		"the log":        logBox,
		"doctor":         doctorBox,
		"detail":         detailBox,
		"pulls":          pullsBox,
		"help":           helpBox,
		"grid":           gridBox,
		"scroll":         scrollBox,
		"rows of status": statusBox,
		"bar":            barBox,
		"box and fit":    kitBox,
	}
}

// Whatever it shows and whatever its size, a pane is exactly its box.
func TestEveryPaneFillsItsBox(t *testing.T) {
	sizes := boxSizes
	if testing.Short() {
		sizes /= 10
	}
	for name, life := range boxed() {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(2) {
				r := nasty{rand.New(rand.NewPCG(seed, 99)), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
				env := &kit.Env{Keys: keymap.Default(), Styles: looks(seed), Now: func() time.Time { return r.now }}
				draw := life(r, env)
				for i := range sizes {
					w, h := r.size()
					if flaw := unlike(draw(w, h), w, h); flaw != "" {
						t.Fatalf("seed %d, drawing %d: %s", seed, i, flaw)
					}
				}
			}
		})
	}
}

func looks(seed uint64) *themes.Styles {
	if seed%2 == 0 {
		return themes.Default(true)
	}
	return themes.Mono(themes.Options{ASCII: true})
}

// unlike says how a view is not the box of w × h it should be; "" when it is.
func unlike(view string, w, h int) string {
	if w <= 0 || h <= 0 {
		if view != "" {
			return fmt.Sprintf("%d×%d: %.200q, and not nothing", w, h, view)
		}
		return ""
	}
	lines := strings.Split(view, "\n")
	if len(lines) != h {
		return fmt.Sprintf("%d×%d: %d lines", w, h, len(lines))
	}
	for i, l := range lines {
		bare := ansi.Strip(l)
		if a, b := ansi.StringWidth(l), ansi.StringWidthWc(bare); a != w || b != w {
			return fmt.Sprintf("%d×%d: line %d has %d cells, or %d: %q", w, h, i, a, b, l)
		}
		if j := strings.IndexFunc(bare, func(c rune) bool {
			return unicode.IsControl(c) || unicode.Is(unicode.Cf, c)
		}); j >= 0 {
			return fmt.Sprintf("%d×%d: line %d holds %q: %q", w, h, i, bare[j:min(len(bare), j+4)], l)
		}
	}
	return ""
}

// A dialog takes what it needs of the screen, never more, and is exactly the size it says.
func TestADialogIsWhatItSays(t *testing.T) {
	r := nasty{rand.New(rand.NewPCG(7, 7)), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	for i := range boxSizes {
		env := &kit.Env{Keys: keymap.Default(), Styles: looks(uint64(i)), Now: func() time.Time { return r.now }}
		m := dialog.Confirm(env, r.text(9), r.texts(12, 20), "Remove", "d")
		if i%3 == 0 {
			m = dialog.Failure(env, kit.Explain(r.err()), "!")
		}
		w, h := r.size()
		m.SetSize(w, h)
		for range 3 {
			dw, dh := m.Size()
			x, y := m.Place()
			if dw > max(w, 0) || dh > max(h, 0) || x < 0 || y < 0 || x+dw > max(w, 0) || y+dh > max(h, 0) {
				t.Fatalf("drawing %d: %d×%d at %d, %d of %d×%d", i, dw, dh, x, y, w, h)
			}
			if flaw := unlike(m.View(), dw, dh); flaw != "" {
				t.Fatalf("drawing %d: %s", i, flaw)
			}
			r.now = r.now.Add(time.Second)
			m.Update(uitest.KeyMsg([]string{"tab", "down", "up", "left"}[r.IntN(4)]))
		}
	}
}

// A field has the width that was set and the lines that it says it has.
func TestAFieldIsWhatItSays(t *testing.T) {
	r := nasty{rand.New(rand.NewPCG(8, 8)), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	for i := range boxSizes {
		env := &kit.Env{Keys: keymap.Default(), Styles: looks(uint64(i)), Now: func() time.Time { return r.now }}
		m := field.New(env, field.Spec{
			Label: "Label", Kind: []field.Kind{field.Text, field.Choice, field.Check, field.List}[i%4], Choices: []string{"one", "two"}, Hint: "a hint", Secret: i%5 == 0,
		})
		m.Set(r.texts(5, 9)...)
		m.SetGhost(r.text(9), r.text(3))
		m.SetNote(r.text(9))
		if r.IntN(2) == 0 {
			m.Focus(r.IntN(2) == 0)
		}
		for range 20 {
			switch r.IntN(4) {
			case 0:
				m.SetProblem(r.IntN(3), r.text(9))
			case 1:
				m.Update(tea.PasteMsg{Content: r.text(9)})
			case 2:
				m.Next()
			default:
				m.Update(anyKey(r))
			}
			w, _ := r.size()
			m.SetSize(w, r.IntN(20))
			if flaw := unlike(m.View(), w, m.Height()); flaw != "" {
				t.Fatalf("field %d: %s", i, flaw)
			}
		}
	}
}
