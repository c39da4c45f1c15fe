package containers

import (
	"fmt"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/ui/kit"
	"gantry/ui/widget/grid"
)

// names of the columns.
const (
	colName  = "name"
	colImage = "image"
	colState = "state"
	colPorts = "ports"
)

// widths is what the columns are made for: they grow with what is in them, and never
// shrink, so that the list does not jump.
type widths struct {
	name, image int
	ported      bool // some container has a port, so the column has a title
}

// The bounds of the columns that grow, in cells.
const (
	nameLeast, nameMost   = 12, 28
	imageLeast, imageMost = 12, 20
	stateWidth            = 16
	portsLeast            = 11
)

func (w *widths) grow(name, image string, ported bool) {
	w.name = max(w.name, nameLeast, min(nameMost, kit.Width(kit.Clean(name))))
	w.image = max(w.image, imageLeast, min(imageMost, kit.Width(fitImage(kit.Clean(image), imageMost, "."))))
	w.ported = w.ported || ported
}

// columns are NAME IMAGE STATE and PORTS; what has no ports has the reason of its state there.
func (w widths) columns() []grid.Column {
	last := grid.Column{ID: colPorts, Min: portsLeast, Weight: 1, Drop: 1}
	if w.ported {
		last.Title = "PORTS"
	}
	return []grid.Column{
		{ID: colName, Title: "NAME", Min: nameLeast, Max: w.name, Weight: 100},
		{ID: colImage, Title: "IMAGE", Min: imageLeast, Max: w.image, Weight: 100, Drop: 2},
		{ID: colState, Title: "STATE", Min: stateWidth},
		last,
	}
}

// cells are what a row shows.
func (s *Screen) cells(id string) []grid.Cell {
	r := s.byID[id]
	st := s.env.Styles
	name, image := r.title()
	mark, text := stateText(st, r)
	style := mark.Style
	if s.lost() {
		style = st.Faint
	}
	state := grid.Cell{Spill: true, Spans: []grid.Span{{Text: mark.Glyph + " " + text, Style: style}}}
	if t := r.since(); !t.IsZero() {
		state.Spans = append(state.Spans, grid.Span{Text: " " + kit.Age(s.present().Sub(t)), Style: st.Muted})
	}
	if name == "" {
		name = st.Glyphs.Skip
	}
	last := grid.Text(ports(r.Container.Ports, st.Glyphs.Arrow), st.Text)
	if reason := why(r); reason != "" {
		last = grid.Text(reason, st.Muted)
	}
	last.Spill = true
	ref := grid.Text(image, st.Muted)
	ref.Short = func(text string, width int) string { return fitImage(text, width, st.Glyphs.Ellipsis) }
	return []grid.Cell{grid.Text(name, st.Text), ref, state, last}
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

// ports is the published ports in the shortest form: "8080→80".
func ports(ps []api.Port, arrow string) string {
	var parts []string
	for _, p := range ps {
		if p.HostPort == 0 {
			continue
		}
		t := fmt.Sprintf("%d%s%d", p.HostPort, arrow, p.ContainerPort)
		if p.Protocol != "" && p.Protocol != "tcp" {
			t += "/" + p.Protocol
		}
		parts = append(parts, t)
	}
	return strings.Join(parts, " ")
}
