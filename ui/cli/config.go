package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gantry/themes"
	"gantry/ui/config"
	"gantry/ui/kit"
)

// exitUnfit is the exit code when the files of settings cannot be used.
const exitUnfit = 2

// appearance is the flags of the screen's looks.
type appearance struct {
	theme string
	ascii bool
}

// indulgent are the commands that go on when the settings cannot be used: those that help
// to mend them.
func indulgent(c *cobra.Command) bool {
	return slices.Contains([]string{"config", "keys", "themes", "doctor", "completion", "version", "help"}, c.Name())
}

// configure reads what is set, before any command, and refuses to go on with what cannot
// be used: a setting that is silently left out is worse than none.
func (p *program) configure(c *cobra.Command, _ []string) error {
	w := config.World{Getenv: p.Getenv, User: func(int) (string, string, error) { return "", "", errors.New("nobody") }}
	if p.Settings != nil {
		w = *p.Settings
	}
	given := map[string]string{}
	for _, s := range config.Settings() {
		if f := c.Root().PersistentFlags().Lookup(s.Flag); f != nil && f.Changed {
			given[s.Flag] = f.Value.String()
		}
	}
	cfg, err := config.Load(w, given)
	p.opt.Config = cfg
	if err != nil && indulgent(c) {
		p.opt.Unfit = err
		return nil
	}
	if err != nil {
		return p.refuse(err)
	}
	p.opt.Namespace = orNothing(cfg, config.Namespace)
	p.opt.DataRoot = orNothing(cfg, config.DataRoot)
	p.opt.Engine = cfg.Text(config.Engine)
	if cfg.Origin(config.Address) != config.FromEnv { // that one is left to whoever chooses the engine
		p.opt.Address = cfg.Text(config.Address)
	}
	return nil
}

// orNothing is a setting that is left to its user's own default when nobody set it.
func orNothing(c *config.Config, key string) string {
	if c.Origin(key) == config.FromDefault {
		return ""
	}
	return c.Text(key)
}

// setAddress and setEngine are the flags of run and create, which are read after the
// settings: each undoes the other half of what a file has set.
func (p *program) setAddress(s string) error {
	p.opt.Address = s
	if c := p.opt.Config; c != nil && c.Origin(config.Engine) == config.FromFile {
		p.opt.Engine = "auto"
	}
	return nil
}

func (p *program) setEngine(s string) error {
	p.opt.Engine = s
	if c := p.opt.Config; c != nil && c.Origin(config.Address) == config.FromFile && s != "auto" && p.opt.Address == c.Text(config.Address) {
		p.opt.Address = ""
	}
	return nil
}

// refuse says what is wrong with the settings, all of it, and what to do.
func (p *program) refuse(err error) error {
	p.sayUnfit(err)
	return ExitError{exitUnfit}
}

func (p *program) sayUnfit(err error) {
	fmt.Fprintln(p.Err, "gantry: "+kit.CleanText(err.Error()))
	var files *config.Error
	if errors.As(err, &files) {
		fmt.Fprintln(p.Err, "Mend it or move it away: 'gantry config --example', 'gantry keys' and 'gantry themes' show what can be written there.")
	}
}

func (p *program) configCommand() *cobra.Command {
	var example bool
	c := &cobra.Command{
		Use: "config", Short: "Print what is set, and where each setting comes from", Args: cobra.NoArgs,
		Long: "Print what is set, and where each setting comes from: a flag goes before the environment,\n" +
			"that before config.toml, and that before the default. Under sudo the files are those of\n" +
			"who called it, if nobody else may write to them.",
		RunE: func(*cobra.Command, []string) error {
			if example {
				fmt.Fprint(p.Out, config.Example())
				return nil
			}
			return p.printConfig()
		},
	}
	c.Flags().BoolVar(&example, "example", false, "print a config.toml with every setting, each as a comment")
	return c
}

func (p *program) printConfig() error {
	c := p.opt.Config
	w := tabwriter.NewWriter(p.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "FILE\t")
	for _, path := range []string{c.Place.Config(), c.Place.Keys()} {
		if path == "" {
			continue
		}
		state := "not there"
		if slices.Contains(c.Files, path) {
			state = "read"
			if whose := c.Whose(); whose != "" {
				state += "; " + whose
			}
		}
		fmt.Fprintf(w, "%s\t%s\n", kit.Clean(path), kit.Clean(state))
	}
	if dir := c.Place.Themes(); dir != "" {
		state := "no themes"
		if own := themes.Own(dir); len(own) > 0 {
			state = strings.Join(own, ", ")
		}
		fmt.Fprintf(w, "%s\t%s\n", kit.Clean(dir), kit.Clean(state))
	}
	if store := p.opt.Presets(); store.Dir != "" {
		for _, f := range [][2]string{{store.Dir, "presets"}, {store.State, "the last forms"}} {
			if store.Whose != "" {
				f[1] += "; " + store.Whose
			}
			fmt.Fprintf(w, "%s\t%s\n", kit.Clean(f[0]), kit.Clean(f[1]))
		}
	}
	if c.Place.Passed != "" {
		fmt.Fprintf(w, "not read: %s\t\n", kit.Clean(c.Place.Passed))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(p.Out)
	w = tabwriter.NewWriter(p.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "SETTING\tVALUE\tFROM")
	for _, v := range c.Values() {
		text := kit.Clean(v.Text)
		if text == "" {
			text = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", v.Key, text, v.From())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if p.opt.Unfit != nil {
		return p.refuse(p.opt.Unfit)
	}
	return nil
}
