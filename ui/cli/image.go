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

// imageCommand groups what there is about images, as docker image does.
func (p *program) imageCommand() *cobra.Command {
	c := &cobra.Command{Use: "image", Short: "List, fetch and remove images"}
	list, remove := p.imagesCommand(), p.rmiCommand()
	list.Use, list.Aliases = "ls", []string{"list"}
	remove.Use, remove.Aliases = "rm IMAGE...", []string{"remove"}
	c.AddCommand(list, remove, p.pullCommand(), p.imagePrune())
	return c
}

func (p *program) imagePrune() *cobra.Command {
	var force, all bool
	c := &cobra.Command{
		Use: "prune --all", Short: "Remove the images that no container was made of", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !all {
				return fmt.Errorf("every image here has a name: write --all to remove those that no container was made of")
			}
			return p.with(c.Context(), func(e Engine) error {
				unused, err := unusedImages(c.Context(), e)
				if err != nil || len(unused) == 0 {
					return err
				}
				var names, lines []string
				for _, i := range unused {
					names = append(names, i.Name)
					lines = append(lines, kit.Clean(shortImage(i.Name))+"  "+kit.Size(i.Size))
				}
				if !force && !p.sure("These images are removed:\n  "+strings.Join(lines, "\n  ")) {
					return ExitError{exitFailed}
				}
				return p.many(names, func(name string) error {
					err := e.RemoveImage(c.Context(), name, false)
					if err == nil {
						fmt.Fprintln(p.Out, "Untagged:", kit.Clean(shortImage(name)))
					}
					return err
				})
			})
		},
	}
	c.Flags().BoolVarP(&force, "force", "f", false, "do not ask")
	c.Flags().BoolVarP(&all, "all", "a", false, "those with names too, which all have")
	return c
}

// unusedImages are those that no container was made of.
func unusedImages(ctx context.Context, e Engine) ([]api.Image, error) {
	all, err := e.Images(ctx)
	if err != nil {
		return nil, err
	}
	list, err := e.Containers(ctx)
	return slices.DeleteFunc(all, func(i api.Image) bool {
		return slices.ContainsFunc(list, func(c api.Container) bool { return c.Image == i.Name })
	}), err
}

// completeImages gives a shell the names of images.
func (p *program) completeImages(c *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	var names []string
	p.asking(c, func(ctx context.Context, e Engine) error {
		all, err := e.Images(ctx)
		for _, i := range all {
			if n := shortImage(i.Name); strings.HasPrefix(n, begun) {
				names = append(names, n)
			}
		}
		return err
	})
	return names, cobra.ShellCompDirectiveNoFileComp
}
