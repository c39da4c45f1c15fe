package cli

import (
	"errors"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gantry/themes"
	"gantry/ui/config"
	"gantry/ui/kit"
)

func (p *program) themesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "themes", Short: "List the themes that there are, and check those of your own", Args: cobra.NoArgs,
		Long: "List the themes that there are, and check those of your own: files of colours in themes/\n" +
			"beside config.toml, each called after its file. The one in use is marked.",
		RunE: func(*cobra.Command, []string) error { return p.themes() },
	}
}

// themes lists every theme; one of the user's that cannot be used is exit code 1.
func (p *program) themes() error {
	c := p.opt.Config
	dir := c.Place.Themes()
	own := themes.Own(dir)
	names := append(themes.Names(), own...)
	slices.Sort(names)
	w := tabwriter.NewWriter(p.Out, 0, 0, 3, ' ', 0)
	var wrong []error
	fmt.Fprintf(w, "%s auto\tas the terminal is\tdark, light, or sixteen colours\n", mark(c.Text(config.Theme) == "auto"))
	for _, name := range slices.Compact(names) {
		from := "gantry's"
		if slices.Contains(own, name) {
			from = "your own"
		}
		made := "for light"
		t, err := themes.Find(dir, name)
		switch {
		case err != nil:
			wrong = append(wrong, err)
			made = "cannot be used"
		case t.Dark:
			made = "for dark"
		}
		fmt.Fprintf(w, "%s %s\t%s\t%s\n", mark(c.Text(config.Theme) == name), kit.Clean(name), made, from)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(wrong) > 0 {
		fmt.Fprintln(p.Err, "gantry: "+kit.CleanText(errors.Join(wrong...).Error()))
		return ExitError{exitFailed}
	}
	return nil
}

func mark(on bool) string {
	if on {
		return "*"
	}
	return " "
}
