package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"
	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/ui/kit"
)

// statsGap is the time between two samples.
const statsGap = time.Second

type statsFlags struct {
	all, once, whole bool
	format           string
}

func (p *program) statsCommand() *cobra.Command {
	var f statsFlags
	c := &cobra.Command{
		Use: "stats [CONTAINER...]", Short: "Show what running containers use, live", ValidArgsFunction: p.complete(api.State.Alive),
		RunE: func(c *cobra.Command, args []string) error {
			if err := checkFormat(f.format); err != nil {
				return err
			}
			return p.with(c.Context(), func(e Engine) error { return p.stats(c.Context(), e, args, f) })
		},
	}
	c.Flags().BoolVarP(&f.all, "all", "a", false, "those that do not run too")
	c.Flags().BoolVar(&f.once, "no-stream", false, "once, and no more")
	c.Flags().BoolVar(&f.whole, "no-trunc", false, "do not cut IDs")
	c.Flags().StringVar(&f.format, "format", "table", "table, or json: one object a line")
	return c
}

// stats samples, waits, samples again and shows what was used in between, until it is told to end.
func (p *program) stats(ctx context.Context, e Engine, names []string, f statsFlags) error {
	live := !f.once && f.format == "table" && p.onTerminal()
	var before map[string]api.Sample
	for {
		list, err := counted(ctx, e, names, f.all)
		if err != nil {
			return err
		}
		now, err := e.Stats(ctx, idsOf(list, len(names) > 0))
		if err != nil {
			return err
		}
		if before != nil || !f.once {
			if err := p.showStats(list, before, now, f, live); err != nil {
				return err
			}
			if f.once {
				return nil
			}
		}
		before = now
		if err := p.pause(ctx, statsGap); err != nil {
			return nil // told to end
		}
	}
}

// counted are the containers that are shown: those named, whatever they do, or all that run.
func counted(ctx context.Context, e Engine, names []string, all bool) ([]api.Container, error) {
	var list []api.Container
	for _, n := range names {
		c, err := e.Find(ctx, n)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	if len(names) > 0 {
		return list, nil
	}
	list, err := e.Containers(ctx)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c api.Container) bool { return !all && !c.State.Alive() })
	slices.SortFunc(list, func(a, b api.Container) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// idsOf are the IDs to ask for; none asks for all.
func idsOf(list []api.Container, named bool) []string {
	if !named {
		return nil
	}
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	return ids
}

// statsRow is a container in the fields of docker stats --format json.
type statsRow struct{ BlockIO, CPUPerc, Container, ID, MemPerc, MemUsage, Name, NetIO, PIDs string }

func (p *program) statsRow(c api.Container, before, now map[string]api.Sample, whole bool) statsRow {
	r := statsRow{
		Container: cutID(c.ID, whole), ID: cutID(c.ID, whole), Name: c.DisplayName(),
		BlockIO: "--", CPUPerc: "--", MemPerc: "--", MemUsage: "-- / --", NetIO: "--", PIDs: "--",
	}
	s, ok := now[c.ID]
	if !ok {
		return r
	}
	if rate, ok := s.Since(before[c.ID]); ok {
		r.CPUPerc = fmt.Sprintf("%.2f%%", rate.CPU)
	}
	r.MemPerc = fmt.Sprintf("%.2f%%", s.MemoryPercent())
	r.MemUsage = units.BytesSize(float64(s.Memory)) + " / " + units.BytesSize(float64(s.MemoryLimit))
	if s.Net {
		r.NetIO = ioText(s.NetRx, s.NetTx)
	}
	r.BlockIO = ioText(s.BlockRead, s.BlockWrite)
	r.PIDs = fmt.Sprint(s.Pids)
	return r
}

func ioText(in, out uint64) string {
	const digits = 3
	return units.HumanSizeWithPrecision(float64(in), digits) + " / " + units.HumanSizeWithPrecision(float64(out), digits)
}

func (p *program) showStats(list []api.Container, before, now map[string]api.Sample, f statsFlags, live bool) error {
	if f.format == "json" {
		enc := json.NewEncoder(p.Out)
		enc.SetEscapeHTML(false)
		for _, c := range list {
			if err := enc.Encode(p.statsRow(c, before, now, f.whole)); err != nil {
				return err
			}
		}
		return nil
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "CONTAINER ID\tNAME\tCPU %\tMEM USAGE / LIMIT\tMEM %\tNET I/O\tBLOCK I/O\tPIDS")
	for _, c := range list {
		r := p.statsRow(c, before, now, f.whole)
		fmt.Fprintln(w, strings.Join([]string{r.ID, kit.Clean(r.Name), r.CPUPerc, r.MemUsage, r.MemPerc, r.NetIO, r.BlockIO, r.PIDs}, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	text := b.String()
	if live { // from the top, each line anew, and nothing below
		text = "\x1b[H" + strings.ReplaceAll(text, "\n", "\x1b[K\n") + "\x1b[J"
	}
	_, err := io.WriteString(p.Out, text)
	return err
}
