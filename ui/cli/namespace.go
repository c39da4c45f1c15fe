package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/ui/kit"
)

func (p *program) namespaceCommand() *cobra.Command {
	c := &cobra.Command{Use: "namespace", Aliases: []string{"ns"}, Short: "Look at containerd's namespaces"}
	c.AddCommand(p.namespaceList())
	return c
}

// namespaceRow is a namespace as JSON.
type namespaceRow struct {
	Name                string
	Containers, Running int
	Owner               string         `json:",omitempty"`
	Owners              map[string]int // containers by who made them
	Current             bool
}

func (p *program) namespaceList() *cobra.Command {
	var quiet bool
	var format string
	c := &cobra.Command{
		Use: "ls", Aliases: []string{"list"}, Short: "List namespaces", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			return p.with(c.Context(), func(e Engine) error {
				all, err := e.Namespaces(c.Context())
				if err != nil {
					return err
				}
				info, err := e.Info(c.Context())
				if err != nil {
					return err
				}
				switch {
				case quiet:
					for _, n := range all {
						fmt.Fprintln(p.Out, kit.Clean(n.Name))
					}
					return nil
				case format == "json":
					return p.namespacesJSON(all, info.Namespace)
				}
				return p.namespacesTable(all, info.Namespace)
			})
		},
	}
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "only names")
	c.Flags().StringVar(&format, "format", "table", "table, or json: one object a line")
	return c
}

func (p *program) namespacesJSON(all []api.Namespace, current string) error {
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	for _, n := range all {
		row := namespaceRow{Name: n.Name, Containers: n.Containers, Running: n.Running, Owners: map[string]int{}, Current: n.Name == current}
		if n.Owner != api.OwnerOther {
			row.Owner = string(n.Owner)
		}
		for o, count := range n.Owners {
			row.Owners[string(o)] = count
		}
		if err := enc.Encode(row); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) namespacesTable(all []api.Namespace, current string) error {
	w := tabwriter.NewWriter(p.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "NAME\tCONTAINERS\tRUNNING\tOF")
	for _, n := range all {
		name := kit.Clean(n.Name)
		if n.Name == current {
			name += " *"
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", name, n.Containers, n.Running, ofWhom(n))
	}
	return w.Flush()
}

// ofWhom names those who made what is in a namespace, or whose it is while it is empty.
func ofWhom(n api.Namespace) string {
	owners := n.Owners
	if len(owners) == 0 && n.Owner != api.OwnerOther {
		owners = map[api.Owner]int{n.Owner: 0}
	}
	var names []string
	for _, o := range slices.Sorted(maps.Keys(owners)) {
		names = append(names, kit.OwnerName(o))
	}
	return strings.Join(names, ", ")
}
