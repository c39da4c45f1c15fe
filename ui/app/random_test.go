package app_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/uitest"
)

// keys are what a random hand presses. What leaves the program is pressed apart from
// them, and taken back.
func keys() []string {
	return []string{
		"n", "s", "l", "d", "K", "y", "c", "f", "/", "?", "1", "r", "N", "j", "k", "g", "G", "ctrl+d", "ctrl+u",
		"enter", "enter", "tab", "shift+tab", "esc", "esc", "up", "down", "left", "right", "pgup", "pgdown", "home", "end",
		"ctrl+s", "ctrl+o", "ctrl+y", "ctrl+right", "ctrl+left", "space", "backspace", "a", "b", "7", "é", "w", "t",
	}
}

// mess is an engine on which much goes wrong.
func mess() *fake.Engine {
	e := populated()
	e.AddImage("a", api.ImageConfig{})
	e.OnPull("b").Layers(1000, 2000)
	e.OnPull("ab").Manual()
	return e
}

// hammer presses keys, and between them lets the world change.
func hammer(w *world, pick func(n int) int, presses int) {
	all := keys()
	sizes := [][2]int{{120, 36}, {80, 24}, {60, 16}, {40, 12}, {200, 60}, {110, 18}}
	for i := range presses {
		if w.Quitted() {
			return
		}
		w.Press(all[pick(len(all))])
		switch pick(24) {
		case 0:
			s := sizes[pick(len(sizes))]
			w.Resize(s[0], s[1])
		case 1:
			w.e.Add(api.Container{Name: fmt.Sprintf("new-%d", i), State: api.StateRunning, StartedAt: w.e.Now()})
		case 2:
			w.e.Lost()
		case 3:
			w.e.Ready()
		case 4:
			if c, err := w.e.Peek("db"); err == nil {
				w.e.Exit(c.ID, pick(200))
			}
		case 5:
			w.Paste("a \x1b[31m\nb")
		case 6:
			w.pass(time.Duration(pick(400)) * time.Millisecond)
		case 7:
			w.e.Unavailable(api.Refused, "")
		case 8:
			if w.model.Jobs().Running() > 0 {
				w.Press([]string{"q", "ctrl+c"}[pick(2)], "esc")
			}
		}
	}
}

func TestRandomKeys(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			uitest.Run(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed, 1))
				w, end := begin(t, mess(), 120, 36)
				defer end()
				w.calm()
				hammer(w, r.IntN, 400)
			})
		})
	}
}

func FuzzKeys(f *testing.F) {
	f.Add([]byte("nab\x24\x25sdq"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 400 {
			return
		}
		uitest.Run(t, func(t *testing.T) {
			w, end := begin(t, mess(), 80, 24)
			defer end()
			i := 0
			hammer(w, func(n int) int {
				if i >= len(data) {
					return 0
				}
				i++
				return int(data[i-1]) % n
			}, len(data)/2)
		})
	})
}
