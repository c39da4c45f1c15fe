// Package networks is the screen of networks: who is on them, making, removing, tidying up.
package networks

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/backend"
	"gantry/ui/kit"
	"gantry/ui/widget/facts"
	"gantry/ui/widget/grid"
	"gantry/ui/widget/shelf"
)

// Screen is the list of networks.
type Screen struct {
	*shelf.Model
	env    *kit.Env
	engine backend.Networker
	desk   shelf.Desk
}

// New makes the screen; nothing is read before Refresh.
func New(ctx context.Context, env *kit.Env, engine backend.Networker, desk shelf.Desk) *Screen {
	s := &Screen{env: env, engine: engine, desk: desk}
	e, _ := env.Keys.In(keymap.Networks, keymap.ListNew)
	s.Model = shelf.New(ctx, env, shelf.Spec{
		Title: "Networks", Scope: keymap.Networks, Load: s.load, Look: s.look,
		Empty: []string{"No networks.", "", "Press " + e.Key() + " to make one."},
		Columns: []grid.Column{
			{ID: "name", Title: "NAME", Min: 12, Max: 28, Weight: 100},
			{ID: "driver", Title: "DRIVER", Min: 8, Drop: 3},
			{ID: "subnet", Title: "SUBNET", Min: 15, Max: 32, Weight: 50, Drop: 2},
			{ID: "used", Title: "ON IT", Min: 5, Right: true},
			{ID: "by", Title: "CONTAINERS", Min: 10, Weight: 1, Drop: 1},
		},
		Orders: []shelf.Order{
			{Name: "name", Compare: func(a, b shelf.Thing) int { return strings.Compare(a.Name, b.Name) }},
			{Name: "containers", Compare: func(a, b shelf.Thing) int { return cmp.Compare(len(of(b).users), len(of(a).users)) }},
			{Name: "driver", Compare: func(a, b shelf.Thing) int { return strings.Compare(of(a).Driver, of(b).Driver) }},
			{Name: "age", Compare: func(a, b shelf.Thing) int { return of(b).CreatedAt.Compare(of(a).CreatedAt) }},
		},
	})
	return s
}

// used is a network and who is on it.
type used struct {
	api.Network
	users []string
}

func of(t shelf.Thing) used { u, _ := t.Value.(used); return u }

func (s *Screen) load(ctx context.Context) ([]shelf.Thing, error) {
	all, err := s.engine.Networks(ctx)
	if err != nil {
		return nil, err
	}
	users := map[string][]string{}
	for _, c := range s.desk.Containers() {
		for _, n := range c.Networks {
			users[n] = append(users[n], c.DisplayName())
		}
	}
	out := make([]shelf.Thing, len(all))
	for i, n := range all {
		u := used{n, users[n.Name]}
		slices.Sort(u.users)
		out[i] = shelf.Thing{ID: n.Name, Name: n.Name, Value: u, Text: n.Driver + " " + n.ID + " " + subnets(n) + " " + strings.Join(u.users, " "), Cells: u.cells}
	}
	return out, nil
}

func subnets(n api.Network) string {
	parts := make([]string, len(n.Subnets))
	for i, s := range n.Subnets {
		parts[i] = s.Prefix.String()
	}
	return strings.Join(parts, " ")
}

func (u used) cells(st *themes.Styles, _ time.Time) []grid.Cell {
	name := grid.Cell{Spans: []grid.Span{{Text: u.Name, Style: st.Text}}}
	if u.Default {
		name.Spans = append(name.Spans, grid.Span{Text: " default", Style: st.Faint})
	}
	count := grid.Text("", st.Text)
	if n := len(u.users); n > 0 {
		count = grid.Text(fmt.Sprint(n), st.Text)
	}
	return []grid.Cell{name, grid.Text(u.Driver, st.Muted), grid.Text(subnets(u.Network), st.Text), count, grid.Text(strings.Join(u.users, " "), st.Muted)}
}

// look is what is known of a network.
func (s *Screen) look(ctx context.Context, t shelf.Thing) (shelf.Details, error) {
	u := of(t)
	d := shelf.Details{Sections: []facts.Section{{Rows: u.rows(s.env.Now())}}}
	in, err := s.engine.InspectNetwork(ctx, u.Name)
	if err != nil {
		return d, err
	}
	d.Sections = append(d.Sections, facts.Section{Title: "Containers", None: "nobody is on it", Rows: members(in, u.users)})
	d.Sections = append(d.Sections, shelf.Labels(u.Labels)...)
	text, err := json.MarshalIndent(in, "", "  ")
	d.JSON = string(text)
	return d, err
}

func (u used) rows(now time.Time) []facts.Row {
	rows := []facts.Row{facts.Of("driver", u.Driver)}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, facts.Of(name, value))
		}
	}
	for _, s := range u.Subnets {
		add("subnet", s.Prefix.String())
		if s.Gateway.IsValid() {
			add("gateway", s.Gateway.String())
		}
		if s.Range.IsValid() {
			add("range", s.Range.String())
		}
	}
	add("interface", u.Bridge)
	add("parent", u.Parent)
	if u.MTU > 0 {
		add("MTU", fmt.Sprint(u.MTU))
	}
	if u.Internal {
		add("internal", "no way out")
	}
	if u.Plugins {
		add("set up by", "CNI plugins: another program made it")
	}
	if !u.CreatedAt.IsZero() {
		add("made", kit.Age(now.Sub(u.CreatedAt))+" ago")
	}
	add("file", u.File)
	add("ID", api.ShortID(u.ID))
	return rows
}

// members are the containers of a network with their addresses, where those are known.
func members(in network.Inspect, users []string) []facts.Row {
	at := map[string]string{}
	for _, c := range in.Containers {
		var parts []string
		for _, p := range []netip.Prefix{c.IPv4Address, c.IPv6Address} {
			if p.IsValid() {
				parts = append(parts, p.Addr().String())
			}
		}
		at[c.Name] = strings.Join(parts, " ")
	}
	for _, u := range users {
		if _, there := at[u]; !there {
			at[u] = "does not run"
		}
	}
	var rows []facts.Row
	for _, name := range slices.Sorted(maps.Keys(at)) {
		rows = append(rows, facts.Of(name, at[name]))
	}
	return rows
}
