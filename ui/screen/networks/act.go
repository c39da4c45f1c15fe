package networks

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"gantry/engine/api"
	"gantry/keymap"
	"gantry/ui/kit"
	"gantry/ui/widget/dialog"
	"gantry/ui/widget/field"
	"gantry/ui/widget/shelf"
)

// offer is what can be done here.
func offer() shelf.Offer {
	return shelf.Offer{
		Noun:  "network",
		Acts:  []keymap.Action{keymap.ListNew, keymap.ListDetail, keymap.ListRemove, keymap.ListPrune, keymap.ListCopy},
		Free:  []keymap.Action{keymap.ListNew, keymap.ListPrune},
		Stays: func(t shelf.Thing) string { return stays(of(t)) },
	}
}

// Choices are what can be done to the selected network, or why not.
func (s *Screen) Choices() []shelf.Choice { return s.Model.Choices(offer()) }

// stays is why a network cannot be removed; "" when it can.
func stays(u used) string {
	switch {
	case u.Driver == "host" || u.Driver == "none" || u.Driver == "null":
		return "it is always there"
	case u.Default:
		return "it is the network of whatever names none"
	case u.Plugins:
		return "another program made it"
	case len(u.users) > 0:
		return "used by " + strings.Join(u.users, ", ")
	}
	return ""
}

// Act carries out an action; it reports whether a is one of this screen's.
func (s *Screen) Act(_ context.Context, a keymap.Action, key string) (tea.Cmd, bool) {
	t, ok := s.Selected()
	switch a {
	case keymap.ListNew:
		s.create(key)
	case keymap.ListRemove:
		if !ok {
			return s.desk.Tell(kit.Warn, offer().None()), true
		}
		if why := stays(of(t)); why != "" {
			return s.desk.Tell(kit.Warn, "network "+kit.Clean(t.Name)+": "+kit.Clean(why)), true
		}
		s.remove(t.Name, key)
	case keymap.ListPrune:
		return s.prune(key), true
	case keymap.ListCopy:
		if ok {
			return tea.Batch(tea.SetClipboard(t.Name), s.desk.Tell(kit.Info, "the name "+kit.Clean(t.Name)+" was sent to the clipboard")), true
		}
	default:
		return nil, false
	}
	return nil, true
}

func (s *Screen) remove(name, key string) {
	body := []string{"No container is on it. What is published on it ends with it."}
	s.desk.Ask(dialog.Confirm(s.env, "Remove network "+kit.Clean(name)+"?", body, "Remove", key), func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		return s.desk.Do(name, "network "+kit.Clean(name)+" was removed", func(ctx context.Context) error { return s.engine.RemoveNetwork(ctx, name) }, s.Refresh)
	})
}

// The fields of a new network.
const (
	fieldName     = "name"
	fieldDriver   = "driver"
	fieldSubnet   = "subnet"
	fieldGateway  = "gateway"
	fieldRange    = "ip-range"
	fieldParent   = "parent"
	fieldInternal = "internal"
	fieldIPv6     = "ipv6"
)

func (s *Screen) create(key string) {
	form := dialog.NewForm(s.env, dialog.FormSpec{
		Title: "New network", Verb: "Create", Opener: key,
		Fields: []field.Spec{
			{Key: fieldName, Label: "Name"},
			{Key: fieldDriver, Label: "Driver", Kind: field.Choice, Choices: []string{"bridge", "macvlan", "ipvlan"}},
			{Key: fieldSubnet, Label: "Subnet", Kind: field.List, Hint: "one that is free is chosen; 10.9.0.0/16"},
			{Key: fieldGateway, Label: "Gateway", Kind: field.List, Hint: "the subnet's first address"},
			{Key: fieldRange, Label: "Range", Kind: field.List, Hint: "all of the subnet; 10.9.1.0/24"},
			{Key: fieldParent, Label: "Parent", Hint: "of macvlan and ipvlan: eth0"},
			{Key: fieldInternal, Label: "Internal", Kind: field.Check, Hint: "no way out"},
			{Key: fieldIPv6, Label: "IPv6", Kind: field.Check, Hint: "addresses of both kinds"},
		},
		Check: func(f *dialog.Form) []api.FieldError {
			if f.Value(fieldName) == "" {
				return []api.FieldError{{Field: fieldName, Reason: "a name is needed"}}
			}
			return nil
		},
	})
	s.desk.Keep(form, func(answer string) tea.Cmd {
		if answer != dialog.OK {
			return nil
		}
		req := request(form)
		return s.desk.CarryOut(form, "network "+kit.Clean(req.Name)+" was made", func(ctx context.Context) error {
			_, err := s.engine.CreateNetwork(ctx, req)
			return err
		}, func() tea.Cmd {
			s.Select(req.Name)
			return s.Refresh()
		})
	})
}

func request(f *dialog.Form) api.NetworkCreate {
	req := api.NetworkCreate{
		Name: f.Value(fieldName), Driver: f.Value(fieldDriver), Subnets: f.Values(fieldSubnet), Gateways: f.Values(fieldGateway), Ranges: f.Values(fieldRange),
		Internal: f.Value(fieldInternal) == field.On, IPv6: f.Value(fieldIPv6) == field.On,
	}
	if p := f.Value(fieldParent); p != "" {
		req.Options = map[string]string{"parent": p}
	}
	return req
}

// prune shows the networks that nobody is on, and removes those that stay ticked.
func (s *Screen) prune(key string) tea.Cmd {
	spec := dialog.ReviewSpec{Title: "Remove networks that nobody is on", Verb: "Remove", None: "Somebody is on every network: there is nothing to remove.", Opener: key}
	now := s.env.Now()
	return s.Prune(s.desk, offer(), spec, func(ctx context.Context) ([]dialog.Candidate, error) {
		unused, err := s.engine.UnusedNetworks(ctx)
		var out []dialog.Candidate
		for _, n := range unused {
			note := subnets(n)
			if !n.CreatedAt.IsZero() {
				note += "  made " + kit.Age(now.Sub(n.CreatedAt)) + " ago"
			}
			out = append(out, dialog.Candidate{ID: n.Name, Label: n.Name, Note: strings.TrimSpace(note), Size: -1})
		}
		return out, err
	}, s.engine.RemoveNetwork)
}
