package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
	"gantry/engine/network/conflist"
	"gantry/engine/network/plugin"
	"gantry/engine/network/wire"
	"gantry/engine/option"
)

// Container is what a plan is made for.
type Container struct {
	ID         string
	Name       string
	Hostname   string
	Domainname string
	Request    api.CreateRequest
}

// Planned is a plan and what else follows from the networks of a request.
type Planned struct {
	// Plan is to be written into the state dir when Mode is "".
	Plan wire.Plan
	// Mode is "", Host, None or "container:ID or name": only with "" has the container a
	// network namespace to be set up.
	Mode string
	// Names are the networks, as they stand in the container's label.
	Names    []string
	Warnings []string // one sentence each
}

// Plan says what networks a request asks for; the default network is made for it when it
// is missing. What cannot be had comes as api.FieldErrors. ports are those of Publish.
func (n *Networks) Plan(c Container, ports []api.Port) (Planned, error) {
	host := c.Request.HostConfig
	if host == nil {
		host = &container.HostConfig{}
	}
	mode := host.NetworkMode
	if mode.IsHost() || mode.IsNone() || mode.IsContainer() {
		p := Planned{Mode: string(mode), Names: []string{string(mode)}}
		if len(ports) > 0 {
			p.Warnings = append(p.Warnings, fmt.Sprintf("Published ports have no meaning with --network %s and are left out.", mode))
		}
		return p, nil
	}
	ends, err := n.ends(c.Request)
	if err != nil {
		return Planned{}, err
	}
	p := Planned{Plan: wire.Plan{
		Version: wire.Version, ID: c.ID, Namespace: n.cfg.Namespace, Instance: n.cfg.Instance,
		Names: wire.Names{Hostname: c.Hostname, Domainname: c.Domainname, Name: c.Name, Extra: extraHosts(host.ExtraHosts), Links: links(host.Links, c.Request.NetworkingConfig)},
	}}
	p.Plan.Instance.ConfDir = n.cfg.Dir.Path
	var errs api.FieldErrors
	for i, e := range ends {
		net := e.list.Net
		net.Name, net.Interface = e.list.Name, fmt.Sprintf("eth%d", i)
		if !e.list.Native {
			net = wire.Network{Name: net.Name, Driver: wire.Plugin, Interface: net.Interface, File: e.list.File, Sets: net.Sets}
			errs = append(errs, lacking(i, net, n.cfg.Instance.Plugins)...)
		}
		errs = append(errs, ask(&net, e)...)
		for _, o := range p.Plan.Networks {
			if o.Interface == net.Interface {
				errs = append(errs, api.FieldError{Field: "network", Index: i, Value: net.Name, Reason: "its interface " + net.Interface + " is that of network " + o.Name, Fix: "name another one"})
			}
		}
		p.Plan.Networks = append(p.Plan.Networks, net)
		p.Names = append(p.Names, e.list.Name)
	}
	chooseDefault(ends, p.Plan.Networks)
	leadHome(p.Plan.Names.Extra, p.Plan.Networks)
	p.Plan.Ports, p.Warnings = n.ports(p.Plan.Networks, ports, &errs)
	if len(errs) > 0 {
		return Planned{}, errs
	}
	return p, nil
}

// lacking refuses a network whose plugins are not on this host.
func lacking(i int, n wire.Network, dirs []string) api.FieldErrors {
	missing, err := plugin.Missing(n.File, dirs)
	switch {
	case err != nil:
		return api.FieldErrors{{Field: "network", Index: i, Value: n.Name, Reason: err.Error()}}
	case len(missing) > 0:
		return api.FieldErrors{{Field: "network", Index: i, Value: n.Name,
			Reason: "another program has laid it out, and its CNI plugins are not here: " + strings.Join(missing, ", "),
			Fix:    "install them in one of " + strings.Join(dirs, ", ")}}
	}
	return nil
}

// end is one network that a request names.
type end struct {
	list     conflist.List
	settings *network.EndpointSettings // nil: none
}

