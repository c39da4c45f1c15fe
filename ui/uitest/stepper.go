package uitest

import (
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// mostSteps bounds how many messages may follow one another without time passing: more
// is a model that keeps sending messages to itself.
const mostSteps = 10_000

// aftermath is how long a tick may take at the end of a test.
const aftermath = time.Hour

// Run runs a test in a bubble: its clock begins at midnight UTC on 1 January 2000 and
// moves only by Advance. Use the t that body is given.
func Run(t *testing.T, body func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, body)
}

// Stepper drives a root model. It must be made and used inside Run.
type Stepper struct {
	t     *testing.T
	model tea.Model
	view  tea.View
	w, h  int

	mu    sync.Mutex
	queue []tea.Msg
	wake  chan struct{}

	quit      bool
	clipboard string
}

// New starts a model on a screen of width × height and lets it come to rest.
func New(t *testing.T, model tea.Model, width, height int) *Stepper {
	t.Helper()
	s := &Stepper{t: t, model: model, w: width, h: height, wake: make(chan struct{}, 1)}
	t.Cleanup(s.end)
	s.view = model.View() // a program draws once before it knows its size
	s.run(model.Init())
	s.push(tea.WindowSizeMsg{Width: width, Height: height})
	s.settle()
	return s
}

// end stops handling messages and lets the ticks that are under way run out: a bubble
// has no time any more once its test has returned.
func (s *Stepper) end() {
	s.quit = true
	time.Sleep(aftermath)
}

// Press presses keys by name, one after the other, each after the one before has had its effect.
func (s *Stepper) Press(keys ...string) *Stepper {
	s.t.Helper()
	for _, k := range keys {
		s.Send(KeyMsg(k))
	}
	return s
}

// Type presses the keys of a text.
func (s *Stepper) Type(text string) *Stepper {
	s.t.Helper()
	for _, r := range text {
		if r == ' ' {
			s.Press("space")
			continue
		}
		s.Press(string(r))
	}
	return s
}

// Paste pastes a text as a terminal with bracketed paste does.
func (s *Stepper) Paste(text string) *Stepper {
	s.t.Helper()
	return s.Send(tea.PasteMsg{Content: text})
}

// Resize changes the size of the screen.
func (s *Stepper) Resize(width, height int) *Stepper {
	s.t.Helper()
	s.w, s.h = width, height
	return s.Send(tea.WindowSizeMsg{Width: width, Height: height})
}

// Send sends a message and lets everything come to rest.
func (s *Stepper) Send(msg tea.Msg) *Stepper {
	s.t.Helper()
	s.push(msg)
	s.settle()
	return s
}

// Settle lets everything come to rest: after the test itself has done something that
// the model listens to, such as telling the fake engine to go on.
func (s *Stepper) Settle() *Stepper {
	s.t.Helper()
	s.settle()
	return s
}

// Advance lets time pass, with all that happens meanwhile.
func (s *Stepper) Advance(d time.Duration) *Stepper {
	s.t.Helper()
	end := time.NewTimer(d)
	defer end.Stop()
	for {
		select {
		case <-s.wake:
			s.settle()
		case <-end.C:
			s.settle()
			return s
		}
	}
}

// Model is the model as it stands.
func (s *Stepper) Model() tea.Model { return s.model }

// View is what the model wants of the terminal.
func (s *Stepper) View() tea.View { return s.view }

// Quitted reports whether the model has ended the program.
func (s *Stepper) Quitted() bool { return s.quit }

// Clipboard is what was last copied.
func (s *Stepper) Clipboard() string { return s.clipboard }

// run runs a command as a program does, on a goroutine of its own.
func (s *Stepper) run(cmd tea.Cmd) {
	if cmd != nil {
		go func() { s.push(cmd()) }()
	}
}

func (s *Stepper) push(msg tea.Msg) {
	s.mu.Lock()
	s.queue = append(s.queue, msg)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Stepper) pop() (tea.Msg, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return nil, false
	}
	msg := s.queue[0]
	s.queue = s.queue[1:]
	return msg, true
}

// settle handles messages until all commands have ended or wait for something that only
// time or the test can bring.
func (s *Stepper) settle() {
	s.t.Helper()
	for range mostSteps {
		synctest.Wait()
		msg, ok := s.pop()
		if !ok {
			select {
			case <-s.wake:
			default:
			}
			return
		}
		s.handle(msg)
	}
	s.t.Fatalf("the model does not come to rest: %d messages without time passing", mostSteps)
}

// handle does what a program's loop does with a message.
func (s *Stepper) handle(msg tea.Msg) {
	s.t.Helper()
	switch m := msg.(type) {
	case nil:
		return
	case tea.BatchMsg:
		for _, cmd := range m {
			s.run(cmd)
		}
		return
	case tea.QuitMsg, tea.InterruptMsg:
		s.quit = true
		return
	}
	if cmds, ok := sequence(msg); ok {
		go s.inOrder(cmds)
		return
	}
	if v := reflect.ValueOf(msg); v.Kind() == reflect.String && v.Type().Name() == "setClipboardMsg" {
		s.clipboard = v.String()
	}
	if s.quit {
		return
	}
	var cmd tea.Cmd
	s.model, cmd = s.model.Update(msg)
	s.run(cmd)
	s.view = s.model.View()
	s.check()
}

// check fails when the view is larger than the screen: the terminal would cut it.
func (s *Stepper) check() {
	s.t.Helper()
	if s.view.Content == "" {
		return
	}
	w, h := lipgloss.Width(s.view.Content), lipgloss.Height(s.view.Content)
	if w > s.w || h > s.h {
		s.t.Errorf("the view is %d×%d on a screen of %d×%d:\n%s", w, h, s.w, s.h, Plain(s.view.Content, max(w, 1), max(h, 1)))
	}
}

// inOrder runs the commands of a tea.Sequence one after the other.
func (s *Stepper) inOrder(cmds []tea.Cmd) {
	for _, cmd := range cmds {
		if cmd == nil {
			continue
		}
		msg := cmd()
		if nested, ok := sequence(msg); ok {
			s.inOrder(nested)
			continue
		}
		if batch, ok := msg.(tea.BatchMsg); ok {
			var wg sync.WaitGroup
			for _, c := range batch {
				if c != nil {
					wg.Go(func() { s.push(c()) })
				}
			}
			wg.Wait()
			continue
		}
		s.push(msg)
	}
}

// sequence is the commands of a tea.Sequence, whose type has no exported name.
func sequence(msg tea.Msg) ([]tea.Cmd, bool) {
	v := reflect.ValueOf(msg)
	if !v.IsValid() || v.Kind() != reflect.Slice || !strings.HasSuffix(v.Type().Name(), "sequenceMsg") {
		return nil, false
	}
	cmds := make([]tea.Cmd, v.Len())
	for i := range cmds {
		cmds[i], _ = v.Index(i).Interface().(tea.Cmd)
	}
	return cmds, true
}
