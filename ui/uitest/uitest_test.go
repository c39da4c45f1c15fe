package uitest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, Leaks()...) }

// model is a small screen with all that a real one has: a listener that blocks, a clock,
// commands in batches and in order, the clipboard.
type model struct {
	ctx    context.Context
	in     chan string
	w, h   int
	log    []string
	ticks  int
	wide   bool
	cursor int
}

type (
	lineMsg string
	tickMsg time.Time
	spinMsg struct{}
)

func (m *model) listen() tea.Msg {
	select {
	case s := <-m.in:
		return lineMsg(s)
	case <-m.ctx.Done():
		return nil
	}
}

func tick() tea.Cmd {
	return tea.Tick(time.Second, func(t time.Time) tea.Msg { return tickMsg(t) })
}

func say(s string) tea.Cmd { return func() tea.Msg { return lineMsg(s) } }

func (m *model) Init() tea.Cmd { return tea.Batch(m.listen, tick()) }

func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case lineMsg:
		m.log = append(m.log, string(msg))
		if strings.HasPrefix(string(msg), "engine") {
			return m, m.listen
		}
	case tickMsg:
		m.ticks++
		return m, tick()
	case spinMsg:
		return m, func() tea.Msg { return spinMsg{} }
	case tea.PasteMsg:
		m.log = append(m.log, "pasted "+msg.Content)
	case tea.KeyPressMsg:
		return m, m.key(msg)
	}
	return m, nil
}

func (m *model) key(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "q":
		return tea.Quit
	case "b":
		return tea.Batch(say("b1"), say("b2"))
	case "s":
		slow := func() tea.Msg { time.Sleep(50 * time.Millisecond); return lineMsg("s1") }
		return tea.Sequence(slow, tea.Batch(say("s2")), tea.Sequence(say("s3")), nil, say("s4"))
	case "y":
		return tea.SetClipboard("3f2a91c04b7d")
	case "w":
		m.wide = true
	case "left":
		m.cursor--
	default:
		m.log = append(m.log, "key "+k.String())
	}
	return nil
}

func (m *model) View() tea.View {
	text := fmt.Sprintf("%d×%d ticks %d\n%s", m.w, m.h, m.ticks, strings.Join(m.log, "\n"))
	if m.wide {
		text = strings.Repeat("x", m.w+5)
	}
	v := tea.NewView(text)
	v.AltScreen = true
	v.WindowTitle = "gantry"
	v.Cursor = tea.NewCursor(3, 1)
	return v
}

func start(t *testing.T) (*Stepper, *model) {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	m := &model{ctx: ctx, in: make(chan string)}
	return New(t, m, 40, 12), m
}

func TestStepperRunsCommandsToRest(t *testing.T) {
	Run(t, func(t *testing.T) {
		s, m := start(t)
		s.Want("40×12 ticks 0")
		s.Press("b")
		if slices.Sort(m.log); !slices.Equal(m.log, []string{"b1", "b2"}) {
			t.Errorf("a batch gave %q", m.log)
		}
		m.log = nil
		s.Type("a b").Paste("text").Resize(60, 10).Want("60×10", "key a", "key space", "pasted text")
	})
}

func TestStepperKeepsTheOrderOfASequence(t *testing.T) {
	Run(t, func(t *testing.T) {
		s, m := start(t)
		s.Press("s").WantNot("s1").Advance(50 * time.Millisecond)
		if !slices.Equal(m.log, []string{"s1", "s2", "s3", "s4"}) {
			t.Errorf("%q", m.log)
		}
	})
}

func TestStepperDoesNotWaitForListeners(t *testing.T) {
	Run(t, func(t *testing.T) {
		s, m := start(t)
		m.in <- "engine one"
		s.Settle().Want("engine one")
		m.in <- "engine two"
		s.Settle().Want("engine two")
	})
}

func TestTimePassesOnlyWhenTold(t *testing.T) {
	Run(t, func(t *testing.T) {
		s, _ := start(t)
		s.Press("x").Want("ticks 0")
		s.Advance(3500 * time.Millisecond).Want("ticks 3")
		s.Advance(500 * time.Millisecond).Want("ticks 4")
	})
}

