package uitest

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/gdamore/tcell/v3/vt"
)

// patience is how long WaitFor and Wait wait before the test has failed.
const patience = 10 * time.Second

// Term is an emulated terminal with a real program on it.
type Term struct {
	t    testing.TB
	mock vt.MockTerm
	prog *tea.Program
	w, h int

	mu      sync.Mutex
	raw     bytes.Buffer
	last    byte
	written chan struct{}

	done  chan struct{}
	model tea.Model
	err   error
}

// NewTerm makes a terminal without a program. Write is its screen's side.
func NewTerm(t testing.TB, width, height int) *Term {
	t.Helper()
	m := vt.NewMockTerm(vt.MockOptSize{X: vt.Col(width), Y: vt.Row(height)}, vt.MockOptColors(1<<24))
	if err := m.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return &Term{t: t, mock: m, w: width, h: height, written: make(chan struct{}, 1), done: make(chan struct{})}
}

// Start runs a program on a new terminal; it is ended with the test, if it has not ended before.
func Start(t testing.TB, model tea.Model, width, height int, opts ...tea.ProgramOption) *Term {
	t.Helper()
	term := NewTerm(t, width, height)
	ctx, cancel := context.WithCancel(context.Background())
	all := append([]tea.ProgramOption{
		tea.WithContext(ctx), tea.WithInput(term), tea.WithOutput(term), tea.WithWindowSize(width, height),
		tea.WithoutSignals(), tea.WithEnvironment([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}),
	}, opts...)
	term.prog = tea.NewProgram(model, all...)
	go func() {
		defer close(term.done)
		term.model, term.err = term.prog.Run()
	}()
	t.Cleanup(func() {
		cancel()
		_ = term.mock.Close() // wakes the reader of the keyboard
		<-term.done
	})
	return term
}

// Read is the keyboard's side, for the program.
func (m *Term) Read(p []byte) (int, error) { return m.mock.Read(p) }

// Write is the screen's side. A program whose input is not a terminal ends its lines
// with a bare line feed and expects the terminal to go back to the left by itself.
func (m *Term) Write(p []byte) (int, error) {
	m.mu.Lock()
	m.raw.Write(p)
	out := make([]byte, 0, len(p)+16)
	for _, c := range p {
		if c == '\n' && m.last != '\r' {
			out = append(out, '\r')
		}
		out = append(out, c)
		m.last = c
	}
	m.mu.Unlock()
	_, err := m.mock.Write(out)
	select {
	case m.written <- struct{}{}:
	default:
	}
	return len(p), err
}

// Press presses keys by name.
func (m *Term) Press(keys ...string) *Term {
	for _, k := range keys {
		m.Raw(KeyBytes(k))
	}
	return m
}

// Type types a text.
func (m *Term) Type(text string) *Term { return m.Raw([]byte(text)) }

// Raw sends bytes as if the keyboard had.
func (m *Term) Raw(b []byte) *Term {
	m.mock.SendRaw(b)
	return m
}

// Send sends a message to the program.
func (m *Term) Send(msg tea.Msg) *Term {
	m.prog.Send(msg)
	return m
}

// Resize changes the terminal's size and tells the program.
func (m *Term) Resize(width, height int) *Term {
	m.w, m.h = width, height
	m.mock.SetSize(vt.Coord{X: vt.Col(width), Y: vt.Row(height)})
	return m.Send(tea.WindowSizeMsg{Width: width, Height: height})
}

// Screen is the text on the screen, a line for each row, without spaces at their ends.
func (m *Term) Screen() string {
	_ = m.mock.Drain()
	lines := make([]string, 0, m.h)
	for y := range m.h {
		var b strings.Builder
		for x := 0; x < m.w; x++ {
			c := m.mock.GetCell(vt.Coord{X: vt.Col(x), Y: vt.Row(y)})
			if c.C == "" {
				b.WriteByte(' ')
			} else {
				b.WriteString(c.C)
			}
			if c.W == 2 {
				x++
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return strings.Join(lines, "\n")
}

// WaitFor waits until a text is on the screen, and fails the test if it does not come.
func (m *Term) WaitFor(text string) *Term {
	m.t.Helper()
	return m.WaitUntil("the text "+text, func(screen string) bool { return strings.Contains(screen, text) })
}

// WaitUntil waits until the screen is as wanted. It looks again after every write.
func (m *Term) WaitUntil(what string, ok func(screen string) bool) *Term {
	m.t.Helper()
	end := time.NewTimer(patience)
	defer end.Stop()
	for {
		if ok(m.Screen()) {
			return m
		}
		select {
		case <-m.written:
		case <-m.done:
			if !ok(m.Screen()) {
				m.t.Fatalf("the program ended (%v) before %s came:\n%s", m.err, what, m.Screen())
			}
			return m
		case <-end.C:
			m.t.Fatalf("%s did not come:\n%s", what, m.Screen())
		}
	}
}

// Wait waits until the program has ended and returns its last model and its error.
func (m *Term) Wait() (tea.Model, error) {
	m.t.Helper()
	select {
	case <-m.done:
	case <-time.After(patience):
		m.t.Fatalf("the program did not end:\n%s", m.Screen())
	}
	return m.model, m.err
}

// Cursor is where the cursor is, from 0.
func (m *Term) Cursor() (x, y int) {
	_ = m.mock.Drain()
	p := m.mock.Pos()
	return int(p.X), int(p.Y)
}

// Title is the title of the terminal's window.
func (m *Term) Title() string { return m.mock.GetTitle() }

// Bells is how often the bell was rung.
func (m *Term) Bells() int { return m.mock.Bells() }

// Clipboard is what was copied by OSC 52.
func (m *Term) Clipboard() string { return string(m.mock.Backend().GetClipboard()) }

// Output is every byte that was written.
func (m *Term) Output() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return bytes.Clone(m.raw.Bytes())
}
