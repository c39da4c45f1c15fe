package network

import (
	"maps"
	"net"
	"net/netip"
	"strconv"

	"github.com/moby/moby/api/types/network"

	"gantry/engine/network/conflist"
	"gantry/engine/network/wire"
)

// Member is a running container with what it holds.
type Member struct {
	ID, Name string
	Lease    wire.Lease
}

// Inspect is a network as docker network inspect shows it. members are running
// containers; those on other networks are passed over.
func (n *Networks) Inspect(name string, members []Member) (network.Inspect, error) {
	if name == Host || name == None {
		return network.Inspect{Network: network.Network{Name: name, Driver: name, Scope: "local"}}, nil
	}
	l, err := n.find(name)
	if err != nil {
		return network.Inspect{}, err
	}
	a := describe(l)
	r := network.Inspect{Containers: map[string]network.EndpointResource{}}
	r.Name, r.ID, r.Driver, r.Scope, r.Internal = a.Name, a.ID, a.Driver, "local", a.Internal
	r.Created, r.EnableIPv4, r.EnableIPv6 = a.CreatedAt, true, a.IPv6
	r.Labels, r.Options = maps.Clone(a.Labels), options(l)
	r.IPAM.Driver = "default"
	for _, s := range a.Subnets {
		r.IPAM.Config = append(r.IPAM.Config, network.IPAMConfig{Subnet: s.Prefix, Gateway: s.Gateway, IPRange: s.Range})
	}
	for _, m := range members {
		for _, e := range m.Lease.Endpoints {
			if e.Network == a.Name {
				r.Containers[m.ID] = resource(m.Name, e)
			}
		}
	}
	return r, nil
}

// options by Docker's names.
func options(l conflist.List) map[string]string {
	o := map[string]string{}
	if l.Net.MTU > 0 {
		o["com.docker.network.driver.mtu"] = strconv.Itoa(l.Net.MTU)
	}
	switch l.Net.Driver {
	case wire.Bridge:
		o["com.docker.network.bridge.name"] = l.Net.Bridge
		o["com.docker.network.bridge.enable_ip_masquerade"] = strconv.FormatBool(!l.Net.NoMasq && !l.Net.Internal)
		o["com.docker.network.bridge.enable_icc"] = strconv.FormatBool(!l.Net.NoICC)
	case wire.Macvlan, wire.Ipvlan:
		o["parent"] = l.Net.Parent
		if l.Net.Mode != "" {
			o[l.Net.Driver+"_mode"] = l.Net.Mode
		}
	}
	return o
}

func resource(name string, e wire.Endpoint) network.EndpointResource {
	r := network.EndpointResource{Name: name, MacAddress: mac(e)}
	for _, p := range e.Addresses {
		if p.Addr().Is4() && !r.IPv4Address.IsValid() {
			r.IPv4Address = p
		}
		if p.Addr().Is6() && !r.IPv6Address.IsValid() {
			r.IPv6Address = p
		}
	}
	return r
}

func mac(e wire.Endpoint) network.HardwareAddr {
	m, _ := net.ParseMAC(e.MAC)
	return network.HardwareAddr(m)
}

// Settings are a container's endpoints as docker inspect shows them, by network.
func Settings(l wire.Lease) map[string]*network.EndpointSettings {
	all := map[string]*network.EndpointSettings{}
	for _, e := range l.Endpoints {
		s := &network.EndpointSettings{NetworkID: conflist.ID(e.Network), MacAddress: mac(e)}
		for _, p := range e.Addresses {
			if p.Addr().Is4() {
				s.IPAddress, s.IPPrefixLen, s.Gateway = p.Addr(), p.Bits(), gateway(e, true)
			} else {
				s.GlobalIPv6Address, s.GlobalIPv6PrefixLen, s.IPv6Gateway = p.Addr(), p.Bits(), gateway(e, false)
			}
		}
		all[e.Network] = s
	}
	return all
}

func gateway(e wire.Endpoint, v4 bool) (none netip.Addr) {
	for _, g := range e.Gateways {
		if g.Is4() == v4 {
			return g
		}
	}
	return none
}
