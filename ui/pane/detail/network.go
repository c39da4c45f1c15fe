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

	"gantry/ui/kit"
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
	var out []string
	section := func(title, none string, rows [][2]string) {
		if len(out) > 0 {
			out = append(out, "")
		}
		out = append(out, " "+p.env.Styles.Strong.Render(title))
		if len(rows) == 0 {
			rows = [][2]string{{none, ""}}
		}
		out = append(out, p.pairs(rows, width)...)
	}
	section("Networks", "none", p.networks())
	section("Ports", "none is published", p.ports())
	section("Mounts", "none", p.mounts())
	return out
}

// pairs are rows of two columns. What does not fit beside its name stands below it.
func (p *Pane) pairs(rows [][2]string, width int) []string {
	st, first := p.env.Styles, 0
	for _, r := range rows {
		first = max(first, min(kit.Width(kit.Clean(r[0])), max(8, width/2)))
	}
	var out []string
	for _, r := range rows {
		a, b := kit.Clean(r[0]), kit.Clean(r[1])
		switch room := width - first - 5; {
		case b == "":
			out = append(out, "   "+st.Text.Render(kit.Truncate(a, width-4, st.Glyphs.Ellipsis)))
		case kit.Width(a) <= first && kit.Width(b) <= room:
			out = append(out, "   "+st.Text.Render(kit.Pad(a, first))+"  "+st.Muted.Render(b))
		default:
			if a != "" {
				out = append(out, "   "+st.Text.Render(kit.Truncate(a, width-4, st.Glyphs.Ellipsis)))
			}
			for _, l := range kit.Wrap(b, max(1, width-6)) {
				out = append(out, "     "+st.Muted.Render(l))
			}
		}
	}
	return out
}

func (p *Pane) networks() [][2]string {
	var out [][2]string
	in := p.facts
	if in.HostConfig != nil && len(in.HostConfig.NetworkMode) > 0 && (in.HostConfig.NetworkMode.IsHost() || in.HostConfig.NetworkMode.IsContainer()) {
		out = append(out, [2]string{string(in.HostConfig.NetworkMode), "shares it"})
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
		switch {
		case len(about) == 0 && in.State != nil && !in.State.Running:
			about = append(about, "no address while it does not run")
		case e.Gateway.IsValid():
			about = append(about, "gateway "+e.Gateway.String())
		}
		out = append(out, [2]string{name, strings.Join(about, "  ")})
		if mac := e.MacAddress.String(); mac != "" {
			out = append(out, [2]string{"", mac})
		}
		if names := slices.Compact(slices.Sorted(slices.Values(slices.Concat(e.Aliases, e.DNSNames)))); len(names) > 0 {
			out = append(out, [2]string{"", "as " + strings.Join(names, ", ")})
		}
	}
	return out
}

func (p *Pane) ports() [][2]string {
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
	var out [][2]string
	for _, port := range inside {
		if len(all[port]) == 0 {
			out = append(out, [2]string{port.String(), "not published"})
		}
		for _, b := range all[port] {
			from := "all addresses"
			if b.HostIP.IsValid() && !b.HostIP.IsUnspecified() {
				from = b.HostIP.String()
			} else if b.HostIP.Is6() {
				from = "all IPv6 addresses"
			}
			out = append(out, [2]string{cmp.Or(b.HostPort, "?") + " " + p.env.Styles.Glyphs.Arrow + " " + port.String(), from})
		}
	}
	return out
}

func (p *Pane) mounts() [][2]string {
	var out [][2]string
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
		out = append(out, [2]string{m.Destination, what})
	}
	return out
}
