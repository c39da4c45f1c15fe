package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/kit"
)

// again are the flags of recreate and duplicate that are gantry's, not Docker's.
type again struct {
	own
	keep, noStart, dry, run bool
	without                 []option.Key
}

func (p *program) recreateCommand() *cobra.Command {
	return p.againCommand("recreate", "Make a container anew with other options, in the place of the old one", p.recreate)
}

func (p *program) duplicateCommand() *cobra.Command {
	return p.againCommand("duplicate", "Print the line that makes a container like another, or run it", p.duplicate)
}

// againCommand is a command that starts from the options of a container.
func (p *program) againCommand(name, short string, do func(context.Context, Engine, api.Container, option.Draft, option.Draft, again) error) *cobra.Command {
	return &cobra.Command{
		Use:                name + " CONTAINER [OPTIONS] [IMAGE [COMMAND] [ARG...]]",
		Short:              short,
		DisableFlagParsing: true,
		ValidArgsFunction:  p.completeAgain,
		RunE: func(c *cobra.Command, args []string) error {
			if err := p.again(c, args, do); err != nil {
				return p.ended(err)
			}
			return nil
		},
	}
}

func (p *program) again(c *cobra.Command, args []string, do func(context.Context, Engine, api.Container, option.Draft, option.Draft, again) error) error {
	var a again
	name := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	over, err := option.FromArgs(args, append(p.ownFlags(&a.own),
		option.Extra{Name: "keep", Bool: true, Set: yes(&a.keep)},
		option.Extra{Name: "no-start", Bool: true, Set: yes(&a.noStart)},
		option.Extra{Name: "dry-run", Bool: true, Set: yes(&a.dry)},
		option.Extra{Name: "run", Bool: true, Set: yes(&a.run)},
		option.Extra{Name: "without", Set: a.leaveOut},
	)...)
	switch {
	case a.help:
		p.againHelp(c)
		return nil
	case err != nil:
		return err
	case name == "":
		return fmt.Errorf("which container? gantry %s", c.Use)
	}
	e, err := p.connect(c.Context())
	if err != nil {
		return err
	}
	defer p.close(e)
	x, err := e.Find(c.Context(), name)
	if err != nil {
		return err
	}
	known, err := e.Remembered(c.Context(), x.ID)
	if err != nil {
		return err
	}
	for _, w := range known.Unread {
		p.warn([]string{"not known of the old container: " + w})
	}
	old := option.FromRequest(known.Request)
	edited := old.With(over)
	for _, k := range a.without {
		edited.Unset(k)
	}
	return do(c.Context(), e, x, old, edited, a)
}

// leaveOut notes an option that the new container is not to have.
func (a *again) leaveOut(s string) error {
	o, ok := option.Find(option.Key(strings.TrimLeft(s, "-")))
	if !ok {
		return api.FieldError{Field: "without", Value: s, Reason: "gantry knows no option " + s}
	}
	a.without = append(a.without, o.Key)
	return nil
}

func (p *program) againHelp(c *cobra.Command) {
	fmt.Fprintf(p.Out, "%s\n\nUsage:  gantry %s\n\nThe options are those of run (gantry run --help): one that is given stands for all values that\nthe container had of it.\n\nOf gantry's own:\n", c.Short, c.Use)
	say := func(flag, help string) { fmt.Fprintf(p.Out, "  %-34s %s\n", "    "+flag, help) }
	say("--without option", "leave an option of the old container out; may be given more than once")
	if c.Name() == "duplicate" {
		say("--run", "create and start it, instead of printing the line")
		return
	}
	say("--keep", "keep the old container, stopped and under another name")
	say("--no-start", "make the new container and leave it to be started")
	say("--dry-run", "say what would change, and do nothing")
	say("--trace", "print the steps of the path with their times to stderr")
}

// fit reads a draft against the host.
func fit(ctx context.Context, e Engine, d option.Draft) (option.Parsed, error) {
	facts, err := e.Facts(ctx)
	if err != nil {
		return option.Parsed{}, err
	}
	parsed := d.Parse(facts)
	return parsed, parsed.Err()
}

func (p *program) recreate(ctx context.Context, e Engine, x api.Container, old, edited option.Draft, a again) error {
	parsed, err := fit(ctx, e, edited)
	if err != nil {
		return err
	}
	for _, c := range option.Changes(old, edited) {
		fmt.Fprintln(p.Err, kit.Clean(c.String()))
	}
	if a.dry {
		return nil
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	r := p.reporter(a.trace, false)
	made, err := e.Recreate(ctx, x.ID, parsed.Request, api.RecreateOptions{Keep: a.keep, NoStart: a.noStart}, r.observer())
	r.end()
	if err != nil {
		return err
	}
	p.warn(made.Warnings)
	if made.OldName != "" {
		fmt.Fprintf(p.Err, "the old container is called %s now\n", kit.Clean(made.OldName))
	}
	fmt.Fprintln(p.Out, made.ID)
	return nil
}

func (p *program) duplicate(ctx context.Context, e Engine, x api.Container, old, edited option.Draft, a again) error {
	if edited.Get(option.KeyName) == old.Get(option.KeyName) {
		edited.Unset(option.KeyName) // it is taken
	}
	if !a.run {
		fmt.Fprintln(p.Out, edited.Line("gantry run"))
		return nil
	}
	parsed, err := fit(ctx, e, edited)
	if err != nil {
		return err
	}
	return p.runDetached(ctx, e, parsed, a.own)
}
