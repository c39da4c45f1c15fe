package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"gantry/engine/option"
	"gantry/ui/kit"
	"gantry/ui/preset"
)

// newCommand opens the screen with the form, filled from a preset or with a docker run line
// offered to it.
func (p *program) newCommand() *cobra.Command {
	var from string
	c := &cobra.Command{
		Use:     "new ['docker run ...' | --preset NAME]",
		Short:   "Open the form for a new container, filled from a line or a preset",
		Example: "  gantry new 'docker run -d -p 8080:80 nginx:1.27'\n  gantry new --preset redis",
		RunE: func(c *cobra.Command, args []string) error {
			line := strings.Join(args, " ")
			if _, err := option.FromLine(line); line != "" && err != nil {
				return err
			}
			if c.Flags().Changed("preset") {
				if line != "" {
					return errors.New("--preset: there is a line already; give one of the two")
				}
				x, err := p.preset(from)
				if err != nil {
					return err
				}
				p.opt.Draft = &x.Draft
			}
			p.opt.New, p.opt.Line = true, line
			return p.screen(c, nil)
		},
	}
	c.Flags().StringVar(&from, "preset", "", "fill it from the preset `name`; gantry presets lists them")
	_ = c.RegisterFlagCompletionFunc("preset", func(c *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		return p.completePresets(c, nil, begun)
	})
	return c
}

// preset is one by its name. What is wrong with the user's own is only said when it may be why
// there is none of that name.
func (p *program) preset(name string) (preset.Preset, error) {
	all, wrong := p.opt.Presets().List()
	for _, x := range all {
		if x.Name == name {
			return x, nil
		}
	}
	if wrong != nil {
		return preset.Preset{}, wrong
	}
	return preset.Preset{}, fmt.Errorf("there is no preset %s; see 'gantry presets'", kit.Clean(name))
}
