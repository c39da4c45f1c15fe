package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/ui/kit"
)

// containerCommand groups what there is about containers, as docker container does.
func (p *program) containerCommand() *cobra.Command {
	c := &cobra.Command{Use: "container", Short: "Everything about containers"}
	list := p.psCommand()
	list.Use, list.Aliases = "ls", []string{"list", "ps"}
	c.AddCommand(
		list, p.runCommand(), p.createCommand(), p.startCommand(), p.stopCommand(), p.killCommand(), p.rmCommand(), p.logsCommand(),
		p.inspectCommand(), p.execCommand(), p.attachCommand(), p.pauseCommand(), p.unpauseCommand(), p.restartCommand(), p.renameCommand(),
		p.waitCommand(), p.portCommand(), p.statsCommand(), p.topCommand(), p.updateCommand(), p.cpCommand(), p.containerPrune(),
	)
	return c
}

func (p *program) containerPrune() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "prune", Short: "Remove the containers that do not run", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.with(c.Context(), func(e Engine) error {
				list, err := e.Containers(c.Context())
				if err != nil {
					return err
				}
				list = slices.DeleteFunc(list, func(x api.Container) bool { return !prunable(x) })
				if len(list) == 0 {
					return nil
				}
				var lines []string
				for _, x := range list {
					lines = append(lines, fmt.Sprintf("%s  %s  %s", x.ShortID(), kit.Clean(x.DisplayName()), p.status(x)))
				}
				if !force && !p.sure("These containers are removed, with their files:\n  "+strings.Join(lines, "\n  ")) {
					return ExitError{exitFailed}
				}
				return p.removeAll(c.Context(), e, list)
			})
		},
	}
	c.Flags().BoolVarP(&force, "force", "f", false, "do not ask")
	return c
}

func (p *program) removeAll(ctx context.Context, e Engine, list []api.Container) (failed error) {
	for _, x := range list {
		if err := e.Remove(ctx, x.ID, api.RemoveOptions{}, api.Observer{}); err != nil {
			p.say(err)
			failed = ExitError{exitFailed}
			continue
		}
		fmt.Fprintln(p.Out, x.ID)
	}
	return failed
}

// prunable are those that do not run, and that nobody else counts on.
func prunable(c api.Container) bool {
	ours := c.Owner == api.OwnerGantry || c.Owner == api.OwnerNerdctl
	return ours && (c.State == api.StateCreated || c.State == api.StateExited || c.State == api.StateDead)
}
