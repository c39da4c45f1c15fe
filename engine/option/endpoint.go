package option

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
)

// endpoint are the rows about the container's place on its first network.
func endpoint() []row {
	return []row{
		{
			Option: Option{
				Key: KeyNetworkAlias, Aliases: []string{"net-alias"}, Label: "Aliases", Section: SectionNetwork, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "db", Help: "Further name of the container on its network",
			},
			put: func(b *build, v string) {
				if !networkName().MatchString(v) {
					b.refuse("is not a host's name", nameFix)
					return
				}
				b.end().Aliases = append(b.end().Aliases, v)
			},
			take: func(r *api.CreateRequest) []string { return slices.Clone(endOf(r).Aliases) },
		},
		{
			Option: Option{
				Key: KeyLink, Label: "Links", Section: SectionNetwork, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "postgres:db", Help: "Reach a container of the same network by a further name: CONTAINER[:ALIAS]",
			},
			put:  putLink,
			take: func(r *api.CreateRequest) []string { return slices.Concat(endOf(r).Links, r.HostConfig.Links) },
		},
		address(KeyIP, "IPv4", "an IPv4 address", "10.4.0.40", "Give the container this IPv4 address on its network", netip.Addr.Is4,
			func(c *network.EndpointIPAMConfig) []netip.Addr { return []netip.Addr{c.IPv4Address} }),
		address(KeyIP6, "IPv6", "an IPv6 address", "fd00:4::40", "Give the container this IPv6 address on its network", netip.Addr.Is6,
			func(c *network.EndpointIPAMConfig) []netip.Addr { return []netip.Addr{c.IPv6Address} }),
		address(KeyLinkLocalIP, "Link-local", "a link-local address", "169.254.10.1", "Give the container this link-local address too", netip.Addr.IsLinkLocalUnicast,
			func(c *network.EndpointIPAMConfig) []netip.Addr { return c.LinkLocalIPs }),
		{
			Option: Option{
				Key: KeyMacAddress, Label: "MAC address", Section: SectionNetwork, Kind: KindText, Form: true,
				Value: "string", Example: "02:42:0a:04:00:28", Help: "Give the container's interface this MAC address",
			},
			put: func(b *build, v string) {
				mac, ok := readMAC(v)
				if !ok {
					b.refuse("is not the address of an interface", macFix)
					return
				}
				b.end().MacAddress = mac
			},
			take: func(r *api.CreateRequest) []string { return text(endOf(r).MacAddress.String()) },
		},
	}
}

// putLink reads CONTAINER, or CONTAINER:ALIAS.
func putLink(b *build, v string) {
	target, alias, _ := strings.Cut(v, ":")
	if alias == "" {
		alias = strings.TrimPrefix(target, "/")
	}
	switch {
	case !containerName().MatchString(target):
		b.refuse("names no container", "write it like postgres:db")
	case !networkName().MatchString(alias):
		b.refuse("has an alias that is not a host's name", nameFix)
	default:
		b.end().Links = append(b.end().Links, v)
	}
}

