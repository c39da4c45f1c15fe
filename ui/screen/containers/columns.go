package containers

import (
	"fmt"
	"strings"

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
	colWhy   = "why"
)

// columns are NAME IMAGE STATE, PORTS as soon as there are any, and the reason, which
// has no title: a state's few words run on into it.
func (s *Screen) columns() []grid.Column {
	cols := []grid.Column{
		{ID: colName, Title: "NAME", Min: 12, Max: 30, Weight: 2},
		{ID: colImage, Title: "IMAGE", Min: 13, Max: 40, Weight: 2, Drop: 3},
		{ID: colState, Title: "STATE", Min: 15},
	}
	if s.ported {
		cols = append(cols, grid.Column{ID: colPorts, Title: "PORTS", Min: 11, Drop: 1})
	}
	return append(cols, grid.Column{ID: colWhy, Min: 1, Weight: 3})
}

// cells are what a row shows.
func (s *Screen) cells(id string) []grid.Cell {
	r := s.byID[id]
	st := s.env.Styles
	name, image := r.Container.DisplayName(), r.Container.Image
	if r.Pending != nil {
		name, image = r.Pending.Name, r.Pending.Image
	}
	mark, text := stateText(st, r)
	state := grid.Cell{Spans: []grid.Span{{Text: mark.Glyph + " ", Style: mark.Style}, {Text: text, Style: mark.Style}}}
	if t := r.since(); !t.IsZero() {
		state.Spans = append(state.Spans, grid.Span{Text: " " + kit.Age(s.env.Now().Sub(t)), Style: st.Muted})
	}
	out := []grid.Cell{grid.Text(name, st.Text), grid.Text(shortImage(image), st.Muted), state}
	if name == "" {
		out[0] = grid.Text(st.Glyphs.Skip, st.Muted)
	}
	if s.ported {
		out = append(out, grid.Text(ports(r.Container.Ports, st.Glyphs.Arrow), st.Text))
	}
	return append(out, grid.Text(why(r), st.Muted))
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
