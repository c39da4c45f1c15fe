package app_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/keymap"
	"gantry/ui/app"
	"gantry/ui/jobs"
	"gantry/ui/uitest"
)

// keys are what a random hand presses: every key that does something, some of them more
// often, and some text. What leaves the program is pressed apart from them.
func keys() []string {
	out := []string{
		"n", "n", "ctrl+s", "ctrl+s", "ctrl+s", "enter", "enter", "esc", "esc", "esc", "tab", "shift+tab", "up", "down", "left", "right",
		"space", "backspace", "delete", "a", "a", "b", "7", "é", "日", "=", "\"", "-", "ctrl+v", "alt+b", "ctrl+w", "ctrl+z",
	}
	m := keymap.Default()
	for _, s := range keymap.Scopes() {
		for _, e := range m.Entries(s) {
			if e.Action != keymap.Quit && e.Action != keymap.Interrupt {
				out = append(out, e.Keys...)
			}
		}
	}
	return out
}

// hand presses keys at random, and between them lets the world change.
type hand struct {
	*world
	nasty
	keys  []string
	gates []*fake.Gate
	pulls []*fake.Pull
	w, h  int
	trail []string // the last things that were done
}

// mess is an engine on which much goes wrong, and what the hand has of it.
func mess(t *testing.T, r *rand.Rand) (*hand, func()) {
	t.Chdir(t.TempDir()) // where the hand may write files
	e := populated()
	e.AddImage("a", api.ImageConfig{Cmd: []string{"sh"}, Env: []string{"A=\x1b[31m"}})
	h := &hand{keys: keys(), w: 120, h: 36}
	h.pulls = append(h.pulls,
		e.OnPull("b").Layers(1000, 2000),
		e.OnPull("ab").Layers(1, 5000, 70).Manual(),
		e.OnPull("aa").Manual().Then(&api.PullError{Ref: "aa", Registry: "r.example", Cause: api.PullRateLimit, Detail: "429"}),
		e.OnPull("ba").Then(&api.PullError{Ref: "ba", Registry: "\x1b[2J", Cause: api.PullCorrupt}))
	w, end := begin(t, e, h.w, h.h)
	h.world, h.nasty = w, nasty{r, e.Now()}
	return h, end
}

func (h *hand) did(format string, args ...any) {
	h.trail = append(h.trail, fmt.Sprintf(format, args...))
	if len(h.trail) > 40 {
		h.trail = h.trail[1:]
	}
}

// press presses one key of all, and looks at the screen.
func (h *hand) press(key string) {
	h.did("press %s", key)
	h.Press(key)
	h.look()
}

// look fails unless the view is exactly the screen: a dialog's canvas leaves out blanks
// at the end of its lines.
func (h *hand) look() {
	h.t.Helper()
	v := h.View().Content
	if h.w <= 0 || h.h <= 0 {
		if v != "" {
			h.t.Fatalf("on %d×%d: %q", h.w, h.h, v)
		}
		return
	}
	rows := strings.Split(v, "\n")
	for _, row := range rows {
		if lipgloss.Width(row) > h.w || len(rows) != h.h {
			h.t.Fatalf("on %d×%d: %d rows, one of %d: %q", h.w, h.h, len(rows), lipgloss.Width(row), row)
		}
	}
	if c := h.View().Cursor; c != nil && (c.X < 0 || c.Y < 0 || c.X >= h.w || c.Y >= h.h) {
		h.t.Fatalf("on %d×%d: the cursor stands at %d, %d", h.w, h.h, c.X, c.Y)
	}
}

// intent is something that a person would do, key by key, at the speed of a person; it may
// go wrong at any of them.
func (h *hand) intent() {
	seq := func(keys ...string) {
		for _, k := range keys {
			h.press(k)
		}
	}
	one := func(keys ...string) string { return keys[h.IntN(len(keys))] }
	seq("esc", "esc")
	h.calm()
	switch h.IntN(6) {
	case 0, 1:
		seq("n")
		h.Type(one("a", "b", "ab", "aa", "ba", "zz"))
		seq("tab")
		h.Type(one("", "x1", "x2", "web"))
		seq(one("ctrl+s", "ctrl+s", "ctrl+o"))
	case 2:
		seq(one("j", "k", "g", "G"), one("j", "k", "down"))
		h.calm()
		seq(one("s", "s", "s", "d", "K"))
		h.read()
		seq(one("tab", "right", "esc"), one("enter", "enter", "esc"))
	case 3:
		seq("tab", one("tab", "down"), "c")
		h.read()
		seq("tab", "enter")
	case 4:
		seq(one("j", "g"), one("l", "enter", "!", "?", "y", "N", "f"))
	case 5:
		seq("/", one("w", "日", "z", "esc"), one("enter", "esc", "down"))
	}
}

