package cli

import (
	"context"
	"encoding/json"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/ui/config"
)

func (p *program) startCommand() *cobra.Command {
	var trace, attach, input bool
	var j joining
	c := &cobra.Command{
		Use: "start CONTAINER...", Short: "Start containers that were created or have ended", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.complete(ended),
		RunE: func(c *cobra.Command, args []string) error {
			if attach || input {
				return p.startAttached(c.Context(), args, j, input, trace)
			}
			return p.each(c.Context(), args, func(ctx context.Context, e Engine, x api.Container) error {
				p.caution(api.ActStart, x)
				r := p.reporter(trace, false)
				defer r.end()
				_, err := e.Start(ctx, x.ID, api.StartOptions{}, r.observer())
				return err
			})
		},
	}
	c.Flags().BoolVar(&trace, "trace", false, "print the steps of the path with their times to stderr")
	c.Flags().BoolVarP(&attach, "attach", "a", false, "stay with it: its output, its signals, its exit code")
	c.Flags().BoolVarP(&input, "interactive", "i", false, "connect its input, and stay with it")
	c.Flags().StringVar(&j.keys, "detach-keys", "", "`keys` that let go of it (default ctrl-p,ctrl-q)")
	c.Flags().BoolVar(&j.proxy, "sig-proxy", true, "pass signals on to it")
	return c
}

func (p *program) stopCommand() *cobra.Command {
	var opt api.StopOptions
	var seconds int
	c := &cobra.Command{
		Use: "stop CONTAINER...", Short: "Stop running containers", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.complete(api.State.Alive),
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("timeout") || c.Flags().Changed("time") {
				d := time.Duration(seconds) * time.Second
				opt.Timeout = &d
			} else if p.opt.Config != nil {
				opt.Timeout = p.opt.Config.Duration(config.StopTimeout)
			}
			return p.each(c.Context(), args, func(ctx context.Context, e Engine, x api.Container) error {
				p.caution(api.ActStop, x)
				return e.Stop(ctx, x.ID, opt, api.Observer{})
			})
		},
	}
	c.Flags().IntVarP(&seconds, "timeout", "t", 10, "`seconds` to wait before killing; -1 waits for ever")
	c.Flags().IntVar(&seconds, "time", 10, "same as --timeout, as older Docker spells it")
	c.Flags().StringVarP(&opt.Signal, "signal", "s", "", "`signal` to send first")
	return c
}

func (p *program) restartCommand() *cobra.Command {
	var opt api.StopOptions
	var seconds int
	c := &cobra.Command{
		Use: "restart CONTAINER...", Short: "Stop containers, and start them", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.complete(anyState),
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("timeout") {
				d := time.Duration(seconds) * time.Second
				opt.Timeout = &d
			}
			return p.each(c.Context(), args, func(ctx context.Context, e Engine, x api.Container) error {
				p.caution(api.ActRestart, x)
				return e.Restart(ctx, x.ID, opt, api.Observer{})
			})
		},
	}
	c.Flags().IntVarP(&seconds, "timeout", "t", 10, "`seconds` to wait before killing; -1 waits for ever")
	c.Flags().StringVarP(&opt.Signal, "signal", "s", "", "`signal` to send first")
	return c
}

func (p *program) killCommand() *cobra.Command {
	var sig string
	c := &cobra.Command{
		Use: "kill CONTAINER...", Short: "Send a signal to running containers", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.complete(api.State.Alive),
		RunE: func(c *cobra.Command, args []string) error {
			return p.each(c.Context(), args, func(ctx context.Context, e Engine, x api.Container) error {
				p.caution(api.ActKill, x)
				return e.Kill(ctx, x.ID, sig)
			})
		},
	}
	c.Flags().StringVarP(&sig, "signal", "s", "SIGKILL", "`signal` to send")
	return c
}

func (p *program) rmCommand() *cobra.Command {
	var opt api.RemoveOptions
	c := &cobra.Command{
		Use: "rm CONTAINER...", Short: "Remove containers", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.complete(anyState),
		RunE: func(c *cobra.Command, args []string) error {
			return p.each(c.Context(), args, func(ctx context.Context, e Engine, x api.Container) error {
				p.caution(api.ActRemove, x)
				return e.Remove(ctx, x.ID, opt, api.Observer{})
			})
		},
	}
	c.Flags().BoolVarP(&opt.Force, "force", "f", false, "kill those that run")
	c.Flags().BoolVarP(&opt.Volumes, "volumes", "v", false, "remove their anonymous volumes too")
	return c
}

func (p *program) inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use: "inspect CONTAINER...", Short: "Show containers in Docker's JSON form", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.complete(anyState),
		RunE:              func(c *cobra.Command, args []string) error { return p.inspect(c.Context(), args) },
	}
}

// inspect prints one JSON list, of those that were found.
func (p *program) inspect(ctx context.Context, names []string) error {
	e, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer p.close(e)
	all := []*container.InspectResponse{}
	failed := false
	for _, n := range names {
		x, err := e.Find(ctx, n)
		var r *container.InspectResponse
		if err == nil {
			r, err = e.Inspect(ctx, x.ID)
		}
		if err != nil {
			failed = true
			p.say(err)
			continue
		}
		all = append(all, r)
	}
	enc := json.NewEncoder(p.Out)
	enc.SetIndent("", "    ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(all); err != nil {
		return err
	}
	if failed {
		return ExitError{exitFailed}
	}
	return nil
}
