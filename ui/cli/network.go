package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/moby/moby/api/types/network"
	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/kit"
)

func (p *program) networkCommand() *cobra.Command {
	c := &cobra.Command{Use: "network", Short: "Make, list and remove networks"}
	c.AddCommand(p.networkCreate(), p.networkList(), p.networkInspect(), p.networkRemove(), p.networkPrune())
	return c
}

func (p *program) networkCreate() *cobra.Command {
	var req api.NetworkCreate
	var options, labels []string
	c := &cobra.Command{
		Use: "create NAME", Short: "Make a network", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			req.Name, req.Options, req.Labels = args[0], pairs(options), pairs(labels)
			return p.with(c.Context(), func(e Engine) error {
				n, err := e.CreateNetwork(c.Context(), req)
				if err == nil {
					fmt.Fprintln(p.Out, n.ID)
				}
				return err
			})
		},
	}
	f := c.Flags()
	f.StringVarP(&req.Driver, "driver", "d", "bridge", "`driver`: bridge, macvlan or ipvlan")
	f.StringArrayVar(&req.Subnets, "subnet", nil, "`subnet` in CIDR form; left out, a free one is chosen")
	f.StringArrayVar(&req.Gateways, "gateway", nil, "`address` of the gateway of a subnet")
	f.StringArrayVar(&req.Ranges, "ip-range", nil, "part of a subnet that addresses are taken from, as `CIDR`")
	f.BoolVar(&req.IPv6, "ipv6", false, "with IPv6, with a subnet of its own if none is given")
	f.BoolVar(&req.Internal, "internal", false, "without a way out")
	f.StringArrayVarP(&options, "opt", "o", nil, "driver `option` as NAME=VALUE: mtu, parent, icc, ip-masq, macvlan_mode, ipvlan_mode")
	f.StringArrayVar(&labels, "label", nil, "`label` as NAME=VALUE")
	return c
}

// pairs reads NAME=VALUE; a name alone has an empty value.
func pairs(list []string) map[string]string {
	m := map[string]string{}
	for _, s := range list {
		k, v, _ := strings.Cut(s, "=")
		m[k] = v
	}
	return m
}

// with does something on a connected engine.
func (p *program) with(ctx context.Context, do func(Engine) error) error {
	e, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer p.close(e)
	return do(e)
}

// networkRow is a network in the fields of docker network ls --format json.
type networkRow struct {
	CreatedAt, Driver, ID, IPv6, Internal, Labels, Name, Scope string
}

func (p *program) networkList() *cobra.Command {
	var quiet bool
	var format string
	c := &cobra.Command{
		Use: "ls", Aliases: []string{"list"}, Short: "List networks", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			return p.with(c.Context(), func(e Engine) error {
				all, err := e.Networks(c.Context())
				if err != nil {
					return err
				}
				switch {
				case quiet:
					for _, n := range all {
						fmt.Fprintln(p.Out, networkID(n))
					}
					return nil
				case format == "json":
					return p.networksJSON(all)
				}
				return p.networksTable(all)
			})
		},
	}
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "only IDs")
	c.Flags().StringVar(&format, "format", "table", "table, or json: one object a line")
	return c
}

// labelText is labels as Docker lists them.
func labelText(labels map[string]string) string {
	var all []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		all = append(all, k+"="+labels[k])
	}
	return strings.Join(all, ",")
}

// networkID is the short ID, or the name where there is none.
func networkID(n api.Network) string {
	if n.ID == "" {
		return kit.Clean(n.Name)
	}
	return api.ShortID(n.ID)
}

func (p *program) networksJSON(all []api.Network) error {
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	for _, n := range all {
		row := networkRow{
			CreatedAt: dockerTime(n.CreatedAt), Driver: n.Driver, ID: networkID(n), IPv6: fmt.Sprint(n.IPv6), Internal: fmt.Sprint(n.Internal),
			Labels: labelText(n.Labels), Name: n.Name, Scope: "local",
		}
		if err := enc.Encode(row); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) networksTable(all []api.Network) error {
	w := tabwriter.NewWriter(p.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "NETWORK ID\tNAME\tDRIVER\tSUBNETS")
	for _, n := range all {
		var subnets []string
		for _, s := range n.Subnets {
			subnets = append(subnets, s.Prefix.String())
		}
		id := ""
		if n.ID != "" {
			id = api.ShortID(n.ID)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", id, kit.Clean(n.Name), kit.Clean(n.Driver), strings.Join(subnets, ", "))
	}
	return w.Flush()
}

func (p *program) networkInspect() *cobra.Command {
	return &cobra.Command{
		Use: "inspect NETWORK...", Short: "Show networks in Docker's JSON form", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.completeThings(option.FillNetwork),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c.Context(), func(e Engine) error {
				all := []network.Inspect{}
				failed := p.many(args, func(name string) error {
					n, err := e.InspectNetwork(c.Context(), name)
					if err == nil {
						all = append(all, n)
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

// many does something to each, says what fails, and is an error if anything has.
func (p *program) many(names []string, do func(string) error) (failed error) {
	for _, n := range names {
		if err := do(n); err != nil {
			p.say(err)
			failed = ExitError{exitFailed}
		}
	}
	return failed
}

func (p *program) networkRemove() *cobra.Command {
	return &cobra.Command{
		Use: "rm NETWORK...", Aliases: []string{"remove"}, Short: "Remove networks", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.completeThings(option.FillNetwork),
		RunE: func(c *cobra.Command, args []string) error {
			return p.with(c.Context(), func(e Engine) error {
				return p.many(args, func(name string) error {
					err := e.RemoveNetwork(c.Context(), name)
					if err == nil {
						fmt.Fprintln(p.Out, kit.Clean(name))
					}
					return err
				})
			})
		},
	}
}

func (p *program) networkPrune() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "prune", Short: "Remove the networks that no container is on", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.with(c.Context(), func(e Engine) error {
				unused, err := e.UnusedNetworks(c.Context())
				if err != nil || len(unused) == 0 {
					return err
				}
				var names []string
				for _, n := range unused {
					names = append(names, n.Name)
				}
				if !force && !p.sure("These networks are removed: "+kit.Clean(strings.Join(names, ", "))) {
					return ExitError{exitFailed}
				}
				return p.many(names, func(name string) error {
					err := e.RemoveNetwork(c.Context(), name)
					if err == nil {
						fmt.Fprintln(p.Out, kit.Clean(name))
					}
					return err
				})
			})
		},
	}
	c.Flags().BoolVarP(&force, "force", "f", false, "do not ask")
	return c
}

// sure asks; anything but y is a no.
func (p *program) sure(what string) bool {
	fmt.Fprint(p.Err, what+"\nGo on? [y/N] ")
	line, err := bufio.NewReader(p.In).ReadString('\n')
	return (err == nil || line != "") && strings.EqualFold(strings.TrimSpace(line), "y")
}
