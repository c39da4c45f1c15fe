package create_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/enginetest/fake"
	"gantry/engine/option"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/screen/create"
	"gantry/ui/uitest"
)

// exact fails unless a view is exactly its box and the cursor is in it.
func exact(t *testing.T, f *create.Screen, w, h int) {
	t.Helper()
	v := f.View()
	if w == 0 || h == 0 {
		if v != "" {
			t.Fatalf("%d×%d: %q", w, h, v)
		}
		return
	}
	lines := strings.Split(v, "\n")
	if len(lines) != h {
		t.Fatalf("%d×%d: %d lines:\n%s", w, h, len(lines), v)
	}
	for i, l := range lines {
		if kit.Width(l) != w {
			t.Fatalf("%d×%d: line %d is %d wide:\n%s", w, h, i, kit.Width(l), v)
		}
	}
	if c := f.Cursor(); c != nil && (c.X < 0 || c.Y < 0 || c.X >= w || c.Y >= h) {
		t.Fatalf("%d×%d: the cursor is at %d, %d", w, h, c.X, c.Y)
	}
}

// evil is a draft of what would spoil a screen.
func evil() option.Draft {
	d := wrong()
	d.Set(option.KeyImage, "\x1b]0;owned\x07日本語\u202eimage")
	d.Set(option.KeyName, strings.Repeat("👩‍🚀", 40))
	d.Set(option.KeyArgs, "a\tb", "❤️", strings.Repeat("very-long", 60))
	d.Set(option.KeyLabel, "\x9b31m=\n\n", strings.Repeat("x", 5000)+"=")
	return d
}

func TestExactBoxAtAnySize(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 200 {
		d := wrong()
		if i%2 == 0 {
			d = evil()
		}
		e := env()
		if i%3 == 0 {
			e.Styles = themes.Mono(themes.Options{ASCII: true})
		}
		f := create.New(e, d, create.Deps{Facts: facts})
		for range rng.IntN(60) {
			f.Update(uitest.KeyMsg([]string{"tab", "ctrl+right", "a", "ctrl+s"}[rng.IntN(4)]))
		}
		w, h := rng.IntN(140), rng.IntN(45)
		f.SetSize(w, h)
		exact(t, f, w, h)
	}
}

func TestTheFocusedValueIsInView(t *testing.T) {
	for _, size := range []struct{ w, h int }{{120, 36}, {80, 24}, {60, 13}, {40, 9}} {
		f := create.New(env(), wrong(), create.Deps{Facts: facts})
		f.SetSize(size.w, size.h)
		for range 60 {
			plain := uitest.Plain(f.View(), size.w, size.h)
			if !strings.Contains(plain, "▌ ") && !strings.Contains(plain, "[▸Create") {
				t.Fatalf("%v: the focused row is out of view:\n%s", size, plain)
			}
			f.Update(uitest.KeyMsg("tab"))
		}
	}
}

func TestRandomKeys(t *testing.T) {
	keys := []string{
		"a", "=", "\"", "\\", "é", "日", "space", "enter", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "backspace",
		"delete", "ctrl+left", "ctrl+right", "ctrl+y", "ctrl+k", "ctrl+u", "ctrl+w", "alt+b", "pgdown", "ctrl+v",
	}
	for seed := range uint64(8) {
		rng := rand.New(rand.NewPCG(seed, 7))
		f := create.New(env(), option.Draft{}, world())
		w, h := 20+rng.IntN(120), 4+rng.IntN(40)
		f.SetSize(w, h)
		for range 400 {
			switch rng.IntN(40) {
			case 0:
				f.Update(tea.PasteMsg{Content: "x=1\ny\x1b[2J=2\n"})
			case 1:
				w, h = rng.IntN(140), rng.IntN(45)
				f.SetSize(w, h)
			default:
				f.Update(uitest.KeyMsg(keys[rng.IntN(len(keys))]))
			}
			exact(t, f, w, h)
		}
		f.Close()
	}
}

func FuzzTyping(f *testing.F) {
	f.Add("nginx\tweb\t\"")
	f.Add("\x1b[31m\r\n\u202e")
	f.Fuzz(func(t *testing.T, text string) {
		s := create.New(env(), option.Draft{}, create.Deps{Facts: facts})
		s.SetSize(60, 16)
		for _, r := range text {
			if r == '\t' {
				s.Update(uitest.KeyMsg("tab"))
				continue
			}
			s.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
		exact(t, s, 60, 16)
		s.Update(tea.PasteMsg{Content: text})
		exact(t, s, 60, 16)
	})
}

// full has a value in every row of the form.
func full() option.Draft {
	d := fake.FullDraft()
	d.Set(option.KeyName, "web")
	return d
}

func BenchmarkKeyToView(b *testing.B) {
	for _, bb := range []struct {
		name    string
		draft   option.Draft
		section int
		to      []string // keys that lead to the row
	}{
		{"empty", option.Draft{}, 0, nil},
		{"wrong", wrong(), 1, []string{"tab"}},
		{"full", full(), 0, nil},
		{"full, repeated", full(), 2, nil},
		{"full, last", full(), len(option.Sections()) - 1, []string{"tab"}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			f := create.New(env(), bb.draft, create.Deps{Facts: facts, NameInUse: world().NameInUse})
			f.SetSize(120, 36)
			f.Update(uitest.KeyMsg("ctrl+s")) // shows all that is wrong
			for f.Section() != bb.section {
				f.Update(uitest.KeyMsg("ctrl+right"))
			}
			for _, k := range bb.to {
				f.Update(uitest.KeyMsg(k))
			}
			typed := [2]tea.KeyPressMsg{uitest.KeyMsg("x"), uitest.KeyMsg("backspace")}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				f.Update(typed[i%2])
				_ = f.View()
			}
		})
	}
}
