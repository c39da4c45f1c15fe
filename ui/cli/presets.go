package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gantry/ui/kit"
	"gantry/ui/preset"
)

func (p *program) presetsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "presets [NAME]", Short: "List the presets that there are, or print the line of one", Args: cobra.MaximumNArgs(1),
		Long: "List the presets that there are, or print the line of one. Those of your own are files of options\n" +
			"in presets/ beside config.toml, each called after its file; they can be shared as they are.",
		RunE: func(_ *cobra.Command, args []string) error { return p.presets(args) },
	}
}

// presets lists every preset, or prints the line of one; one of the user's that cannot be used
// is exit code 1.
func (p *program) presets(args []string) error {
	all, wrong := preset.Store{Dir: p.opt.Config.Place.Presets()}.List()
	if len(args) == 0 {
		w := tabwriter.NewWriter(p.Out, 0, 0, 3, ' ', 0)
		for _, x := range all {
			from := "gantry's"
			if x.Path != "" {
				from = "your own"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", kit.Clean(x.Name), from, kit.Clean(x.About))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		return wrong
	}
	for _, x := range all {
		if x.Name == args[0] {
			fmt.Fprintln(p.Out, x.Draft.Line("gantry run"))
			return nil
		}
	}
	if wrong != nil {
		return wrong
	}
	return fmt.Errorf("there is no preset %s; see 'gantry presets'", kit.Clean(args[0]))
}
