package network

import (
	"fmt"
	"maps"
	"net/netip"
	"time"

	"gantry/engine/api"
	"gantry/engine/network/conflist"
	"gantry/engine/network/wire"
)

// Default is the default network, which is made if it is missing: on this engine's
// bridge, with the first subnet of the pool that is free.
func (n *Networks) Default() (api.Network, error) {
	l, err := n.defaultList()
	return describe(l), err
}

func (n *Networks) defaultList() (l conflist.List, err error) {
	if l, ok, err := n.lookDefault(); ok || err != nil {
		return l, err
	}
	err = n.cfg.Dir.Locked(func() error {
		var ok bool
		if l, ok, err = n.lookDefault(); ok || err != nil {
			return err
		}
		l = conflist.List{Name: DefaultName, Labels: map[string]string{conflist.LabelDefault: "true"}}
		l.Net = wire.Network{Driver: wire.Bridge, Bridge: n.cfg.Bridge}
		used, err := n.used(n.cfg.Bridge)
		if err != nil {
			return err
		}
		p, ok := n.free(used)
		if !ok {
			return fmt.Errorf("make the default network: no subnet of %s is free on this host", n.cfg.Pool)
		}
		l.Net.Sets = []wire.Set{{conflist.Whole(p)}}
		return n.write(&l)
	})
	return l, err
}

// lookDefault goes by the label, then by the name, as nerdctl does.
func (n *Networks) lookDefault() (conflist.List, bool, error) {
	lists, _, err := n.cfg.Dir.Read()
	if err != nil {
		return conflist.List{}, false, err
	}
	for _, l := range lists {
		if isDefault(l) {
			return l, true, nil
		}
	}
	for _, l := range lists {
		if l.Name == DefaultName {
			return l, true, nil
		}
	}
	return conflist.List{}, false, nil
}

// write makes the file of a native network, under the lock.
func (n *Networks) write(l *conflist.List) error {
	l.Labels[conflist.LabelNative] = "1"
	l.Labels[conflist.LabelCreated] = n.cfg.Now().UTC().Format(time.RFC3339Nano)
	l.ID, l.Native, l.Net.Name = conflist.ID(l.Name), true, l.Name
	dataDir := n.cfg.Instance.Addresses
	if dataDir == HostLocalDir {
		dataDir = ""
	}
	var err error
	if l.Bytes, err = conflist.Encode(*l, dataDir); err != nil {
		return err
	}
	l.File, err = n.cfg.Dir.Write(l.Name, l.Bytes)
	return err
}

// Create makes a network. What is wrong with the request comes as api.FieldErrors, all of
// it at once, and nothing is changed then. A bridge is made with the first container.
func (n *Networks) Create(req api.NetworkCreate) (api.Network, error) {
	c := checked(req)
	var l conflist.List
	err := n.cfg.Dir.Locked(func() error {
		lists, _, err := n.cfg.Dir.Read()
		if err != nil {
			return err
		}
		for _, o := range lists {
			if o.Name == req.Name {
				c.refuse("args", 0, req.Name, "there is a network of this name", "choose another name, or remove it first")
			}
		}
		if l, err = n.build(c, req); err != nil {
			return err
		}
		return n.write(&l)
	})
	if err != nil {
		return api.Network{}, err
	}
	return describe(l), nil
}

// build makes a network of a request whose texts were read, against what is there.
func (n *Networks) build(c *checking, req api.NetworkCreate) (conflist.List, error) {
	l := conflist.List{Name: req.Name, Labels: maps.Clone(req.Labels), Net: c.net}
	if l.Labels == nil {
		l.Labels = map[string]string{}
	}
	if c.net.Driver == wire.Bridge {
		l.Net.Bridge = n.bridgeName(req.Name)
	}
	used, err := n.used(l.Net.Bridge)
	if err != nil {
		return l, err
	}
	// A macvlan is on the subnet of its parent, where the host is too.
	if c.net.Driver == wire.Bridge {
		c.overlaps(used)
	}
	if !c.has(false) && len(c.errs) == 0 {
		p, ok := n.free(used)
		if !ok {
			c.refuse("subnet", 0, "", fmt.Sprintf("no subnet of %s is free on this host", n.cfg.Pool), "give one")
		}
		c.subnets = append([]subnet{{prefix: p, index: -1}}, c.subnets...)
	}
	if req.IPv6 && !c.has(true) {
		c.subnets = append(c.subnets, subnet{prefix: n.unique(req.Name), index: -1})
	}
	if len(c.errs) > 0 {
		return l, c.errs
	}
	for _, s := range c.subnets {
		l.Net.Sets = append(l.Net.Sets, wire.Set{s.span()})
		l.IPv6 = l.IPv6 || s.prefix.Addr().Is6()
	}
	return l, nil
}

// bridgeName has 15 characters, the most an interface's name can have.
func (n *Networks) bridgeName(name string) string {
	if n.cfg.Shared {
		return "br-" + conflist.ID(name)[:12]
	}
	return "br-" + short(n.cfg.Instance.Table+"/"+name, 12)
}

// used are the subnets of the host and of all networks.
func (n *Networks) used(except string) ([]netip.Prefix, error) {
	all, err := n.cfg.Taken(except)
	if err != nil {
		return nil, err
	}
	lists, _, err := n.cfg.Dir.Read()
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		for _, set := range l.Net.Sets {
			for _, r := range set {
				all = append(all, r.Subnet)
			}
		}
	}
	return all, nil
}

// free is the first /24 of the pool that overlaps nothing.
func (n *Networks) free(used []netip.Prefix) (netip.Prefix, bool) {
	for a := n.cfg.Pool.Masked().Addr(); n.cfg.Pool.Contains(a); {
		p := netip.PrefixFrom(a, max(24, n.cfg.Pool.Bits()))
		if !overlapsAny(p, used) {
			return p, true
		}
		a = conflist.Last(p).Next()
		if !a.IsValid() {
			break
		}
	}
	return netip.Prefix{}, false
}

func overlapsAny(p netip.Prefix, used []netip.Prefix) bool {
	for _, u := range used {
		if p.Overlaps(u) {
			return true
		}
	}
	return false
}

// unique is a local IPv6 subnet (RFC 4193) of this engine and network alone.
func (n *Networks) unique(name string) netip.Prefix {
	h := short(n.cfg.Instance.Table+"/"+n.cfg.Dir.Path+"/"+name, 14)
	return netip.MustParsePrefix("fd" + h[:2] + ":" + h[2:6] + ":" + h[6:10] + ":" + h[10:14] + "::/64")
}
