package containers

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/themes"
	"gantry/ui/kit"
	"gantry/ui/widget/grid"
)

// names of the columns.
const (
	colName  = "name"
	colImage = "image"
	colState = "state"
	colPorts = "ports"
	colCPU   = "cpu"
	colMem   = "mem"
)

// widths is what the columns are made for: they grow with what is in them, and never
// shrink, so that the list does not jump.
type widths struct{ name, image int }

// The bounds of the columns, in cells.
const (
	nameLeast, nameMost   = 12, 28
	imageLeast, imageMost = 10, 20
	stateLeast, stateMost = 14, 16
	portsLeast            = 9
	numberWidth           = 5 // "12.5%", "88.1M"
)

func (w *widths) grow(name, image string) {
	w.name = max(w.name, nameLeast, min(nameMost, kit.Width(kit.Clean(name))))
	w.image = max(w.image, imageLeast, min(imageMost, kit.Width(fitImage(kit.Clean(image), imageMost, "."))))
}

// columns are those that design draws; the last ones go first when there is no room.
func (w widths) columns() []grid.Column {
	return []grid.Column{
		{ID: colName, Title: "NAME", Min: nameLeast, Max: w.name, Weight: 100},
		{ID: colImage, Title: "IMAGE", Min: imageLeast, Max: w.image, Weight: 100, Drop: 4},
		{ID: colState, Title: "STATE", Min: stateLeast, Max: stateMost, Weight: 100},
		{ID: colPorts, Title: "PORTS", Min: portsLeast, Weight: 1, Drop: 3},
		{ID: colCPU, Title: "CPU", Min: numberWidth, Right: true, Drop: 2},
		{ID: colMem, Title: "MEM", Min: numberWidth, Right: true, Drop: 1},
	}
}

// cells are what a row shows.
func (s *Screen) cells(id string) []grid.Cell {
	r := s.byID[id].row
	st := s.env.Styles
	name, image := r.title()
	if name == "" {
		name = st.Glyphs.Skip
	}
	ref := grid.Text(image, st.Muted)
	ref.Short = func(text string, width int) string { return fitImage(text, width, st.Glyphs.Ellipsis) }
	first := grid.Text(name, st.Text)
	if tag := ownerTag(r.Container.Owner); tag != "" && r.Pending == nil {
		first.Spans = append(first.Spans, grid.Span{Text: " " + tag, Style: st.Faint})
	}
	out := []grid.Cell{first, ref, s.state(r)}
	if r.Pending != nil || !r.Container.State.Alive() {
		return append(out, grid.Cell{}, grid.Cell{}, grid.Cell{})
	}
	shown := grid.Text(ports(r.Container.Ports, st.Glyphs.Arrow), st.Text)
	shown.Short = func(text string, width int) string { return fitPorts(text, width, st.Glyphs.Ellipsis) }
	cpu, mem := s.usage.of(id)
	return append(out, shown, number(st, cpu), number(st, mem))
}

// state is how a row is: a word, since when, and why. What it says may run on over the
// columns behind it, which are empty where there is much to say.
func (s *Screen) state(r Row) grid.Cell {
	st := s.env.Styles
	mark, text := stateText(st, r)
	style := mark.Style
	if s.lost() {
		style = st.Faint
	}
	c := grid.Cell{Spill: true, Spans: []grid.Span{{Text: mark.Glyph + " " + text, Style: style}}}
	if t := r.since(); !t.IsZero() {
		c.Spans = append(c.Spans, grid.Span{Text: " " + kit.Age(s.present().Sub(t)), Style: st.Muted})
	}
	reason := why(r)
	if reason == "" {
		return c
	}
	used := 0
	for _, p := range c.Spans {
		used += kit.Width(p.Text)
	}
	c.Spans = append(c.Spans, grid.Span{Text: kit.Spaces(max(2, stateMost+1-used)) + reason, Style: st.Muted})
	return c
}

// number is a figure, or the sign for one that is not known.
func number(st *themes.Styles, text string) grid.Cell {
	if text == "" {
		return grid.Text(st.Glyphs.Skip, st.Faint)
	}
	return grid.Text(text, st.Text)
}

// fitImage shortens an image's name to width cells so that name and tag stay: first the
// registry and the folders go, one by one, then the beginning of the name.
func fitImage(ref string, width int, ellipsis string) string {
	if kit.Width(ref) <= width {
		return ref
	}
	for rest := ref; ; {
		_, after, more := strings.Cut(rest, "/")
		if !more {
			return kit.TruncateLeft(ref, width, ellipsis)
		}
		if s := ellipsis + "/" + after; kit.Width(s) <= width {
			return s
		}
		rest = after
	}
}

// present is the moment that ages count to: now, or when the engine was last heard.
func (s *Screen) present() time.Time {
	if s.lost() {
		return s.store.Conn().Since
	}
	return s.env.Now()
}

// ports is the published ports in the shortest form: "8080→80". A port that is published
// on several addresses is told once, and ports that follow one another as a range.
func ports(ps []api.Port, arrow string) string {
	if len(ps) == 0 {
		return ""
	}
	type span struct {
		from, to uint16 // on the host
		inside   uint16 // of from
		protocol string
	}
	ps = slices.Clone(ps)
	slices.SortFunc(ps, func(a, b api.Port) int {
		return cmp.Or(strings.Compare(a.Protocol, b.Protocol), cmp.Compare(a.ContainerPort, b.ContainerPort), cmp.Compare(a.HostPort, b.HostPort))
	})
	ps = slices.CompactFunc(ps, func(a, b api.Port) bool {
		return a.HostPort == b.HostPort && a.ContainerPort == b.ContainerPort && a.Protocol == b.Protocol
	})
	var spans []span
	for _, p := range ps {
		if p.HostPort == 0 {
			continue
		}
		if n := len(spans); n > 0 {
			l := &spans[n-1]
			if l.protocol == p.Protocol && p.HostPort == l.to+1 && p.ContainerPort == l.inside+(p.HostPort-l.from) {
				l.to = p.HostPort
				continue
			}
		}
		spans = append(spans, span{from: p.HostPort, to: p.HostPort, inside: p.ContainerPort, protocol: p.Protocol})
	}
	parts := make([]string, len(spans))
	for i, l := range spans {
		host, inside := strconv.Itoa(int(l.from)), strconv.Itoa(int(l.inside))
		if l.to > l.from {
			host += "-" + strconv.Itoa(int(l.to))
			inside += "-" + strconv.Itoa(int(l.inside+(l.to-l.from)))
		}
		parts[i] = host + arrow + inside
		if l.protocol != "" && l.protocol != "tcp" {
			parts[i] += "/" + l.protocol
		}
	}
	return strings.Join(parts, " ")
}

// fitPorts shortens a list of ports to width cells: those that have no room are counted.
func fitPorts(text string, width int, ellipsis string) string {
	parts := strings.Fields(text)
	for n := len(parts) - 1; n > 0; n-- {
		s := strings.Join(parts[:n], " ") + " +" + strconv.Itoa(len(parts)-n)
		if kit.Width(s) <= width {
			return s
		}
	}
	if len(parts) > 1 {
		more := " +" + strconv.Itoa(len(parts)-1)
		return kit.Truncate(parts[0], width-kit.Width(more), ellipsis) + more
	}
	return kit.Truncate(text, width, ellipsis)
}
