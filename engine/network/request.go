package network

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gantry/engine/api"
	"gantry/engine/network/conflist"
	"gantry/engine/network/wire"
)

// subnet is one of a request's.
type subnet struct {
	prefix  netip.Prefix
	index   int // in the request; -1 for one that was chosen
	gateway netip.Addr
	within  netip.Prefix // --ip-range
}

// span is the subnet as a range of addresses.
func (s subnet) span() wire.Range {
	r := conflist.Whole(s.prefix)
	if s.gateway.IsValid() {
		r.Gateway = s.gateway
	}
	if s.within.IsValid() {
		part := conflist.Whole(s.within)
		// As nerdctl reckons it, to the very last address.
		r.Start, r.End = part.Start, conflist.Last(s.within)
	}
	return r
}

// checking reads a request's texts and keeps what is wrong with them.
type checking struct {
	errs    api.FieldErrors
	net     wire.Network
	subnets []subnet
}

func (c *checking) refuse(field string, index int, value, reason, fix string) {
	c.errs = append(c.errs, api.FieldError{Field: field, Index: index, Value: value, Reason: reason, Fix: fix})
}

func (c *checking) has(v6 bool) bool {
	return slices.ContainsFunc(c.subnets, func(s subnet) bool { return s.prefix.Addr().Is6() == v6 })
}

