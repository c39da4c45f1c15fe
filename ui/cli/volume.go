package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/kit"
)

func (p *program) volumeCommand() *cobra.Command {
	c := &cobra.Command{Use: "volume", Short: "Make, list and remove volumes"}
	c.AddCommand(p.volumeCreate(), p.volumeList(), p.volumeInspect(), p.volumeRemove(), p.volumePrune())
	return c
}

func (p *program) volumeCreate() *cobra.Command {
	var req api.VolumeCreate
	var options, labels []string
	c := &cobra.Command{
		Use: "create [NAME]", Short: "Make a volume", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				req.Name = args[0]
			}
			req.Options, req.Labels = pairs(options), pairs(labels)
			return p.with(c.Context(), func(e Engine) error {
				v, err := e.CreateVolume(c.Context(), req)
				if err == nil {
					fmt.Fprintln(p.Out, v.Name)
				}
				return err
			})
		},
	}
	f := c.Flags()
	f.StringVarP(&req.Driver, "driver", "d", "local", "`driver`; local is the only one")
	f.StringArrayVarP(&options, "opt", "o", nil, "driver `option`; none is supported")
	f.StringArrayVar(&labels, "label", nil, "`label` as NAME=VALUE")
	return c
}

// volumeRow is a volume in the fields of docker volume ls --format json.
type volumeRow struct {
	Driver, Labels, Links, Mountpoint, Name, Scope, Size string
}

func (p *program) volumeList() *cobra.Command {
	var quiet, size bool
	var format string
	c := &cobra.Command{
		Use: "ls", Aliases: []string{"list"}, Short: "List volumes", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			return p.with(c.Context(), func(e Engine) error {
				all, err := e.Volumes(c.Context())
				if err != nil {
					return err
				}
				if quiet {
					for _, v := range all {
						fmt.Fprintln(p.Out, v.Name)
					}
					return nil
				}
				sizes := make([]string, len(all))
				for i, v := range all {
					if sizes[i] = "N/A"; !size {
						continue
					}
					n, err := e.VolumeSize(c.Context(), v.Name)
					if err != nil {
						return err
					}
					sizes[i] = kit.Bytes(n)
				}
				if format == "json" {
					return p.volumesJSON(all, sizes)
				}
				return p.volumesTable(all, sizes, size)
			})
		},
	}
	f := c.Flags()
	f.BoolVarP(&quiet, "quiet", "q", false, "only names")
	f.BoolVarP(&size, "size", "s", false, "measure what each takes on the disk")
	f.StringVar(&format, "format", "table", "table, or json: one object a line")
	return c
}

func (p *program) volumesJSON(all []api.Volume, sizes []string) error {
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	for i, v := range all {
		row := volumeRow{
			Driver: "local", Labels: labelText(v.Labels), Links: fmt.Sprint(len(v.UsedBy)), Mountpoint: v.Mountpoint,
			Name: v.Name, Scope: "local", Size: sizes[i],
		}
		if err := enc.Encode(row); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) volumesTable(all []api.Volume, sizes []string, sized bool) error {
	w := tabwriter.NewWriter(p.Out, 0, 0, 3, ' ', 0)
	head := "VOLUME NAME\tKIND\tUSED BY"
	if sized {
		head += "\tSIZE"
	}
	fmt.Fprintln(w, head)
	for i, v := range all {
		kind := "named"
		if v.Anonymous {
			kind = "anonymous"
		}
		row := v.Name + "\t" + kind + "\t" + kit.Clean(strings.Join(v.UsedBy, ", "))
		if sized {
			row += "\t" + sizes[i]
		}
		fmt.Fprintln(w, row)
	}
	return w.Flush()
}

// volumeShape is a volume in the fields of docker volume inspect.
type volumeShape struct {
	CreatedAt  string
	Driver     string
	Labels     map[string]string
	Mountpoint string
	Name       string
	Options    map[string]string
	Scope      string
	UsedBy     []string
}

func (p *program) volumeInspect() *cobra.Command {
	return &cobra.Command{
		Use: "inspect VOLUME...", Short: "Show volumes in Docker's JSON form", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.completeThings(option.FillVolume),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c.Context(), func(e Engine) error {
				all := []volumeShape{}
				failed := p.many(args, func(name string) error {
					v, err := e.Volume(c.Context(), name)
					if err == nil {
						all = append(all, volumeShape{
							CreatedAt: dockerTime(v.CreatedAt), Driver: "local", Labels: v.Labels, Mountpoint: v.Mountpoint, Name: v.Name,
							Scope: "local", UsedBy: append([]string{}, v.UsedBy...),
						})
					}
					return err
				})
				enc := json.NewEncoder(p.Out)
				enc.SetIndent("", "    ")
				enc.SetEscapeHTML(false)
				if err := enc.Encode(all); err != nil {
					return err
				}
				return failed
			})
		},
	}
}

func (p *program) volumeRemove() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "rm VOLUME...", Aliases: []string{"remove"}, Short: "Remove volumes and the data in them", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.completeThings(option.FillVolume),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c.Context(), func(e Engine) error {
				return p.many(args, func(name string) error {
					err := e.RemoveVolume(c.Context(), name)
					if err == nil || force && isNone(err) {
						fmt.Fprintln(p.Out, kit.Clean(name))
						return nil
					}
					return err
				})
			})
		},
	}
	c.Flags().BoolVarP(&force, "force", "f", false, "one that is not there is fine")
	return c
}

func isNone(err error) bool {
	_, ok := errors.AsType[*api.NotFoundError](err)
	return ok
}

func (p *program) volumePrune() *cobra.Command {
	var force, all bool
	c := &cobra.Command{
		Use: "prune", Short: "Remove the anonymous volumes that no container has", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.with(c.Context(), func(e Engine) error {
				unused, err := e.UnusedVolumes(c.Context(), all)
				if err != nil || len(unused) == 0 {
					return err
				}
				var names []string
				for _, v := range unused {
					names = append(names, v.Name)
				}
				if !force && !p.sure("These volumes are removed, with the data in them:\n  "+kit.Clean(strings.Join(names, "\n  "))) {
					return ExitError{exitFailed}
				}
				return p.many(names, func(name string) error {
					err := e.RemoveVolume(c.Context(), name)
					if err == nil {
						fmt.Fprintln(p.Out, name)
					}
					return err
				})
			})
		},
	}
	c.Flags().BoolVarP(&force, "force", "f", false, "do not ask")
	c.Flags().BoolVarP(&all, "all", "a", false, "named ones too")
	return c
}
