package option

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
)

// ports are the rows about what is reached from outside.
func ports() []row {
	return []row{
		{
			Option: Option{
				Key: KeyPublish, Short: "p", Label: "Ports", Section: SectionNetwork, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "8080:80", Help: "Publish a container's port on this host: [[address:]host:]container[/tcp|udp|sctp]",
			},
			put: putPublish, take: takePublish, brief: true,
		},
		{
			Option: Option{
				Key: KeyPublishAll, Short: "P", Label: "Publish all", Note: "ports that the image declares", Section: SectionNetwork, Kind: KindBool, Form: true,
				Default: "false", Help: "Publish all exposed ports on free ports of this host",
			},
			put:  func(b *build, v string) { b.putBool(v, &b.host.PublishAllPorts) },
			take: func(r *api.CreateRequest) []string { return on(r.HostConfig.PublishAllPorts) },
		},
		{
			Option: Option{
				Key: KeyExpose, Label: "Expose", Section: SectionNetwork, Kind: KindText, Repeat: true,
				Value: "list", Example: "80", Help: "Declare a port or range that --publish-all publishes",
			},
			put: putExpose, take: takeExpose,
		},
	}
}

// published is one value of --publish, read: ranges are of one length, or many host ports
// stand for one to be chosen.
type published struct {
	address               netip.Addr // the zero Addr is every address
	host                  string     // "", a port, or a range to choose one from
	hostFirst             uint16     // 0: chosen
	containFirst, contain uint16     // the first one, and how many
	protocol              string
}

func putPublish(b *build, v string) {
	p, reason, fix := readPublish(v)
	if reason != "" {
		b.refuse(reason, fix)
		return
	}
	if b.host.PortBindings == nil {
		b.host.PortBindings = network.PortMap{}
	}
	for i := range p.contain {
		inside := b.expose(p.containFirst+i, p.protocol)
		host := p.host
		if p.hostFirst != 0 {
			host = strconv.Itoa(int(p.hostFirst + i))
		}
		bind := network.PortBinding{HostIP: p.address, HostPort: host}
		if p.hostFirst != 0 && slices.Contains(b.host.PortBindings[inside], bind) {
			continue // the same once more
		}
		b.host.PortBindings[inside] = append(b.host.PortBindings[inside], bind)
	}
}

// expose declares a container's port.
func (b *build) expose(port uint16, protocol string) network.Port {
	p := network.MustParsePort(fmt.Sprintf("%d/%s", port, protocol))
	if b.config.ExposedPorts == nil {
		b.config.ExposedPorts = network.PortSet{}
	}
	b.config.ExposedPorts[p] = struct{}{}
	return p
}

// readPublish reads what Docker takes for --publish.
func readPublish(v string) (p published, reason, fix string) {
	const form = "write it like 8080:80, 127.0.0.1:8080:80 or 8080:80/udp"
	rest, protocol, _ := strings.Cut(v, "/")
	if p.protocol = strings.ToLower(cmp.Or(protocol, "tcp")); !slices.Contains([]string{"tcp", "udp", "sctp"}, p.protocol) {
		return p, "has the protocol " + protocol, "the protocols are tcp, udp and sctp"
	}
	host, inside := "", rest
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		host, inside = rest[:i], rest[i+1:]
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		text := strings.TrimSuffix(strings.TrimPrefix(host[:i], "["), "]")
		a, err := netip.ParseAddr(text)
		if text != "" && (err != nil || a.Zone() != "") {
			return p, fmt.Sprintf("%q is not an address of this host", text), form
		}
		if a != netip.IPv4Unspecified() {
			p.address = a
		}
		host = host[i+1:]
	}
	first, last, ok := portRange(inside)
	if !ok {
		return p, "names no port of the container", form
	}
	p.containFirst, p.contain = first, last-first+1
	if host == "" {
		return p, "", ""
	}
	hostFirst, hostLast, ok := portRange(host)
	switch n := hostLast - hostFirst + 1; {
	case !ok:
		return p, fmt.Sprintf("%q is not a port of this host", host), form
	case n == p.contain:
		p.hostFirst = hostFirst
	case p.contain == 1:
		p.host = host // one of them is chosen
	default:
		return p, fmt.Sprintf("has %d ports of this host for %d of the container", n, p.contain), "give ranges of one length"
	}
	return p, "", ""
}

