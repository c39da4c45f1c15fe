package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"gantry/engine/option"
)

// newCommand opens the screen with the form, and a docker run line offered to it.
func (p *program) newCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "new ['docker run ...']",
		Short:   "Open the form for a new container, filled from a line",
		Example: "  gantry new 'docker run -d -p 8080:80 nginx:1.27'",
		RunE: func(c *cobra.Command, args []string) error {
			line := strings.Join(args, " ")
			if _, err := option.FromLine(line); line != "" && err != nil {
				return err
			}
			p.opt.New, p.opt.Line = true, line
			return p.screen(c, nil)
		},
	}
}
