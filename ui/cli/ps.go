package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/ui/kit"
)

// psRow is a container in the fields of docker ps --format json.
type psRow struct {
	Command, CreatedAt, ID, Image, Labels, LocalVolumes, Mounts, Names, Networks, Platform, Ports, RunningFor, Size, State, Status string
}

type psFlags struct {
	all, quiet, whole bool
	format            string
}

func (p *program) psCommand() *cobra.Command {
	var f psFlags
	c := &cobra.Command{
		Use: "ps", Short: "List containers", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.ps(c, f) },
	}
	c.Flags().BoolVarP(&f.all, "all", "a", false, "those that do not run too")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "only IDs")
	c.Flags().BoolVar(&f.whole, "no-trunc", false, "do not cut IDs and commands")
	c.Flags().StringVar(&f.format, "format", "table", "table, or json: one object a line")
	return c
}

func (p *program) ps(c *cobra.Command, f psFlags) error {
	if err := checkFormat(f.format); err != nil {
		return err
	}
	e, err := p.connect(c.Context())
	if err != nil {
		return err
	}
	defer p.close(e)
	list, err := e.Containers(c.Context())
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(x api.Container) bool { return !f.all && !x.State.Alive() })
	slices.SortFunc(list, func(a, b api.Container) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	switch {
	case f.quiet:
		for _, x := range list {
			fmt.Fprintln(p.Out, cutID(x.ID, f.whole))
		}
		return nil
	case f.format == "json":
		return p.psJSON(list, f.whole)
	}
	return p.psTable(list, f.whole)
}

func checkFormat(format string) error {
	if format != "table" && format != "json" {
		return fmt.Errorf("--format %q: must be table or json", format)
	}
	return nil
}

func (p *program) psJSON(list []api.Container, whole bool) error {
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	for _, x := range list {
		if err := enc.Encode(p.row(x, whole)); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) psTable(list []api.Container, whole bool) error {
	w := tabwriter.NewWriter(p.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "CONTAINER ID\tIMAGE\tCOMMAND\tCREATED\tSTATUS\tPORTS\tNAMES")
	for _, x := range list {
		r := p.row(x, whole)
		fields := []string{r.ID, r.Image, r.Command, r.RunningFor, r.Status, r.Ports, r.Names}
		for i, f := range fields {
			fields[i] = kit.Clean(f)
		}
		fmt.Fprintln(w, strings.Join(fields, "\t"))
	}
	return w.Flush()
}

// commandWidth is where docker ps cuts a command.
const commandWidth = 20

func (p *program) row(c api.Container, whole bool) psRow {
	cmd := strings.Join(c.Command, " ")
	if r := []rune(cmd); !whole && len(r) > commandWidth {
		cmd = string(r[:commandWidth-1]) + "…"
	}
	return psRow{
		ID: cutID(c.ID, whole), Image: shortImage(c.Image), Command: strconv.Quote(cmd),
		CreatedAt: dockerTime(c.CreatedAt), Labels: labelText(c.Labels),
		LocalVolumes: "0", Names: c.Name, Networks: strings.Join(c.Networks, ","), Platform: c.Platform,
		Ports: portText(c.Ports), RunningFor: p.ago(c.CreatedAt), Size: "0B",
		State: string(c.State), Status: p.status(c),
	}
}

// healthText is what Docker says of a running container's health.
func healthText(h api.Health) string {
	switch h {
	case "":
		return ""
	case api.HealthStarting:
		return " (health: starting)"
	}
	return " (" + string(h) + ")"
}

// status is Docker's sentence about a container's state.
func (p *program) status(c api.Container) string {
	switch c.State {
	case api.StateRunning:
		return "Up " + p.since(c.StartedAt) + healthText(c.Health)
	case api.StatePaused:
		return "Up " + p.since(c.StartedAt) + " (Paused)"
	case api.StateRestarting:
		return fmt.Sprintf("Restarting (%d) %s", c.ExitCode, p.ago(c.FinishedAt))
	case api.StateExited:
		if !c.ExitKnown {
			return "Exited (unknown)"
		}
		return fmt.Sprintf("Exited (%d) %s", c.ExitCode, p.ago(c.FinishedAt))
	case api.StateRemoving:
		return "Removal In Progress"
	}
	s := string(c.State)
	return strings.ToUpper(s[:min(1, len(s))]) + s[min(1, len(s)):]
}

// since is how long ago t was, in Docker's words.
func (p *program) since(t time.Time) string { return units.HumanDuration(p.Now().Sub(t)) }

func (p *program) ago(t time.Time) string { return p.since(t) + " ago" }

// dockerTime is a time as docker ps and docker images print it.
func dockerTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05 -0700 MST") }

func portText(ports []api.Port) string {
	parts := make([]string, len(ports))
	for i, p := range ports {
		parts[i] = fmt.Sprintf("%d/%s", p.ContainerPort, p.Protocol)
		if p.HostPort != 0 {
			parts[i] = fmt.Sprintf("%s:%d->%s", cmp.Or(p.HostIP, "0.0.0.0"), p.HostPort, parts[i])
		}
	}
	return strings.Join(parts, ", ")
}

func cutID(id string, whole bool) string {
	if whole {
		return id
	}
	return api.ShortID(id)
}

// shortImage leaves out what Docker leaves out: its hub and its library.
func shortImage(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, "docker.io/"), "library/")
}