// portRange reads "80" and "8000-8010".
func portRange(s string) (first, last uint16, ok bool) {
	a, z, ranged := strings.Cut(s, "-")
	if !ranged {
		z = a
	}
	from, err := strconv.ParseUint(a, 10, 16)
	to, zerr := strconv.ParseUint(z, 10, 16)
	return uint16(from), uint16(to), err == nil && zerr == nil && from > 0 && from <= to
}

func takePublish(r *api.CreateRequest) (out []string) {
	for _, inside := range sortedPorts(r.HostConfig.PortBindings) {
		for _, b := range r.HostConfig.PortBindings[inside] {
			text := portText(inside)
			switch {
			case b.HostIP.Is6():
				text = "[" + b.HostIP.String() + "]:" + b.HostPort + ":" + text
			case b.HostIP.IsValid() && b.HostIP != netip.IPv4Unspecified():
				text = b.HostIP.String() + ":" + b.HostPort + ":" + text
			case b.HostPort != "":
				text = b.HostPort + ":" + text
			}
			out = append(out, text)
		}
	}
	return out
}

func portText(p network.Port) string {
	if p.Proto() == network.TCP {
		return strconv.Itoa(int(p.Num()))
	}
	return p.String()
}

func sortedPorts[V any](m map[network.Port]V) []network.Port {
	return slices.SortedFunc(maps.Keys(m), func(a, b network.Port) int {
		return cmp.Or(cmp.Compare(a.Num(), b.Num()), cmp.Compare(a.Proto(), b.Proto()))
	})
}

func putExpose(b *build, v string) {
	text, protocol, _ := strings.Cut(v, "/")
	first, last, ok := portRange(text)
	protocol = strings.ToLower(cmp.Or(protocol, "tcp"))
	if !ok || !slices.Contains([]string{"tcp", "udp", "sctp"}, protocol) {
		b.refuse("is not a port", "write it like 80, 8000-8010 or 53/udp")
		return
	}
	for n := int(first); n <= int(last); n++ {
		b.expose(uint16(n), protocol)
	}
}

func takeExpose(r *api.CreateRequest) (out []string) {
	for _, p := range sortedPorts(r.Config.ExposedPorts) {
		if len(r.HostConfig.PortBindings[p]) == 0 {
			out = append(out, portText(p))
		}
	}
	return out
}

// acrossPorts refuses ports of the host that two of the container's are to have.
func (b *build) acrossPorts(d Draft) {
	type place struct {
		address netip.Addr
		port    string
		proto   network.IPProtocol
	}
	seen := map[place]network.Port{}
	for _, inside := range sortedPorts(b.host.PortBindings) {
		for _, bind := range b.host.PortBindings[inside] {
			at := place{bind.HostIP, bind.HostPort, inside.Proto()}
			if bind.HostPort == "" || strings.Contains(bind.HostPort, "-") {
				continue
			}
			if other, taken := seen[at]; taken {
				b.refuseAt(KeyPublish, publishIndex(d, inside, bind.HostPort), bind.HostPort+":"+portText(inside),
					fmt.Sprintf("this host's port %s goes to the container's %s already", bind.HostPort, portText(other)), "choose another port of this host")
				continue
			}
			seen[at] = inside
		}
	}
}

// publishIndex is the value of --publish that a binding comes from; 0 if it cannot be told.
func publishIndex(d Draft, inside network.Port, host string) int {
	for i, v := range d.values(KeyPublish) {
		if p, reason, _ := readPublish(v); reason == "" && p.protocol == string(inside.Proto()) &&
			p.containFirst <= inside.Num() && inside.Num()-p.containFirst < p.contain &&
			p.hostFirst != 0 && strconv.Itoa(int(p.hostFirst+inside.Num()-p.containFirst)) == host {
			return i
		}
	}
	return 0
}
