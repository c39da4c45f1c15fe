package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gantry/ui/kit"
	"gantry/ui/preset"
)

// Presets is where presets and the last forms are kept.
func (o Options) Presets() preset.Store {
	if o.Config == nil {
		return preset.Store{}
	}
	at := o.Config.Place
	s := preset.Store{Dir: at.Presets(), State: at.Forms(), Home: at.Home}
	if at.User != "" {
		s.Whose = at.User + "'s, who called sudo"
	}
	return s
}

func (p *program) presetsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "presets [NAME]", Short: "List the presets that there are, or print the line of one", Args: cobra.MaximumNArgs(1),
		Long: "List the presets that there are, or print the line of one. Those of your own are files of options\n" +
			"in presets/ beside config.toml, each called after its file; they can be shared as they are.",
		RunE:              func(_ *cobra.Command, args []string) error { return p.presets(args) },
		ValidArgsFunction: p.completePresets,
	}
}

// presets lists every preset, or prints the line of one; one of the user's that cannot be used
// is exit code 1.
func (p *program) presets(args []string) error {
	if len(args) == 0 {
		all, wrong := p.opt.Presets().List()
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
	x, err := p.preset(args[0])
	if err != nil {
		return err
	}
	fmt.Fprintln(p.Out, x.Draft.Line("gantry run"))
	return nil
}