// address is the row of addresses of one kind, which is named with its article.
func address(key Key, label, kind, example, help string, fits func(netip.Addr) bool, of func(*network.EndpointIPAMConfig) []netip.Addr) row {
	return row{
		Option: Option{Key: key, Label: label, Section: SectionNetwork, Kind: KindText, Repeat: key == KeyLinkLocalIP, Form: true, Value: "string", Example: example, Help: help},
		put: func(b *build, v string) {
			a, err := netip.ParseAddr(v)
			if err != nil || !fits(a) || a.Zone() != "" {
				b.refuse("is not "+kind, "write it like "+example)
				return
			}
			putAddress(b.end(), string(key), a)
		},
		take: func(r *api.CreateRequest) (out []string) {
			c := endOf(r).IPAMConfig
			if c == nil {
				return nil
			}
			for _, a := range of(c) {
				if a.IsValid() {
					out = append(out, a.String())
				}
			}
			return out
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
func endOf(r *api.CreateRequest) *network.EndpointSettings { return settingsOf(r, Networks(*r)[0]) }

// ofEndpoint are the options of the first network.
var ofEndpoint = []Key{KeyNetworkAlias, KeyLink, KeyIP, KeyIP6, KeyLinkLocalIP, KeyMacAddress}

// ofOwn are those that mean nothing to who has another container's network.
var ofOwn = []Key{KeyHostname, KeyDomainname, KeyPublish, KeyPublishAll, KeyExpose, KeyDNS, KeyDNSSearch, KeyDNSOption, KeyAddHost}

// acrossNetwork puts what was asked of the networks into the request.
func (b *build) acrossNetwork(d Draft) {
	mode := b.host.NetworkMode
	if alone(string(mode)) {
		keys := ofEndpoint
		if mode.IsContainer() {
			keys = slices.Concat(ofOwn, ofEndpoint)
		}
		for _, k := range keys {
			if v := d.values(k); len(v) > 0 && v[0] != "false" {
				b.refuseAt(k, 0, v[0], "means nothing with --network "+string(mode), "leave it out, or name another network")
			}
		}
		if mode.IsNone() {
			for i, v := range d.values(KeyAddHost) {
				if strings.HasSuffix(v, hostGateway) {
					b.refuseAt(KeyAddHost, i, v, "has no way to the host with --network none", "write an address, or name another network")
				}
			}
		}
		return
	}
	if len(b.nets) == 0 {
		b.nets = []asked{{name: string(mode)}}
	}
	if b.nets[0].name == string(defaultNetwork) {
		for i, v := range d.values(KeyLink) {
			b.warnAt(KeyLink, i, v, "makes a name only: the variables that links set on the default network are left out", "")
		}
	}
	b.mergeFirst(d)
	ends := map[string]*network.EndpointSettings{}
	for _, n := range b.nets {
		if n.settings != nil || len(b.nets) > 1 {
			ends[n.name] = n.settings
		}
	}
	if len(ends) == 0 {
		return
	}
	b.req.NetworkingConfig = &network.NetworkingConfig{EndpointsConfig: ends}
	for _, n := range b.nets[1:] {
		if len(b.nets) > 2 {
			b.req.NetworkOrder = append(b.req.NetworkOrder, n.name)
		}
	}
}

// mergeFirst puts what flags ask of the first network to what its own fields ask of it.
func (b *build) mergeFirst(d Draft) {
	if b.first == nil {
		return
	}
	first := &b.nets[0]
	if first.settings == nil {
		first.settings = b.first
		return
	}
	s, config := first.settings, first.settings.IPAMConfig
	if config == nil {
		config = &network.EndpointIPAMConfig{}
	}
	for _, c := range []struct {
		key   Key
		field string
		has   bool
	}{
		{KeyNetworkAlias, "alias", len(s.Aliases) > 0},
		{KeyIP, "ip", config.IPv4Address.IsValid()},
		{KeyIP6, "ip6", config.IPv6Address.IsValid()},
		{KeyLinkLocalIP, "link-local-ip", len(config.LinkLocalIPs) > 0},
		{KeyMacAddress, "mac-address", len(s.MacAddress) > 0},
	} {
		if v := d.values(c.key); c.has && len(v) > 0 {
			b.refuseAt(c.key, 0, v[0], fmt.Sprintf("is given twice: by --%s, and by %s= of the network %s", c.key, c.field, first.name), "leave one of them out")
		}
	}
	merged := *b.first
	merged.GwPriority, merged.DriverOpts = s.GwPriority, s.DriverOpts
	merged.Aliases = append(merged.Aliases, s.Aliases...)
	if len(s.MacAddress) > 0 {
		merged.MacAddress = s.MacAddress
	}
	if s.IPAMConfig != nil {
		if merged.IPAMConfig == nil {
			merged.IPAMConfig = &network.EndpointIPAMConfig{}
		}
		if config.IPv4Address.IsValid() {
			merged.IPAMConfig.IPv4Address = config.IPv4Address
		}
		if config.IPv6Address.IsValid() {
			merged.IPAMConfig.IPv6Address = config.IPv6Address
		}
		merged.IPAMConfig.LinkLocalIPs = append(merged.IPAMConfig.LinkLocalIPs, config.LinkLocalIPs...)
	}
	first.settings = &merged
}
