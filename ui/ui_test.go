package ui

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/backend"
	"gantry/ui/uitest"
)

func TestMain(m *testing.M) {
	// What os/signal starts once stays for the life of the process.
	goleak.VerifyTestMain(m, append(uitest.Leaks(), goleak.IgnoreTopFunction("os/signal.signal_recv"), goleak.IgnoreTopFunction("os/signal.loop"))...)
}

// shown is the workbench on an emulated terminal as Run is given it.
type shown struct {
	*uitest.Term
	t     *testing.T
	err   chan error
	notes *bytes.Buffer
}

func show(t *testing.T, ctx context.Context, e backend.Engine, opt Options) *shown {
	t.Helper()
	s := &shown{Term: uitest.NewTerm(t, 100, 30), t: t, err: make(chan error, 1), notes: &bytes.Buffer{}}
	opt.Notes = s.notes
	go func() {
		s.err <- run(ctx, e, opt, tea.WithInput(s.Term), tea.WithOutput(s.Term), tea.WithWindowSize(100, 30),
			tea.WithEnvironment([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}))
	}()
	return s
}

// ended waits for Run to return.
func (s *shown) ended() error {
	s.t.Helper()
	select {
	case err := <-s.err:
		return err
	case <-time.After(20 * time.Second):
		s.t.Fatalf("Run does not return:\n%s", s.Screen())
		return nil
	}
}

// restored fails unless every mode that was set was taken back after it: the emulator
// itself knows no alternate screen.
func (s *shown) restored() {
	s.t.Helper()
	out := s.Output()
	for on, off := range map[string]string{"\x1b[?1049h": "\x1b[?1049l", "\x1b[?25l": "\x1b[?25h", "\x1b[?2004h": "\x1b[?2004l", "\x1b[?1004h": "\x1b[?1004l"} {
		if i := bytes.LastIndex(out, []byte(on)); i >= 0 && bytes.LastIndex(out, []byte(off)) < i {
			s.t.Errorf("%q was not taken back", on)
		}
	}
	if !bytes.Contains(out, []byte("\x1b[?1049h")) {
		s.t.Error("the alternate screen was never entered")
	}
}

// pullByHand is an engine whose image app:3 arrives only when the test says so.
func pullByHand() *fake.Engine {
	e := fake.New()
	e.Clock().Advance(time.Since(e.Now())) // the workbench runs on the real clock here
	e.OnPull("app:3").Manual()
	return e
}

// begin asks for a container of app:3.
func (s *shown) begin() {
	s.t.Helper()
	s.WaitFor("No containers yet").Press("n").WaitFor("New container")
	s.Type("app:3").Press("tab").Type("api").Press("ctrl+s")
	s.WaitFor("asking the registry")
}

func TestSignalsTakeBackWhatWasBegun(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			e := pullByHand()
			s := show(t, context.Background(), e, Options{})
			s.begin()
			if err := syscall.Kill(syscall.Getpid(), sig); err != nil {
				t.Fatal(err)
			}
			var got *SignalError
			if err := s.ended(); !errors.As(err, &got) || got.Signal != sig {
				t.Errorf("Run = %v", err)
			}
			if _, err := e.Peek("api"); err == nil {
				t.Error("the container exists")
			}
			s.restored()
		})
	}
}

func TestTheEndOfTheContextTakesBackWhatWasBegun(t *testing.T) {
	e := pullByHand()
	ctx, cancel := context.WithCancel(context.Background())
	s := show(t, ctx, e, Options{})
	s.begin()
	cancel()
	if err := s.ended(); !errors.Is(err, context.Canceled) {
		t.Errorf("Run = %v", err)
	}
	s.restored()
}

func TestQuit(t *testing.T) {
	s := show(t, context.Background(), fake.New(), Options{})
	s.WaitFor("No containers yet").Press("q")
	if err := s.ended(); err != nil {
		t.Errorf("Run = %v", err)
	}
	s.restored()
	if s.notes.Len() > 0 {
		t.Errorf("said %q", s.notes)
	}
}

func TestLeavingAtOnceSaysWhatIsLeft(t *testing.T) {
	e := pullByHand()
	s := show(t, context.Background(), e, Options{})
	s.begin()
	s.Press("ctrl+c").WaitFor("Quit?").Press("ctrl+c")
	if err := s.ended(); err != nil {
		t.Errorf("Run = %v", err)
	}
	if !strings.Contains(s.notes.String(), "api") {
		t.Errorf("said %q", s.notes)
	}
	s.restored()
}

// bomb is an engine with a bug.
type bomb struct{ *fake.Engine }

// Logs implements backend.Logger.
func (bomb) Logs(context.Context, string, api.LogOptions, func([]api.LogLine) error) error {
	panic("boom")
}

func TestAPanicRestoresTheTerminal(t *testing.T) {
	e := fake.New()
	e.Add(api.Container{Name: "web"})
	s := show(t, context.Background(), bomb{e}, Options{})
	s.WaitFor("Created").Press("l")
	err := s.ended()
	if err == nil || !errors.Is(err, tea.ErrProgramPanic) {
		t.Errorf("Run = %v", err)
	}
	s.restored()
}

func TestLogRecordsStayOffTheScreen(t *testing.T) {
	var log bytes.Buffer
	e := fake.New()
	e.Add(api.Container{Name: "web"})
	s := show(t, context.Background(), e, Options{Log: &log})
	s.WaitFor("web")
	slog.Warn("something for the file")
	s.Press("q")
	if err := s.ended(); err != nil {
		t.Errorf("Run = %v", err)
	}
	if !strings.Contains(log.String(), "something for the file") || bytes.Contains(s.Output(), []byte("something for the file")) {
		t.Errorf("the log holds %q", log.String())
	}
}
