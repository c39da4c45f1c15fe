package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/app"
	"gantry/ui/backend"
	"gantry/ui/preset"
)

// Options is how the workbench is to be.
type Options struct {
	Keys    *keymap.Map // nil: the default keys
	Theme   string      // a palette's name; "": chosen after the terminal
	ASCII   bool        // no glyphs beyond ASCII
	Mono    bool        // no colour, as NO_COLOR asks for
	Command string      // how gantry was called, for the line that calls it as root; "": gantry
	Log     io.Writer   // where log records go while the screen is up; nil: nowhere
	Notes   io.Writer   // what is to be said after the screen is gone; nil: standard error

	Palette     *themes.Palette // the colours, whatever the terminal's background is; nil: Theme's
	Hello       string          // said once when the screen opens; "": nothing
	AskStop     bool            // ask before a container is stopped
	StopTimeout *time.Duration  // how long a container has to end when it is stopped; nil: as it was made
	New         bool            // open the form for a new container at once
	Line        string          // a docker run line that is offered to it; may be empty
	Draft       *option.Draft   // what the form is filled with when it is first opened; nil: nothing
	// Presets is where presets and the last forms are kept.
	Presets preset.Store
	// Doctor looks at this host, for the page of its findings; nil: there is none.
	Doctor func(context.Context) []api.Finding
}

// SignalError says that a signal ended the workbench. What was under way was taken back.
type SignalError struct{ Signal os.Signal }

func (e *SignalError) Error() string { return "ended by " + e.Signal.String() }

// Run shows the workbench until the user leaves, a signal comes or ctx ends. When it
// returns, the terminal is as it was, and operations that were under way have been taken
// back, but for a user who would not wait. A *SignalError tells of a signal.
func Run(ctx context.Context, engine backend.Engine, opt Options) error {
	return run(ctx, engine, opt)
}

// run is Run with what tests need of the program.
func run(ctx context.Context, engine backend.Engine, opt Options, extra ...tea.ProgramOption) error {
	if opt.Notes == nil {
		opt.Notes = os.Stderr
	}
	defer quietLogs(opt.Log)()
	var pace pace
	// The model's work outlives ctx: what it began is taken back when ctx has ended.
	model := app.New(context.WithoutCancel(ctx), engine, app.Options{
		Keys: opt.Keys, Theme: opt.Theme, Palette: opt.Palette, ASCII: opt.ASCII, Mono: opt.Mono,
		Command: opt.Command, Hello: opt.Hello, AskStop: opt.AskStop, StopTimeout: opt.StopTimeout, Doctor: opt.Doctor, New: opt.New, Line: opt.Line, Draft: opt.Draft, Presets: opt.Presets,
		Drawn: pace.drawn,
	})
	defer model.Close()
	program := tea.NewProgram(model, append([]tea.ProgramOption{tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithFPS(framesPerSecond)}, extra...)...)
	pace.program = program
	defer pace.end()
	caught, stop := catch(program, model)
	_, err := program.Run()
	stop()
	if left := model.Left(); left != "" {
		_, _ = fmt.Fprintln(opt.Notes, left)
		return nil
	}
	undo(model, opt.Notes)
	if sig := caught(); sig != nil {
		return &SignalError{sig}
	}
	return outcome(ctx, err)
}

// catch ends the program at the signals that ask for it: the same way as its user would,
// without asking. stop ends the catching; caught is the signal that came, if any.
func catch(program *tea.Program, model *app.Model) (caught func() os.Signal, stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT)
	quit, done := make(chan struct{}), make(chan struct{})
	var got os.Signal
	go func() {
		defer close(done)
		select {
		case got = <-signals:
			model.EndVisit()
			program.Quit()
		case <-quit:
		}
	}()
	return func() os.Signal { return got }, func() {
		signal.Stop(signals)
		close(quit)
		<-done
	}
}

// undo cancels what is still under way and waits until it is taken back.
func undo(model *app.Model, notes io.Writer) {
	jobs := model.Jobs()
	running := jobs.Running()
	jobs.CancelAll()
	ctx, cancel := context.WithTimeout(context.Background(), app.Grace)
	defer cancel()
	if !jobs.Wait(ctx) && running > 0 {
		_, _ = fmt.Fprintf(notes, "gantry: %d operations could not be taken back in %v. The next start of gantry tidies up.\n", running, app.Grace)
	}
}

// outcome is the program's error as far as it is one.
func outcome(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return context.Cause(ctx)
	case errors.Is(err, tea.ErrInterrupted):
		return nil
	}
	return fmt.Errorf("the screen failed: %w", err)
}

// quietLogs keeps log records off the screen; the result puts all back as it was.
func quietLogs(to io.Writer) (restore func()) {
	if to == nil {
		to = io.Discard
	}
	logger, writer, flags := slog.Default(), log.Writer(), log.Flags()
	slog.SetDefault(slog.New(slog.NewTextHandler(to, nil)))
	log.SetOutput(to)
	return func() {
		slog.SetDefault(logger)
		log.SetOutput(writer)
		log.SetFlags(flags)
	}
}