func TestClipboardAndQuitting(t *testing.T) {
	Run(t, func(t *testing.T) {
		s, _ := start(t)
		if s.Press("y"); s.Clipboard() != "3f2a91c04b7d" || s.Quitted() {
			t.Errorf("clipboard %q, quitted %v", s.Clipboard(), s.Quitted())
		}
		if s.Press("q"); !s.Quitted() {
			t.Error("not quitted")
		}
		if !s.View().AltScreen || s.Line(0) != "40×12 ticks 0" || s.Line(99) != "" {
			t.Error("the last view is lost")
		}
	})
}

// A stepper that lets a screen overflow, or spin, would hide what a terminal shows.
func TestStepperComplains(t *testing.T) {
	Run(t, func(t *testing.T) {
		s, _ := start(t)
		inner := &testing.T{}
		s.t = inner
		s.Press("w")
		if !inner.Failed() {
			t.Error("a view wider than the screen was not noticed")
		}
		s.t = t
	})
}

func TestKeyMsgIsNamedAsItIsPressed(t *testing.T) {
	for _, name := range []string{"a", "G", "?", "/", "1", "space", "enter", "esc", "tab", "shift+tab", "up", "down", "left", "right",
		"pgup", "pgdown", "home", "end", "delete", "insert", "backspace", "ctrl+s", "ctrl+left", "ctrl+right", "alt+enter", "ctrl+c", "é"} {
		if got := KeyMsg(name).String(); got != name {
			t.Errorf("%s is called %s", name, got)
		}
	}
	if KeyMsg("G").Text != "G" || KeyMsg("ctrl+g").Text != "" || KeyMsg("space").Text != " " {
		t.Error("the wrong keys type something")
	}
}

func TestKeysHaveTheirBytes(t *testing.T) {
	in := make(chan string)
	m := &keys{in: in}
	term := Start(t, m, 20, 4)
	for _, name := range []string{"a", "G", "space", "enter", "tab", "shift+tab", "up", "down", "left", "right", "pgup", "pgdown", "home", "end",
		"delete", "backspace", "ctrl+s", "ctrl+left", "ctrl+right", "ctrl+c", "é", "esc"} {
		term.Press(name)
		select {
		case got := <-in:
			if got != name {
				t.Errorf("%s arrived as %s", name, got)
			}
		case <-time.After(patience):
			t.Fatalf("%s did not arrive", name)
		}
	}
}

type keys struct{ in chan string }

func (k *keys) Init() tea.Cmd { return nil }
func (k *keys) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if p, ok := msg.(tea.KeyPressMsg); ok {
		return k, func() tea.Msg { k.in <- p.String(); return nil }
	}
	return k, nil
}
func (k *keys) View() tea.View { return tea.NewView("keys") }

func TestTermShowsARealProgram(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	m := &model{ctx: ctx, in: make(chan string, 1)}
	term := Start(t, m, 40, 12).WaitFor("40×12")
	term.Type("ac").WaitFor("key c")
	m.in <- "engine 日本X"
	term.WaitFor("engine 日本X")
	if x, y := term.Cursor(); x != 3 || y != 1 {
		t.Errorf("the cursor is at %d, %d", x, y)
	}
	term.Press("y").WaitUntil("the clipboard", func(string) bool { return term.Clipboard() == "3f2a91c04b7d" })
	if term.Title() != "gantry" {
		t.Errorf("title %q", term.Title())
	}
	term.Resize(30, 6).WaitFor("30×6")
	term.Press("q")
	if last, err := term.Wait(); err != nil || last != tea.Model(m) {
		t.Errorf("%v", err)
	}
	if !strings.Contains(string(term.Output()), "\x1b[?1049l") {
		t.Error("the alternate screen was not left")
	}
}

func TestPlainClipsAndTrims(t *testing.T) {
	if got := Plain("\x1b[31mred\x1b[0m   \ntoo long for it\nthree", 8, 2); got != "red\ntoo long" {
		t.Errorf("%q", got)
	}
}