// resize changes the screen, mostly to one on which something can be done.
func (h *hand) resize() {
	sizes := [][2]int{
		{120, 36}, {120, 36}, {80, 24}, {80, 24}, {60, 16}, {200, 60}, {110, 18}, {60 + h.IntN(240), 16 + h.IntN(84)}, {h.IntN(300), h.IntN(100)}, {40, 12}, {1, 1}, {0, 0},
	}
	s := sizes[h.IntN(len(sizes))]
	h.w, h.h = s[0], s[1]
	h.did("resize %d×%d", h.w, h.h)
	h.Resize(h.w, h.h)
	h.look()
}

// step is one key, and now and then a whole intent or a change of the world.
func (h *hand) step() {
	h.press(h.keys[h.IntN(len(h.keys))])
	switch h.IntN(16) {
	case 0:
		h.resize()
	case 9, 10, 11:
		h.intent()
	case 12:
		h.e.Ready()
		h.calm()
		h.look()
	case 1:
		text := []string{"a \x1b[31m\nb", "docker run -it --rm a sh", "sudo podman run --nmae x", h.text(9), ""}[h.IntN(5)]
		h.did("paste %q", text)
		h.Paste(text)
		h.look()
	case 2, 3:
		d := time.Duration(h.IntN(900)) * time.Millisecond
		h.did("pass %v", d)
		h.pass(d)
		h.look()
	case 4, 5:
		h.change()
		h.Settle()
		h.look()
	case 6:
		h.fault()
		h.Settle()
		h.look()
	case 7:
		if h.model.Jobs().Running() > 0 && app.Arrange(h.w, h.h).Mode != app.TooSmall { // there the question is not seen
			h.press([]string{"q", "ctrl+c"}[h.IntN(2)])
			h.read() // a question answers to no key before it can have been read
			h.press("esc")
		}
	case 8:
		h.did("focus and colours")
		h.Send([]tea.Msg{tea.BlurMsg{}, tea.FocusMsg{}, tea.BackgroundColorMsg{}}[h.IntN(3)])
		h.look()
	}
}

// goHome goes back from wherever the hand has got to, and leaves. Nothing may hold it up:
// not an engine that is away, not a step that does not end, not a pull that stands still.
func (h *hand) goHome() {
	h.t.Helper()
	if h.w, h.h = 80, 24; !h.Quitted() {
		h.Resize(h.w, h.h)
	}
	for range 12 {
		if h.Quitted() {
			return
		}
		h.read()
		h.press("esc")
	}
	running := h.model.Jobs().Running()
	h.press("q")
	if running > 0 {
		h.read()
		if !strings.Contains(h.Screen(), "Quit?") {
			h.t.Fatalf("%d jobs run, and q does not ask:\n%s", running, h.Screen())
		}
		h.press("tab")
		h.press("enter")
	}
	h.pass(app.Grace + time.Second)
	if !h.Quitted() {
		h.t.Fatalf("12 times esc, then q: still here, %d jobs run\n%s", h.model.Jobs().Running(), h.Screen())
	}
	undoing := slices.ContainsFunc(h.model.Jobs().Jobs(), func(j jobs.Job) bool { return j.Running() && !j.Asked })
	if undoing {
		h.t.Fatalf("a job was left that nobody asked to end: %+v", h.model.Jobs().Jobs())
	}
}

// letGo opens what was held up, so that nothing of the test's own outlives it.
func (h *hand) letGo() {
	for _, g := range h.gates {
		g.Open()
	}
	if h.t.Failed() {
		h.t.Logf("what was done last:\n%s", strings.Join(h.trail, "\n"))
	}
}

// shakeHands plays n steps, or until more says that there are none, and leaves. A goroutine
// that is left behind keeps the bubble from ending, which fails the test.
func shakeHands(t *testing.T, r *rand.Rand, more func(i int) bool) {
	t.Helper()
	uitest.Run(t, func(t *testing.T) {
		h, end := mess(t, r)
		defer end()
		defer h.letGo()
		h.calm()
		for i := 0; more(i) && !h.Quitted(); i++ {
			h.step()
		}
		h.goHome()
	})
}

func TestRandomKeys(t *testing.T) {
	seeds, presses := uint64(10), 300
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			shakeHands(t, rand.New(rand.NewPCG(seed, 1)), func(i int) bool { return i < presses })
		})
	}
}

// mostPresses bounds one input of FuzzKeys.
const mostPresses = 300

// FuzzKeys lets the bytes of an input be the chances of the hand.
func FuzzKeys(f *testing.F) {
	f.Add([]byte("nab\x24\x25sdq"))
	for seed := range byte(4) {
		r := rand.New(rand.NewPCG(uint64(seed), 2))
		data := make([]byte, 200)
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b := &bytesSource{data: data, rest: rand.NewPCG(3, 3)}
		shakeHands(t, rand.New(b), func(i int) bool { return i < mostPresses && len(b.data) > 0 })
	})
}

// bytesSource gives out bytes as chances; after the last one it goes on by itself.
type bytesSource struct {
	data []byte
	rest rand.Source
}

// Uint64 has the byte where rand looks first, in both halves.
func (b *bytesSource) Uint64() uint64 {
	if len(b.data) == 0 {
		return b.rest.Uint64()
	}
	half := uint64(b.data[0])<<24 | 1<<23
	b.data = b.data[1:]
	return half<<32 | half
}
