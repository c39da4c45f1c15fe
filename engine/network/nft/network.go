package nft

import (
	"bytes"
	"net/netip"

	"github.com/google/nftables"

	"gantry/engine/network/conflist"
	"gantry/engine/network/wire"
)

// families a network has addresses of.
func families(n wire.Network) (fs []Family) {
	for _, f := range []Family{IPv4, IPv6} {
		if len(subnets(n, f)) > 0 {
			fs = append(fs, f)
		}
	}
	return fs
}

func subnets(n wire.Network, f Family) (ps []netip.Prefix) {
	for _, set := range n.Sets {
		for _, r := range set {
			if r.Subnet.Addr().Is4() == (f == IPv4) {
				ps = append(ps, r.Subnet.Masked())
			}
		}
	}
	return ps
}

// network has its rules put into the batch unless it has them; the table too.
func (l layout) network(c *nftables.Conn, n wire.Network) error {
	known, there, err := elements(c, l.bridges)
	if err != nil {
		return err
	}
	if !there {
		if err := l.create(c); err != nil {
			return err
		}
	}
	for _, e := range known {
		if bytes.Equal(e.Key, ifname(n.Bridge)) {
			return nil
		}
	}
	return l.each(n, c.SetAddElements)
}

// each calls fn with every set that a network has elements in.
func (l layout) each(n wire.Network, fn func(*nftables.Set, []nftables.SetElement) error) error {
	name := ifname(n.Bridge)
	err := fn(l.bridges, []nftables.SetElement{{Key: name}})
	if err == nil && n.Internal {
		err = fn(l.internal, []nftables.SetElement{{Key: name}})
	}
	if err == nil && !n.NoICC {
		err = fn(l.same, []nftables.SetElement{{Key: append(name, name...)}})
	}
	for _, p := range subnets(n, l.family) {
		if err == nil {
			err = fn(l.nets, interval(p))
		}
		if err == nil && !n.NoMasq && !n.Internal {
			err = fn(l.masq, interval(p))
		}
	}
	return err
}

// interval is a subnet as the two borders that the kernel wants; one that ends with the
// last address there is has no second one.
func interval(p netip.Prefix) []nftables.SetElement {
	iv := []nftables.SetElement{{Key: p.Addr().AsSlice()}}
	if end := conflist.Last(p).Next(); end.IsValid() {
		iv = append(iv, nftables.SetElement{Key: end.AsSlice(), IntervalEnd: true})
	}
	return iv
}

// AddNetwork makes the rules of a network, and the table if it is not there.
func (t Table) AddNetwork(n wire.Network) error {
	return t.Add(n, wire.Lease{})
}

// RemoveNetwork takes the rules of a network out; the last one takes the table with it.
// Networks without rules are none of its business.
func (t Table) RemoveNetwork(n wire.Network) error {
	c, err := conn()
	if err != nil {
		return err
	}
	defer c.CloseLasting()
	for _, f := range []Family{IPv4, IPv6} {
		l := t.layout(f)
		known, there, err := elements(c, l.bridges)
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		mine := 0
		for _, e := range known {
			if bytes.Equal(e.Key, ifname(n.Bridge)) {
				mine++
			}
		}
		switch {
		case mine == 0 && len(known) > 0:
		case mine == len(known):
			c.DelTable(l.table)
		default:
			if err := l.each(n, c.SetDeleteElements); err != nil {
				return err
			}
		}
	}
	return flush(c)
}
