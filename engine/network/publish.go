package network

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
	"gantry/engine/network/port"
	"gantry/engine/network/wire"
)

// localPorts is where the kernel says which ports it gives away itself.
const localPorts = "/proc/sys/net/ipv4/ip_local_port_range"

// Publish finds the host's ports for a request: those it names, free ones from the range
// it names, and free ones where it names none. exposed are the ports that the image and
// --expose declare, which --publish-all publishes. taken are those of other containers,
// running or not, so that each may be started later. What cannot be had comes as
// api.FieldErrors.
func Publish(req api.CreateRequest, exposed network.PortSet, taken []port.Published) ([]api.Port, error) {
	if req.HostConfig == nil {
		return nil, nil
	}
	p := publishing{}
	for _, t := range taken {
		p.avoid = append(p.avoid, t.Port)
	}
	bindings := req.HostConfig.PortBindings
	index := 0
	for _, c := range sorted(bindings) {
		for _, b := range bindings[c] {
			p.add(index, c, b)
			index++
		}
	}
	if req.HostConfig.PublishAllPorts {
		for _, c := range sorted(exposed) {
			if len(bindings[c]) == 0 {
				p.add(index, c, network.PortBinding{})
				index++
			}
		}
	}
	p.fill()
	if len(p.errs) > 0 {
		return nil, p.errs
	}
	ports := make([]api.Port, len(p.ports))
	for i, w := range p.ports {
		ports[i] = fromWire(w)
	}
	return ports, nil
}

func sorted[V any](m map[network.Port]V) []network.Port {
	var all []network.Port
	for p := range m {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b network.Port) int {
		return cmp.Or(cmp.Compare(a.Num(), b.Num()), cmp.Compare(a.Proto(), b.Proto()))
	})
	return all
}

// publishing collects ports: first those that are fixed, then the others, lest one of
// these is given what is asked for by name further on.
type publishing struct {
	ports []wire.Port
	avoid []wire.Port
	open  []open
	errs  api.FieldErrors
}

// open is a port that is still to be found.
type open struct {
	index, at   int // in the request, in ports
	first, last uint16
	text        string
}

func (p *publishing) add(index int, c network.Port, b network.PortBinding) {
	w := wire.Port{HostIP: b.HostIP, Container: c.Num(), Protocol: string(c.Proto())}
	text := strings.Trim(fmt.Sprintf("%s:%s", b.HostPort, c), ":")
	first, last, err := hostRange(b.HostPort)
	if err != nil {
		p.errs = append(p.errs, api.FieldError{Field: "publish", Index: index, Value: text, Reason: err.Error()})
		return
	}
	if first != 0 && first == last {
		w.Host = first
	} else {
		p.open = append(p.open, open{index, len(p.ports), first, last, text})
	}
	p.ports = append(p.ports, w)
}

// hostRange reads "", "8080" or "8000-8010"; 0 is no port named.
func hostRange(s string) (first, last uint16, err error) {
	if s == "" || s == "0" {
		return 0, 0, nil
	}
	from, to, ranged := strings.Cut(s, "-")
	if !ranged {
		to = from
	}
	a, err1 := strconv.ParseUint(from, 10, 16)
	b, err2 := strconv.ParseUint(to, 10, 16)
	if err1 != nil || err2 != nil || a == 0 || b < a {
		return 0, 0, fmt.Errorf("%q is no port and no range of ports", s)
	}
	return uint16(a), uint16(b), nil
}

func (p *publishing) fill() {
	avoid := append(slices.Clone(p.avoid), p.ports...)
	for _, o := range p.open {
		w := &p.ports[o.at]
		first, last := o.first, o.last
		if first == 0 {
			first, last = port.Range(localPorts)
		}
		n, err := port.Free(w.HostIP, w.Protocol, first, last, false, avoid)
		if err != nil {
			p.errs = append(p.errs, api.FieldError{Field: "publish", Index: o.index, Value: o.text, Reason: err.Error()})
			continue
		}
		w.Host = n
		avoid = append(avoid, *w)
	}
}

func fromWire(w wire.Port) api.Port {
	ip := "0.0.0.0" // as nerdctl writes it
	if w.HostIP.IsValid() {
		ip = w.HostIP.String()
	}
	return api.Port{HostIP: ip, HostPort: w.Host, ContainerPort: w.Container, Protocol: w.Protocol}
}

// ToWire is a port as it stands in a plan. nerdctl's 0.0.0.0 is every address of the
// host, of IPv6 too where the network has it.
func ToWire(p api.Port) wire.Port {
	w := wire.Port{Host: p.HostPort, Container: p.ContainerPort, Protocol: p.Protocol}
	if a, err := netip.ParseAddr(p.HostIP); err == nil && a != netip.IPv4Unspecified() {
		w.HostIP = a
	}
	return w
}

// ports of a plan, with what the networks cannot do refused or warned about.
func (n *Networks) ports(nets []wire.Network, ports []api.Port, errs *api.FieldErrors) (ws []wire.Port, warnings []string) {
	var v6, out bool
	for _, net := range nets {
		if net.Internal {
			continue
		}
		if net.Driver == wire.Bridge && !out {
			out = true
			for _, set := range net.Sets {
				v6 = v6 || len(set) > 0 && set[0].Subnet.Addr().Is6()
			}
		}
		if net.Driver == wire.Plugin {
			// Its plugins see to the ports.
			out, v6 = true, true
		}
	}
	if len(ports) > 0 && !out {
		return nil, []string{"Ports are published by bridge networks only, and not by internal ones: they are left out."}
	}
	for i, p := range ports {
		w := ToWire(p)
		value := fmt.Sprintf("%s:%d/%s", w, p.ContainerPort, p.Protocol)
		switch {
		case w.HostIP.Is6() && w.HostIP.IsLoopback():
			*errs = append(*errs, api.FieldError{Field: "publish", Index: i, Value: value, Reason: "the kernel leads nothing from ::1 into a container", Fix: "publish it on 127.0.0.1"})
		case w.HostIP.Is6() && !v6:
			*errs = append(*errs, api.FieldError{Field: "publish", Index: i, Value: value, Reason: "the network is without IPv6", Fix: "use a network made with --ipv6"})
		default:
			ws = append(ws, w)
		}
	}
	return ws, nil
}
