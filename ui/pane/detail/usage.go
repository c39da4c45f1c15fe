package detail

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/ui/kit"
	"gantry/ui/widget/chart"
	"gantry/ui/widget/facts"
)

// Usage is what a container takes of the host, now and in the last minutes.
type Usage struct {
	Now     api.Sample // taken at zero: it does not run
	Rate    api.Rate   // since the sample before
	Rated   bool       // there was one
	Limited bool       // its memory has a limit below the host's

	// CPU is in percent of one core, Memory in bytes: what was measured, oldest first, each
	// Every after the one before, not a number where it was not measured.
	CPU, Memory []float64
	Every       time.Duration

	Processes *container.TopResponse // nil: not known
}

const (
	leastCPU    = 1       // percent; a chart's scale is not finer
	leastMemory = 1 << 20 // bytes
)

// usageLines are charts of processor and memory, the other figures, and the processes.
func (p *Pane) usageLines(width int) []string {
	u := p.usage
	switch {
	case u == nil || p.problem != "":
		return p.trouble(width)
	case u.Now.At.IsZero() && len(u.CPU) == 0:
		return wrap(p.env.Styles.Muted, "It does not run, so it uses nothing.", width)
	}
	var out []string
	cpu, memory := "–", kit.Bytes(int64(u.Now.Memory))
	if n := len(u.CPU); n > 0 && u.CPU[n-1] >= 0 {
		cpu = kit.CPU(u.CPU[n-1] / 100)
	}
	if u.Limited {
		memory += " of " + kit.Bytes(int64(u.Now.MemoryLimit)) + ", " + kit.Percent(u.Now.MemoryPercent()/100)
	}
	if u.Now.At.IsZero() {
		out = append(wrap(p.env.Styles.Muted, "It does not run. Its last minutes:", width), "")
		cpu, memory = "", ""
	}
	percent := func(v float64) string { return kit.CPU(v / 100) }
	bytes := func(v float64) string { return kit.Bytes(int64(v)) }
	out = append(out, p.chart("CPU", cpu, u.CPU, func(v float64) float64 { return chart.Round(v, leastCPU) }, percent, width)...)
	out = append(out, "")
	out = append(out, p.chart("Memory", memory, u.Memory, func(v float64) float64 { return chart.RoundBinary(v, leastMemory) }, bytes, width)...)
	if u.Now.At.IsZero() {
		return out
	}
	out = append(out, "")
	out = append(out, facts.Lines(p.env.Styles, []facts.Section{{Rows: u.figures()}}, width)...)
	return append(out, p.processes(width)...)
}

// chart is a figure in words, its scale, and how it went.
func (p *Pane) chart(name, now string, values []float64, round func(float64) float64, text func(float64) string, width int) []string {
	st := p.env.Styles
	room := max(0, width-2)
	shown := values[max(0, len(values)-room):]
	high := chart.Highest(shown)
	top := round(high)
	head := " " + st.Strong.Render(name) + "  " + st.Text.Render(now)
	if len(shown) > 1 {
		if now != "" {
			head += "   "
		}
		head += st.Muted.Render("highest " + text(high) + " in " + kit.Age(time.Duration(len(shown))*p.usage.Every))
	}
	if kit.Width(head)+kit.Width(text(top))+2 > width { // better a word less than half a word
		head = " " + st.Strong.Render(name) + "  " + st.Text.Render(now)
	}
	lines := []string{kit.Sides(head, st.Muted.Render(text(top))+" ", width, st.Glyphs.Ellipsis)}
	for _, l := range chart.Lines(st, shown, top, room, p.chartRows()) {
		lines = append(lines, " "+l)
	}
	return lines
}

// chartRows is how high a chart is: the rest below the charts is for figures and processes.
func (p *Pane) chartRows() int {
	switch room := p.room(); {
	case room >= 20:
		return 4
	case room >= 14:
		return 3
	}
	return 2
}

// figures are what is told without a chart.
func (u *Usage) figures() []facts.Row {
	var rows []facts.Row
	add := func(name, format string, args ...any) {
		rows = append(rows, facts.Of(name, fmt.Sprintf(format, args...)))
	}
	rate := func(v float64) string {
		if !u.Rated {
			return "–"
		}
		return kit.Rate(v)
	}
	n := u.Now
	if n.Net {
		add("Network", "in  %s, %s in all", rate(u.Rate.NetRx), kit.Size(int64(n.NetRx)))
		add("", "out %s, %s in all", rate(u.Rate.NetTx), kit.Size(int64(n.NetTx)))
	}
	add("Disk", "read    %s, %s in all", rate(u.Rate.BlockRead), kit.Size(int64(n.BlockRead)))
	add("", "written %s, %s in all", rate(u.Rate.BlockWrite), kit.Size(int64(n.BlockWrite)))
	if u.Rate.Throttled > 0 {
		add("Held back", "%s of the time, by its CPU limit", kit.Percent(u.Rate.Throttled/100))
	}
	if n.OOMKills > 0 {
		add("Killed", "%d for want of memory", n.OOMKills)
	}
	if n.PidsLimit > 0 {
		add("PIDs", "%d of %d", n.Pids, n.PidsLimit)
	}
	return rows
}

// processes is a table of them: as ps has it, without the columns that say little here.
func (p *Pane) processes(width int) []string {
	top := p.usage.Processes
	if top == nil {
		return nil
	}
	st := p.env.Styles
	var at []int // columns of what ps told, in the order they are shown
	for _, title := range []string{"PID", "UID", "TIME", "CMD"} {
		i := slices.Index(top.Titles, title)
		if i < 0 {
			return nil
		}
		at = append(at, i)
	}
	titles := []string{"PID", "USER", "TIME", "COMMAND"}
	const pid, user, used, command = 7, 10, 8, 3 // the last is its place in titles
	widths := []int{pid, user, used, 0}
	row := func(cells []string) string {
		var b strings.Builder
		for i, c := range cells {
			switch {
			case i == command:
				b.WriteString("  " + c)
			case i == 0 || i == 2:
				b.WriteString(kit.PadLeft(kit.Truncate(c, widths[i], st.Glyphs.Ellipsis), widths[i]))
			default:
				b.WriteString("  " + kit.Pad(kit.Truncate(c, widths[i], st.Glyphs.Ellipsis), widths[i]))
			}
		}
		return kit.Truncate(b.String(), width-1, st.Glyphs.Ellipsis)
	}
	out := []string{"", " " + st.Strong.Render("Processes") + "  " + st.Muted.Render(fmt.Sprint(len(top.Processes))), st.Muted.Render(row(titles))}
	for _, proc := range top.Processes {
		cells := make([]string, len(at))
		for i, from := range at {
			if from < len(proc) {
				cells[i] = kit.Clean(proc[from])
			}
		}
		out = append(out, st.Text.Render(row(cells)))
	}
	return out
}
