package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/ui/kit"
)

func (p *program) topCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "top CONTAINER [PS-OPTION...]", Short: "Show the processes of a running container", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: first(p.complete(api.State.Alive)),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c.Context(), func(e Engine) error {
				x, err := e.Find(c.Context(), args[0])
				if err != nil {
					return err
				}
				top, err := e.Top(c.Context(), x.ID, args[1:])
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(p.Out, 0, 0, 3, ' ', 0)
				for _, row := range append([][]string{top.Titles}, top.Processes...) {
					for i, s := range row {
						row[i] = kit.Clean(s)
					}
					fmt.Fprintln(w, strings.Join(row, "\t"))
				}
				return w.Flush()
			})
		},
	}
	c.Flags().SetInterspersed(false) // what follows is ps's
	return c
}
