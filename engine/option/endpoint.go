package option

import (
	"net"
	"net/netip"
	"slices"

	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
)

// endpoint are the rows about the container's place on its network.
func endpoint() []row {
	return []row{
		{
			Option: Option{
				Key: KeyNetworkAlias, Aliases: []string{"net-alias"}, Label: "Aliases", Section: SectionNetwork, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "db", Help: "Further name of the container on its network",
			},
			put: func(b *build, v string) {
				if !networkName.MatchString(v) {
					b.refuse("is not a host's name", "letters, digits, _ . and -, the first one a letter or digit")
					return
				}
				b.end().Aliases = append(b.end().Aliases, v)
			},
			take: func(r *api.CreateRequest) []string { return slices.Clone(endOf(r).Aliases) },
		},
		address(KeyIP, "IPv4 address", "10.4.0.40", "Give the container this IPv4 address on its network", netip.Addr.Is4,
			func(c *network.EndpointIPAMConfig) *netip.Addr { return &c.IPv4Address }),
		address(KeyIP6, "IPv6 address", "fd00:4::40", "Give the container this IPv6 address on its network", netip.Addr.Is6,
			func(c *network.EndpointIPAMConfig) *netip.Addr { return &c.IPv6Address }),
		{
			Option: Option{
				Key: KeyMacAddress, Label: "MAC address", Section: SectionNetwork, Kind: KindText,
				Value: "string", Example: "02:42:0a:04:00:28", Help: "Give the container's interface this MAC address",
			},
			put: func(b *build, v string) {
				mac, err := net.ParseMAC(v)
				if err != nil || len(mac) != 6 || mac[0]&1 != 0 {
					b.refuse("is not the address of an interface", "write six pairs of hex digits, the first one even: 02:42:0a:04:00:28")
					return
				}
				b.end().MacAddress = network.HardwareAddr(mac)
			},
			take: func(r *api.CreateRequest) []string { return text(endOf(r).MacAddress.String()) },
		},
	}
}

// address is the row of an address of one family.
func address(key Key, label, example, help string, fits func(netip.Addr) bool, of func(*network.EndpointIPAMConfig) *netip.Addr) row {
	return row{
		Option: Option{Key: key, Label: label, Section: SectionNetwork, Kind: KindText, Value: "string", Example: example, Help: help},
		put: func(b *build, v string) {
			a, err := netip.ParseAddr(v)
			if err != nil || !fits(a) || a.Zone() != "" {
				b.refuse("is not an "+label, "write it like "+example)
				return
			}
			e := b.end()
			if e.IPAMConfig == nil {
				e.IPAMConfig = &network.EndpointIPAMConfig{}
			}
			*of(e.IPAMConfig) = a
		},
		take: func(r *api.CreateRequest) []string {
			c := endOf(r).IPAMConfig
			if c == nil || !of(c).IsValid() {
				return nil
			}
			return []string{of(c).String()}
		},
	}
}

// end is what the container's first network is asked for; which one that is, is known when
// all options are read.
func (b *build) end() *network.EndpointSettings {
	if b.first == nil {
		b.first = &network.EndpointSettings{}
	}
	return b.first
}

// endOf is the same of a request.
func endOf(r *api.CreateRequest) *network.EndpointSettings {
	if r.NetworkingConfig != nil {
		if e := r.NetworkingConfig.EndpointsConfig[string(r.HostConfig.NetworkMode)]; e != nil {
			return e
		}
	}
	return &network.EndpointSettings{}
}

// acrossNetwork puts what was asked of the first network to it.
func (b *build) acrossNetwork(d Draft) {
	if b.first == nil {
		return
	}
	mode := b.host.NetworkMode
	if mode.IsHost() || mode.IsNone() {
		for _, k := range []Key{KeyNetworkAlias, KeyIP, KeyIP6, KeyMacAddress} {
			if v := d.values(k); len(v) > 0 {
				b.refuseAt(k, 0, v[0], "means nothing with --network "+string(mode), "leave it out, or name another network")
			}
		}
		return
	}
	b.req.NetworkingConfig = &network.NetworkingConfig{EndpointsConfig: map[string]*network.EndpointSettings{string(mode): b.first}}
}