// ends are the networks of a request in the order of its interfaces.
func (n *Networks) ends(req api.CreateRequest) ([]end, error) {
	settings := map[string]*network.EndpointSettings{}
	if req.NetworkingConfig != nil {
		settings = req.NetworkingConfig.EndpointsConfig
	}
	var all []end
	var errs api.FieldErrors
	for i, name := range option.Networks(req) {
		l, err := n.list(name)
		if _, none := errors.AsType[*api.NotFoundError](err); none {
			errs = append(errs, api.FieldError{Field: "network", Index: i, Value: name, Reason: "there is no such network", Fix: "make it with gantry network create " + name})
			continue
		}
		if err != nil {
			return nil, err
		}
		s := settings[name]
		if s == nil && name == DefaultName {
			s = settings["default"]
		}
		if slices.ContainsFunc(all, func(o end) bool { return o.list.Name == l.Name }) {
			errs = append(errs, api.FieldError{Field: "network", Index: i, Value: name, Reason: "it is network " + l.Name + ", which is named already", Fix: "name it once"})
			continue
		}
		all = append(all, end{l, s})
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return all, nil
}

func (n *Networks) list(name string) (conflist.List, error) {
	if name == DefaultName {
		return n.defaultList()
	}
	return n.find(name)
}

// ask puts what an endpoint is asked to have into a network of a plan.
func ask(to *wire.Network, e end) (errs api.FieldErrors) {
	if e.settings == nil {
		return nil
	}
	refuse := func(field, value, reason, fix string) {
		errs = append(errs, api.FieldError{Field: field, Value: value, Reason: reason, Fix: fix})
	}
	for _, a := range e.settings.Aliases {
		if a != "" && !slices.Contains(to.Aliases, a) {
			to.Aliases = append(to.Aliases, a)
		}
	}
	if len(e.settings.MacAddress) > 0 {
		mac := net.HardwareAddr(e.settings.MacAddress)
		switch {
		case len(mac) != 6 || mac[0]&1 != 0:
			refuse("mac-address", mac.String(), "this is not the address of one interface", "write six pairs of digits, the first one even")
		case to.Driver == wire.Ipvlan:
			refuse("mac-address", mac.String(), "on an ipvlan network all containers have the address of the parent", "leave it out")
		}
		to.MAC = mac.String()
	}
	dress(to, e.settings.DriverOpts)
	if e.settings.IPAMConfig == nil {
		return errs
	}
	to.LinkLocal = e.settings.IPAMConfig.LinkLocalIPs
	if to.Driver == wire.Plugin && len(to.LinkLocal) > 0 {
		refuse("link-local-ip", to.LinkLocal[0].String(), "network "+to.Name+" is set up by CNI plugins, which give none", "leave it out")
	}
	for field, a := range map[string]netip.Addr{"ip": e.settings.IPAMConfig.IPv4Address, "ip6": e.settings.IPAMConfig.IPv6Address} {
		if !a.IsValid() {
			continue
		}
		if reason, fix := misplaced(*to, a); reason != "" {
			refuse(field, a.String(), reason, fix)
		}
		to.Addresses = append(to.Addresses, a)
	}
	slices.SortFunc(to.Addresses, netip.Addr.Compare)
	return errs
}

// dress carries out the options of an endpoint, which option has checked.
func dress(to *wire.Network, opts map[string]string) {
	if name := opts[option.OptionInterface]; name != "" {
		to.Interface = name
	}
	for text := range strings.SplitSeq(opts[option.OptionSysctls], ",") {
		key, value, ok := strings.Cut(text, "=")
		if !ok {
			continue
		}
		name := strings.Split(key, ".")[1:] // they are all of net
		for i := range name {
			if name[i] == "IFNAME" {
				name[i] = to.Interface
			}
		}
		to.Sysctls = append(to.Sysctls, wire.Sysctl{Name: name, Value: value})
	}
}

// misplaced says why a network cannot give an address to a container.
func misplaced(n wire.Network, a netip.Addr) (reason, fix string) {
	var subnets []string
	for _, set := range n.Sets {
		for _, r := range set {
			switch {
			case a == r.Gateway:
				return "this is the gateway of network " + n.Name, "choose another address"
			case r.Subnet.Contains(a) && !a.Less(r.Start) && !r.End.Less(a):
				return "", ""
			case r.Subnet.Contains(a):
				return fmt.Sprintf("network %s gives addresses from %s to %s", n.Name, r.Start, r.End), "choose one of them"
			case r.Subnet.Addr().Is4() == a.Is4():
				subnets = append(subnets, r.Subnet.String())
			}
		}
	}
	if len(subnets) == 0 && a.Is6() {
		return fmt.Sprintf("network %s is without IPv6", n.Name), "make one with --ipv6"
	}
	return fmt.Sprintf("network %s has the subnet %s", n.Name, strings.Join(subnets, ", ")), "choose an address in it"
}

// chooseDefault has the default routes go by the network with the highest priority, the
// first of those that lead out; networks with plugins see to it themselves.
func chooseDefault(ends []end, nets []wire.Network) {
	best, at := 0, -1
	for i, e := range ends {
		priority := 0
		if e.settings != nil {
			priority = e.settings.GwPriority
		}
		if !nets[i].Internal && nets[i].Driver != wire.Plugin && (at < 0 || priority > best) {
			best, at = priority, i
		}
	}
	if at >= 0 {
		nets[at].Default = true
	}
}

// extraHosts reads "name:address" and "name=address"; the address may be host-gateway.
func extraHosts(list []string) map[string]string {
	m := map[string]string{}
	for _, h := range list {
		if i := strings.IndexAny(h, "=:"); i > 0 && i < len(h)-1 {
			m[h[:i]] = strings.Trim(h[i+1:], "[]")
		}
	}
	return m
}

// leadHome puts this host's address where host-gateway stands: the gateway of the network
// that the default routes go through, else of the first that has one. Where none is known
// it stays, for whoever sets the networks up.
func leadHome(extra map[string]string, nets []wire.Network) {
	ordered := slices.Clone(nets)
	slices.SortStableFunc(ordered, func(a, b wire.Network) int { return rank(a) - rank(b) })
	for _, n := range ordered {
		for _, set := range n.Sets {
			for _, r := range set {
				if !r.Gateway.IsValid() || n.Driver == wire.Macvlan || n.Driver == wire.Ipvlan {
					continue
				}
				for name, addr := range extra {
					if addr == hostGateway {
						extra[name] = r.Gateway.String()
					}
				}
				return
			}
		}
	}
}

// hostGateway stands for this host's address in --add-host.
const hostGateway = "host-gateway"

func rank(n wire.Network) int {
	if n.Default {
		return 0
	}
	return 1
}

// links reads "container:alias" and "container".
func links(list []string, cfg *network.NetworkingConfig) map[string]string {
	m := map[string]string{}
	if cfg != nil {
		for _, e := range cfg.EndpointsConfig {
			if e != nil {
				list = append(slices.Clone(list), e.Links...)
			}
		}
	}
	for _, l := range list {
		target, alias, ok := strings.Cut(strings.TrimPrefix(l, "/"), ":")
		if !ok {
			alias = target
		}
		m[alias] = target
	}
	return m
}
