package option

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"

	"gantry/engine/api"
)

// hostGateway stands for this host's address in --add-host.
const hostGateway = "host-gateway"

// resolving are the rows about names: who the container asks, and what it knows itself.
func resolving() []row {
	return []row{
		{
			Option: Option{
				Key: KeyDNS, Label: "DNS servers", Section: SectionNetwork, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "10.0.0.53", Help: "Ask this DNS server, not those of the host",
			},
			put: func(b *build, v string) {
				a, err := netip.ParseAddr(v)
				if err != nil {
					b.refuse("is not an IP address", "write it like 10.0.0.53")
					return
				}
				b.host.DNS = append(b.host.DNS, a)
			},
			take: func(r *api.CreateRequest) (out []string) {
				for _, a := range r.HostConfig.DNS {
					out = append(out, a.String())
				}
				return out
			},
		},
		{
			Option: Option{
				Key: KeyDNSSearch, Label: "DNS search", Section: SectionNetwork, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "example.org", Help: "Domain in which short names are looked up; . for none",
			},
			put:  putSearch,
			take: func(r *api.CreateRequest) []string { return slices.Clone(r.HostConfig.DNSSearch) },
		},
		{
			Option: Option{
				Key: KeyDNSOption, Aliases: []string{"dns-opt"}, Label: "DNS options", Section: SectionNetwork, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "ndots:2", Help: "Option of the resolver, as in resolv.conf",
			},
			put: func(b *build, v string) {
				if v == "" || strings.ContainsAny(v, " \t\r\n") {
					b.refuse("is not one option of the resolver", "write it like ndots:2")
					return
				}
				b.host.DNSOptions = append(b.host.DNSOptions, v)
			},
			take: func(r *api.CreateRequest) []string { return slices.Clone(r.HostConfig.DNSOptions) },
		},
		{
			Option: Option{
				Key: KeyAddHost, Label: "Hosts", Section: SectionNetwork, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "db.local:10.0.0.7", Help: "Put a name into /etc/hosts: NAME:ADDRESS; host-gateway stands for this host",
			},
			put:  putAddHost,
			take: func(r *api.CreateRequest) []string { return slices.Clone(r.HostConfig.ExtraHosts) },
		},
		{
			Option: Option{
				Key: KeyDomainname, Label: "Domain", Section: SectionNetwork, Kind: KindText, Form: true,
				Value: "string", Example: "example.org", Help: "Domain of the container's host name",
			},
			put: func(b *build, v string) {
				if len(v) > maxHostname || !domain().MatchString(v) {
					b.refuse("is not the name of a domain", "write it like example.org")
					return
				}
				b.config.Domainname = v
			},
			take: func(r *api.CreateRequest) []string { return text(r.Config.Domainname) },
		},
	}
}

// domain is Docker's rule for domains that are searched.
var domain = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$`)
})

func putSearch(b *build, v string) {
	if v != "." && (len(v) > 255 || !domain().MatchString(v)) {
		b.refuse("is not the name of a domain", "write it like example.org, or . for none")
		return
	}
	b.host.DNSSearch = append(b.host.DNSSearch, v)
}

// putAddHost takes NAME:ADDRESS and NAME=ADDRESS; an IPv6 address may stand in brackets.
func putAddHost(b *build, v string) {
	i := strings.IndexAny(v, "=:")
	if i <= 0 {
		b.refuse("has no name with an address", "write it like db.local:10.0.0.7")
		return
	}
	name, addr := v[:i], v[i+1:]
	if strings.ContainsAny(name, " \t\r\n#") {
		b.refuse("has a name with blanks in it", "write it like db.local:10.0.0.7")
		return
	}
	if len(addr) > 2 && addr[0] == '[' && addr[len(addr)-1] == ']' {
		addr = addr[1 : len(addr)-1]
	}
	if addr != hostGateway {
		if _, err := netip.ParseAddr(addr); err != nil {
			b.refuse("has no IP address behind the name", "write it like db.local:10.0.0.7, or db.local:host-gateway for this host")
			return
		}
	}
	b.host.ExtraHosts = append(b.host.ExtraHosts, name+":"+addr)
}
