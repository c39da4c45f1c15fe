// Package cli is gantry without the screen: the same engine and the same option table, in
// Docker's words. Only what was asked for goes to stdout; everything else goes to stderr.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/engine/path"
	"gantry/ui/backend"
	"gantry/ui/config"
	"gantry/ui/kit"
)

// The exit codes of docker run, beside those of the container: 126 and 127 come with a
// *api.StartError.
const (
	exitFailed = 1   // any other command
	exitGantry = 125 // gantry itself failed, or was used wrongly
)

// Engine is an engine that was opened and is to be closed.
type Engine interface {
	backend.Engine
	// Ready waits for the connection, or says why there is none.
	Ready(ctx context.Context) error
	Close() error
}

// Daemon is the embedded engine's life, and the choice of engine.
type Daemon interface {
	Up(ctx context.Context, report func(path.Trace)) error
	Down(ctx context.Context) error
	// Restart ends the embedded engine and starts it anew; containers run on.
	Restart(ctx context.Context, report func(path.Trace)) error
	// Enable has the embedded engine started at boot, Disable not any more.
	Enable(ctx context.Context, report func(path.Trace)) error
	Disable(ctx context.Context) error
	Status(ctx context.Context) (Status, error)
}

// Status is how the chosen engine stands.
type Status struct {
	Info    api.EngineInfo
	Running bool
	PID     int
	Uptime  time.Duration
	Err     error    // why it cannot be told, or why a system engine does not serve
	Found   []string // sockets of other engines that are there
	Keeper  string   // who keeps the embedded engine up, and how that goes; "" on a system engine
	Boot    string   // what starts the embedded engine at boot; "" if it cannot be told
}

// Options are the flags that every command takes.
type Options struct {
	Address   string
	Namespace string
	DataRoot  string
	Engine    string // auto, system, embedded
	New       bool   // the screen opens with the form
	Line      string // which this docker run line is offered to; may be empty
	// Config is all that is set; nil in a command that does not need it.
	Config *config.Config
	// Unfit is what is wrong with the files of settings; only the commands that help to
	// mend them go on with it.
	Unfit error
	// Screen says that it is for the screen, which watches.
	Screen bool
	// Draft is what the form is filled with; nil: nothing.
	Draft *option.Draft
}

// Deps join the command line to an engine and to a terminal.
type Deps struct {
	Open     func(Options) (Engine, error)
	Daemon   func(Options) (Daemon, error)
	Screen   func(context.Context, Engine, Options) error
	Doctor   func(context.Context, Options) []api.Finding // nil: there is none
	In       *os.File
	Out, Err io.Writer
	Getenv   func(string) string
	Settings *config.World // whose files of settings are read; nil: none
	Version  string
	Now      func() time.Time
	Pause    func(context.Context, time.Duration) error // nil: by the clock
}

// program is one invocation.
type program struct {
	Deps
	opt  Options
	look appearance
}

// ExitError ends the program with a code; what there was to say has been said.
type ExitError struct{ Code int }

func (e ExitError) Error() string { return fmt.Sprintf("exit code %d", e.Code) }

// Main carries out one command line and returns its exit code.
func Main(ctx context.Context, args []string, d Deps) int {
	p := &program{Deps: d}
	root := p.root()
	p.addCommands(root, args)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var exit ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.Code
	}
	p.say(err)
	return exitFailed
}

// say words an error for a person: one sentence, and what to do.
func (p *program) say(err error) {
	var fields api.FieldErrors
	var unknown *option.UnknownFlagError
	switch {
	case errors.As(err, &fields):
		for _, f := range fields {
			fmt.Fprintln(p.Err, "gantry:", kit.Clean(f.Error()))
		}
	case errors.As(err, &unknown):
		fmt.Fprintln(p.Err, "gantry:", kit.Clean(err.Error())+"; see 'gantry run --help'")
	default:
		fmt.Fprintln(p.Err, "gantry:", kit.Explain(err).Line())
	}
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:              "gantry",
		Short:            "The terminal workbench for containers on containerd",
		Long:             "The terminal workbench for containers on containerd. Without a command it opens its screen.",
		Args:             cobra.NoArgs,
		SilenceErrors:    true,
		SilenceUsage:     true,
		TraverseChildren: true,
		RunE:             p.screen,

		PersistentPreRunE: p.configure,
	}
	root.CompletionOptions.DisableDefaultCmd = true // there is one of gantry's own
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w; see '%s --help'", err, c.CommandPath())
	})
	f := root.PersistentFlags()
	// $CONTAINERD_ADDRESS is left to whoever chooses the engine: --engine goes before it.
	f.StringVar(&p.opt.Address, "address", "", "containerd's `socket` (default $CONTAINERD_ADDRESS)")
	f.StringVarP(&p.opt.Namespace, "namespace", "n", p.Getenv("CONTAINERD_NAMESPACE"), "containerd `namespace` (default \"default\")")
	f.StringVar(&p.opt.DataRoot, "data-root", p.Getenv("GANTRY_DATA_ROOT"), "`folder` of gantry's own engine (default \"/var/lib/gantry\")")
	f.StringVar(&p.opt.Engine, "engine", "auto", "which containerd: auto, system or embedded")
	f.StringVar(&p.look.theme, "theme", "", "`name` of the colours (default $GANTRY_THEME, else as the terminal is)")
	f.BoolVar(&p.look.ascii, "ascii", false, "signs of ASCII only (default $GANTRY_ASCII, else as terminal and locale are)")
	return root
}

func (p *program) screen(c *cobra.Command, _ []string) error {
	p.opt.Screen = true
	e, err := p.open()
	if err != nil {
		return err
	}
	defer p.close(e)
	return p.Screen(c.Context(), e, p.opt)
}

// open checks the flags and opens the engine without waiting for it.
func (p *program) open() (Engine, error) {
	switch p.opt.Engine {
	case "auto", "system", "embedded":
	default:
		return nil, fmt.Errorf("--engine %q: must be auto, system or embedded", p.opt.Engine)
	}
	return p.Deps.Open(p.opt)
}

// connect is an engine that is ready to work.
func (p *program) connect(ctx context.Context) (Engine, error) {
	e, err := p.open()
	if err != nil {
		return nil, err
	}
	if err := e.Ready(ctx); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (p *program) close(e Engine) {
	if err := e.Close(); err != nil {
		p.say(err)
	}
}

// caution says what will come of doing something to a container of others; it is done then.
func (p *program) caution(a api.Act, c api.Container) {
	if r := c.May(a); r.Verdict == api.Warn {
		fmt.Fprintf(p.Err, "WARNING: %s belongs to %s: %s\n", kit.Clean(c.DisplayName()), kit.OwnerName(c.Owner), r.Reason)
	}
}

// each does something to each named container, goes on after a failure, and prints the
// names of those it was done to, as Docker does.
func (p *program) each(ctx context.Context, names []string, do func(context.Context, Engine, api.Container) error) error {
	e, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer p.close(e)
	failed := false
	for _, n := range names {
		c, err := e.Find(ctx, n)
		if err == nil {
			err = do(ctx, e, c)
		}
		if err != nil {
			failed = true
			p.say(err)
			continue
		}
		fmt.Fprintln(p.Out, n)
	}
	if failed {
		return ExitError{exitFailed}
	}
	return nil
}
