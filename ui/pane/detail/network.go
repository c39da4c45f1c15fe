package detail

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"gantry/ui/widget/facts"
)

// Addresses are a container's addresses on its networks, by the networks' names.
func Addresses(in *container.InspectResponse) []string {
	if in == nil || in.NetworkSettings == nil {
		return nil
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(in.NetworkSettings.Networks)) {
		e := in.NetworkSettings.Networks[name]
		for _, a := range []netip.Addr{e.IPAddress, e.GlobalIPv6Address} {
			if a.IsValid() {
				out = append(out, a.String())
			}
		}
	}
	return out
}

// networkLines are how the container is reached and what it has of the host: networks,
// ports, mounts.
func (p *Pane) networkLines(width int) []string {
	if p.facts == nil {
		return p.trouble(width)
	}
	return facts.Lines(p.env.Styles, []facts.Section{
		{Title: "Networks", None: "none", Rows: p.networks()},
		{Title: "Ports", None: "none is published", Rows: p.ports()},
		{Title: "Mounts", None: "none", Rows: p.mounts()},
	}, width)
}

func (p *Pane) networks() []facts.Row {
	var out []facts.Row
	in := p.facts
	if in.HostConfig != nil && len(in.HostConfig.NetworkMode) > 0 && (in.HostConfig.NetworkMode.IsHost() || in.HostConfig.NetworkMode.IsContainer()) {
		out = append(out, facts.Of(string(in.HostConfig.NetworkMode), "shares it"))
	}
	if in.NetworkSettings == nil {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(in.NetworkSettings.Networks)) {
		e := in.NetworkSettings.Networks[name]
		if e == nil {
			e = &network.EndpointSettings{}
		}
		var about []string
		for _, a := range []struct {
			ip   netip.Addr
			bits int
		}{{e.IPAddress, e.IPPrefixLen}, {e.GlobalIPv6Address, e.GlobalIPv6PrefixLen}} {
			if a.ip.IsValid() {
				about = append(about, fmt.Sprintf("%s/%d", a.ip, a.bits))
			}
		}
		if len(about) == 0 && in.State != nil && !in.State.Running {
			about = append(about, "no address while it does not run")
		}
		out = append(out, facts.Of(name, strings.Join(about, "  ")))
		if e.Gateway.IsValid() {
			out = append(out, facts.Of("", "gateway "+e.Gateway.String()))
		}
		if mac := e.MacAddress.String(); mac != "" {
			out = append(out, facts.Of("", mac))
		}
		if names := slices.Compact(slices.Sorted(slices.Values(slices.Concat(e.Aliases, e.DNSNames)))); len(names) > 0 {
			out = append(out, facts.Of("", "as "+strings.Join(names, ", ")))
		}
	}
	return out
}

func (p *Pane) ports() []facts.Row {
	in := p.facts
	var all network.PortMap
	if in.NetworkSettings != nil {
		all = in.NetworkSettings.Ports
	}
	if len(all) == 0 && in.HostConfig != nil {
		all = in.HostConfig.PortBindings
	}
	inside := slices.Collect(maps.Keys(all))
	slices.SortFunc(inside, func(a, b network.Port) int {
		return cmp.Or(cmp.Compare(a.Num(), b.Num()), cmp.Compare(a.String(), b.String()))
	})
	var out []facts.Row
	for _, port := range inside {
		if len(all[port]) == 0 {
			out = append(out, facts.Of(port.String(), "not published"))
		}
		for _, b := range all[port] {
			from := "all addresses"
			if b.HostIP.IsValid() && !b.HostIP.IsUnspecified() {
				from = b.HostIP.String()
			} else if b.HostIP.Is6() {
				from = "all IPv6 addresses"
			}
			out = append(out, facts.Of(cmp.Or(b.HostPort, "?")+" "+p.env.Styles.Glyphs.Arrow+" "+port.String(), from))
		}
	}
	return out
}

func (p *Pane) mounts() []facts.Row {
	var out []facts.Row
	for _, m := range p.facts.Mounts {
		what := string(m.Type)
		switch {
		case m.Name != "":
			what += " " + m.Name
		case m.Source != "":
			what += " " + m.Source
		}
		if !m.RW {
			what += ", read only"
		}
		out = append(out, facts.Of(m.Destination, what))
	}
	return out
}