// nerdctl's names, so that the name can be a file's.
var nameRule = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`) })

func checked(req api.NetworkCreate) *checking {
	c := &checking{}
	switch {
	case req.Name == Host || req.Name == None || req.Name == "default" || req.Name == DefaultName:
		c.refuse("args", 0, req.Name, "this name has a meaning of its own", "choose another name")
	case !nameRule().MatchString(req.Name) || len(req.Name) > 128:
		c.refuse("args", 0, req.Name, "a name has letters, digits, _ . and -, begins with a letter or digit, and has at most 128 of them", "choose another name")
	}
	switch req.Driver {
	case "", wire.Bridge:
		c.net.Driver = wire.Bridge
	case wire.Macvlan, wire.Ipvlan:
		c.net.Driver = req.Driver
	default:
		c.refuse("driver", 0, req.Driver, "there is no such driver here", "write bridge, macvlan or ipvlan")
	}
	c.net.Internal = req.Internal
	c.readSubnets(req)
	c.readGateways(req)
	c.readRanges(req)
	c.readOptions(req.Options)
	for k := range req.Labels {
		if k == "" || len(k) > 7 && (k[:7] == "gantry/" || len(k) > 8 && k[:8] == "nerdctl/") {
			c.refuse("label", 0, k, "labels that begin with gantry/ or nerdctl/ are kept for these programs", "choose another name")
		}
	}
	return c
}

func (c *checking) readSubnets(req api.NetworkCreate) {
	for i, text := range req.Subnets {
		if text == "" {
			continue
		}
		p, err := netip.ParsePrefix(text)
		switch {
		case err != nil:
			c.refuse("subnet", i, text, "this is not a subnet", "write it like 10.20.0.0/24")
		case p != p.Masked():
			c.refuse("subnet", i, text, "this is an address within a subnet", "write "+p.Masked().String())
		case p.Bits() > p.Addr().BitLen()-2:
			c.refuse("subnet", i, text, "it has no room for a gateway and a container", "give a larger one")
		case p.Addr().Is6() && !req.IPv6:
			c.refuse("subnet", i, text, "the network is without IPv6", "add --ipv6")
		default:
			for _, o := range c.subnets {
				if o.prefix.Overlaps(p) {
					c.refuse("subnet", i, text, "it overlaps "+o.prefix.String()+", given before", "")
				}
			}
			c.subnets = append(c.subnets, subnet{prefix: p, index: i})
		}
	}
}

// readGateways finds the subnet that each is in.
func (c *checking) readGateways(req api.NetworkCreate) {
	for i, text := range req.Gateways {
		a, err := netip.ParseAddr(text)
		if err != nil {
			c.refuse("gateway", i, text, "this is not an address", "write it like 10.20.0.1")
			continue
		}
		at := slices.IndexFunc(c.subnets, func(s subnet) bool { return s.prefix.Contains(a) })
		switch {
		case at < 0:
			c.refuse("gateway", i, text, "it is in none of the subnets", "give its subnet with --subnet")
		case c.subnets[at].gateway.IsValid():
			c.refuse("gateway", i, text, fmt.Sprintf("%s has the gateway %s already", c.subnets[at].prefix, c.subnets[at].gateway), "")
		case a == c.subnets[at].prefix.Addr() || a.Is4() && a == conflist.Last(c.subnets[at].prefix):
			c.refuse("gateway", i, text, "the first and the last address of a subnet are nobody's", "")
		default:
			c.subnets[at].gateway = a
		}
	}
}

// readRanges finds the subnet that each is within.
func (c *checking) readRanges(req api.NetworkCreate) {
	for i, text := range req.Ranges {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			c.refuse("ip-range", i, text, "this is not a range", "write it like 10.20.0.128/25")
			continue
		}
		at := slices.IndexFunc(c.subnets, func(s subnet) bool {
			return s.prefix.Bits() <= p.Bits() && s.prefix.Contains(p.Addr()) && !s.within.IsValid()
		})
		switch {
		case at < 0:
			c.refuse("ip-range", i, text, "it is within none of the subnets", "give its subnet with --subnet")
		case p.Bits() == p.Addr().BitLen():
			c.refuse("ip-range", i, text, "it has no room for a container", "give a larger one")
		default:
			c.subnets[at].within = p.Masked()
		}
	}
}

// overlaps refuses subnets that the host or another network has.
func (c *checking) overlaps(used []netip.Prefix) {
	for _, s := range c.subnets {
		for _, u := range used {
			if s.index >= 0 && s.prefix.Overlaps(u) {
				c.refuse("subnet", s.index, s.prefix.String(), "it overlaps "+u.String()+", which is in use on this host", "give another one, or none to have one chosen")
				break
			}
		}
	}
}

// readOptions reads --opt, by nerdctl's and Docker's names.
func (c *checking) readOptions(opts map[string]string) {
	keys := make([]string, 0, len(opts))
	for k := range opts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	bridge := c.net.Driver == wire.Bridge
	for i, k := range keys {
		v := opts[k]
		bad := func(reason, fix string) { c.refuse("opt", i, k+"="+v, reason, fix) }
		flag := func(to *bool, not bool) {
			b, err := strconv.ParseBool(v)
			if err != nil {
				bad("this is neither true nor false", "")
			}
			*to = b != not
		}
		switch {
		case k == "mtu" || k == "com.docker.network.driver.mtu":
			n, err := strconv.Atoi(v)
			if err != nil || n < 68 || n > 65535 {
				bad("an MTU is a number of bytes from 68 to 65535", "")
			}
			c.net.MTU = n
		case bridge && (k == "ip-masq" || k == "com.docker.network.bridge.enable_ip_masquerade"):
			flag(&c.net.NoMasq, true)
		case bridge && (k == "icc" || k == "com.docker.network.bridge.enable_icc"):
			flag(&c.net.NoICC, true)
		case !bridge && k == "parent":
			if _, err := net.InterfaceByName(v); err != nil {
				bad("this host has no such interface", "")
			}
			c.net.Parent = v
		case !bridge && (k == "mode" || k == c.net.Driver+"_mode"):
			if modes := wire.Modes(c.net.Driver); !slices.Contains(modes, v) {
				bad("there is no such mode here", "the modes are "+strings.Join(modes, ", "))
			}
			c.net.Mode = v
		default:
			bad("the driver "+c.net.Driver+" has no such option", "")
		}
	}
	if !bridge && c.net.Driver != "" && c.net.Parent == "" && opts["parent"] == "" {
		c.refuse("opt", len(keys), "", "a "+c.net.Driver+" network needs an interface of the host", "add --opt parent=INTERFACE")
	}
}
