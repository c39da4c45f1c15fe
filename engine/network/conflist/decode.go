package conflist

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"

	"gantry/engine/network/wire"
)

// Decode reads a file: a list, or the single plugin of old files. What other programs
// wrote is not judged; only what is no network at all is an error.
func Decode(b []byte) (List, error) {
	var f file
	if err := json.Unmarshal(b, &f); err != nil {
		return List{}, err
	}
	if f.Plugins == nil {
		f.Plugins = []json.RawMessage{b}
	}
	if f.Name == "" || len(f.Plugins) == 0 {
		return List{}, errors.New("it has no name or no plugins")
	}
	l := List{Name: f.Name, ID: f.ID, Labels: f.Labels, Bytes: b}
	known := decodePlugins(&l, f.Plugins)
	l.Native = known && f.Labels[LabelNative] == nativeVersion
	if !l.Native {
		l.Net.Driver = kindOf(f.Plugins[0])
	}
	l.Net.Name = f.Name
	for _, set := range l.Net.Sets {
		for _, r := range set {
			l.IPv6 = l.IPv6 || r.Subnet.Addr().Is6()
		}
	}
	return l, nil
}

func kindOf(plugin json.RawMessage) string {
	var p struct{ Type string }
	_ = json.Unmarshal(plugin, &p)
	return p.Type
}

// decodePlugins reports whether everything was understood.
func decodePlugins(l *List, plugins []json.RawMessage) bool {
	n := &l.Net
	var first struct {
		bridge
		Master string `json:"master"`
		Mode   string `json:"mode"`
	}
	if json.Unmarshal(plugins[0], &first) != nil {
		return false
	}
	n.Driver, n.Bridge, n.Parent, n.Mode, n.MTU = first.Type, first.Bridge, first.Master, first.Mode, first.MTU
	switch n.Driver {
	case wire.Bridge:
		n.Internal = !first.IsGateway
		n.NoMasq = !first.IPMasq && !n.Internal
	case wire.Macvlan, wire.Ipvlan:
		n.Internal = len(first.IPAM.Routes) == 0
	default:
		return false
	}
	for _, p := range plugins[1:] {
		var f firewall
		if json.Unmarshal(p, &f) == nil && f.IngressPolicy == "isolated" {
			n.NoICC = true
		}
	}
	if first.IPAM.Type != "host-local" {
		return false
	}
	for _, set := range first.IPAM.Ranges {
		var rs wire.Set
		for _, r := range set {
			d, err := decodeRange(r)
			if err != nil {
				return false
			}
			rs = append(rs, d)
		}
		n.Sets = append(n.Sets, rs)
	}
	return len(n.Sets) > 0
}

func decodeRange(e span) (r wire.Range, err error) {
	p, err := netip.ParsePrefix(e.Subnet)
	if err != nil {
		return r, err
	}
	r = Whole(p.Masked())
	for _, f := range []struct {
		text string
		to   *netip.Addr
	}{{e.Gateway, &r.Gateway}, {e.RangeStart, &r.Start}, {e.RangeEnd, &r.End}} {
		if f.text == "" {
			continue
		}
		if *f.to, err = netip.ParseAddr(f.text); err != nil {
			return r, err
		}
		if !r.Subnet.Contains(*f.to) {
			return r, fmt.Errorf("%s is not in %s", *f.to, r.Subnet)
		}
	}
	return r, nil
}

// Whole is a subnet as a range, as host-local takes it: the first address is the
// gateway's, and of IPv4 the last one is not given away.
func Whole(p netip.Prefix) wire.Range {
	r := wire.Range{Subnet: p, Gateway: p.Addr().Next(), Start: p.Addr().Next(), End: Last(p)}
	if p.Addr().Is4() {
		r.End = r.End.Prev()
	}
	return r
}

// Last is the last address of a subnet.
func Last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
