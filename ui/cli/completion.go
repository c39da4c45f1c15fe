package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// completionCommand prints what makes a shell complete gantry's commands.
func (p *program) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "completion bash|zsh|fish", Short: "Print what makes a shell complete gantry's commands", Args: cobra.ExactArgs(1),
		Long: "Print what makes a shell complete gantry's commands, flags and values, and the names of\n" +
			"containers, images, networks and volumes.",
		Example: "  bash:  gantry completion bash > /etc/bash_completion.d/gantry\n" +
			"  zsh:   gantry completion zsh > \"${fpath[1]}/_gantry\"\n" +
			"  fish:  gantry completion fish > ~/.config/fish/completions/gantry.fish",
		ValidArgs: []string{"bash", "zsh", "fish"},
		RunE: func(c *cobra.Command, args []string) error {
			switch root := c.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.Out, true)
			case "zsh":
				return root.GenZshCompletion(p.Out)
			case "fish":
				return root.GenFishCompletion(p.Out, true)
			}
			return fmt.Errorf("%q is not a shell that gantry knows: bash, zsh or fish", args[0])
		},
	}
}
