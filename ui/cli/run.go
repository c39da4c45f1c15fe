package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/engine/path"
	"gantry/ui/kit"
)

func (p *program) runCommand() *cobra.Command {
	return p.optionCommand("run", "Create a container and start it", p.run)
}

func (p *program) createCommand() *cobra.Command {
	return p.optionCommand("create", "Create a container without starting it", p.create)
}

// own are the flags of run and create that are not the container's.
type own struct {
	trace, help bool
}

// carryOut is what run and create do with a request that is fit.
type carryOut func(context.Context, Engine, option.Parsed, own) error

// optionCommand is a command whose flags are the option table's.
func (p *program) optionCommand(name, short string, do carryOut) *cobra.Command {
	return &cobra.Command{
		Use:                name + " [OPTIONS] IMAGE [COMMAND] [ARG...]",
		Short:              short,
		DisableFlagParsing: true,
		ValidArgsFunction: func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			return p.completeOptions(flags())(c, args, begun) // seldom asked, so made only then
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.withDraft(c, args, do); err != nil {
				return p.ended(err)
			}
			return nil
		},
	}
}

// ended says why a command failed, and makes of it the exit code that Docker has for it.
func (p *program) ended(err error) error {
	var exit ExitError
	if errors.As(err, &exit) {
		return err
	}
	p.say(err)
	var failed *api.StartError
	if errors.As(err, &failed) && (failed.Code == 126 || failed.Code == 127) {
		return ExitError{failed.Code}
	}
	return ExitError{exitGantry}
}

// yes is what sets a switch.
func yes(v *bool) func(string) error {
	return func(s string) error { *v = s == "true"; return nil }
}

// ownFlags are the flags that may stand among Docker's.
func (p *program) ownFlags(o *own) []option.Extra {
	text := func(v *string) func(string) error { return func(s string) error { *v = s; return nil } }
	return []option.Extra{
		{Name: "trace", Bool: true, Set: yes(&o.trace)},
		{Name: "help", Bool: true, Set: yes(&o.help)},
		{Name: "address", Set: p.setAddress},
		{Name: "namespace", Short: "n", Set: text(&p.opt.Namespace)},
		{Name: "data-root", Set: text(&p.opt.DataRoot)},
		{Name: "engine", Set: p.setEngine},
	}
}

func (p *program) withDraft(c *cobra.Command, args []string, do carryOut) error {
	var o own
	d, err := option.FromArgs(args, p.ownFlags(&o)...)
	if o.help {
		p.optionHelp(c)
		return nil
	}
	if err != nil {
		return err
	}
	// What is wrong whatever the host is said before an engine is brought up for it.
	if err := d.Parse(option.Facts{}).Err(); err != nil {
		return err
	}
	e, err := p.open()
	if err != nil {
		return err
	}
	defer p.close(e)
	facts, err := e.Facts(c.Context()) // it waits for the connection, and prepares for a create meanwhile
	if err != nil {
		return err
	}
	parsed := d.Parse(facts)
	if err := parsed.Err(); err != nil {
		return err
	}
	return do(c.Context(), e, parsed, o)
}

func (p *program) create(ctx context.Context, e Engine, parsed option.Parsed, o own) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	r := p.reporter(o.trace, parsed.Client.Quiet)
	made, err := e.Create(ctx, parsed.Request, r.observer())
	r.end()
	if err != nil {
		return err
	}
	p.warn(made.Warnings)
	fmt.Fprintln(p.Out, made.ID)
	return nil
}

func (p *program) run(ctx context.Context, e Engine, parsed option.Parsed, o own) error {
	if parsed.Detach {
		return p.runDetached(ctx, e, parsed, o)
	}
	cfg, by := parsed.Request.Config, parsed.Client
	j := joining{
		quiet: by.Quiet, keys: by.DetachKeys, proxy: !by.KeepSignals,
		tty: cfg.Tty, stdin: cfg.OpenStdin && cfg.AttachStdin, stdout: cfg.AttachStdout, stderr: cfg.AttachStderr,
	}
	return p.startJoined(ctx, e, j, o.trace, func(ctx context.Context, opt api.StartOptions, ob api.Observer) (api.Created, api.Session, error) {
		return e.Run(ctx, parsed.Request, opt, ob)
	})
}

// beforeStart calls a function once, just before the container's process is started.
func beforeStart(o api.Observer, do func()) api.Observer {
	var once sync.Once
	report := o.Trace
	o.Trace = func(t path.Trace) {
		report(t)
		if i := t.Current(); i >= 0 && t.Steps[i].Name == "run" && t.Steps[i].State == path.Running {
			once.Do(do)
		}
	}
	return o
}

func (p *program) runDetached(ctx context.Context, e Engine, parsed option.Parsed, o own) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	r := p.reporter(o.trace, parsed.Client.Quiet)
	made, _, err := e.Run(ctx, parsed.Request, api.StartOptions{}, r.observer())
	r.end()
	if err != nil {
		return err
	}
	p.warn(made.Warnings)
	fmt.Fprintln(p.Out, made.ID)
	return nil
}

func (p *program) warn(warnings []string) {
	for _, w := range warnings {
		fmt.Fprintln(p.Err, "WARNING:", kit.Clean(strings.TrimSpace(w)))
	}
}
