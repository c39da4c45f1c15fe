package nft

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"github.com/google/nftables"
	"golang.org/x/sys/unix"

	"gantry/engine/network/wire"
)

// number of a protocol in an IP header.
func number(protocol string) (byte, error) {
	switch protocol {
	case "tcp":
		return unix.IPPROTO_TCP, nil
	case "udp":
		return unix.IPPROTO_UDP, nil
	case "sctp":
		return unix.IPPROTO_SCTP, nil
	}
	return 0, fmt.Errorf("the protocol %q cannot be published", protocol)
}

// Each field of a joined key or value begins at a multiple of four bytes.
func service(port uint16) []byte { return binary.BigEndian.AppendUint16(nil, port)[:2:2] }

func pad(b []byte) []byte { return append(b, make([]byte, (4-len(b)%4)%4)...) }

// bindings of one map: for all of the host's addresses, or for one.
type bindings struct {
	set      *nftables.Set
	elements []nftables.SetElement
}

// bindings that a lease wants in a family's maps: ports go to the first address of that
// family, on the first network that publishes.
func (l layout) bindings(lease wire.Lease) ([]bindings, error) {
	to, ok := target(lease, l.family)
	ports, bound := bindings{set: l.ports}, bindings{set: l.bound}
	for _, p := range lease.Ports {
		any := !p.HostIP.IsValid() || p.HostIP == netip.IPv4Unspecified() && l.family == IPv4 || p.HostIP == netip.IPv6Unspecified() && l.family == IPv6
		if !ok || !any && (p.HostIP.IsUnspecified() || p.HostIP.Is4() != (l.family == IPv4)) {
			continue
		}
		proto, err := number(p.Protocol)
		if err != nil {
			return nil, err
		}
		key := append(pad([]byte{proto}), pad(service(p.Host))...)
		val := append(to.AsSlice(), pad(service(p.Container))...)
		e := nftables.SetElement{Key: key, Val: val, Comment: lease.Tag()}
		if any {
			ports.elements = append(ports.elements, e)
			continue
		}
		e.Key = append(p.HostIP.AsSlice(), key...)
		bound.elements = append(bound.elements, e)
	}
	return []bindings{ports, bound}, nil
}

// target is the address that published ports lead to.
func target(lease wire.Lease, f Family) (netip.Addr, bool) {
	for _, e := range lease.Endpoints {
		if e.Driver != wire.Bridge || len(e.Gateways) == 0 {
			continue
		}
		for _, a := range e.Addresses {
			if a.Addr().Is4() == (f == IPv4) {
				return a.Addr(), true
			}
		}
	}
	return netip.Addr{}, false
}

// Add puts the rules of a lease in, those of the network that it is for, and the table,
// as far as they are missing: all or nothing. Elements that stand in the way belong to a
// start that has ended, since the port was free to be bound for this one; they go.
func (t Table) Add(n wire.Network, lease wire.Lease) error {
	c, err := conn()
	if err != nil {
		return err
	}
	defer c.CloseLasting()
	for _, f := range families(n) {
		l := t.layout(f)
		if err := l.network(c, n); err != nil {
			return err
		}
	}
	if err := flush(c); err != nil {
		return err
	}
	if len(lease.Ports) == 0 {
		return nil
	}
	for _, f := range families(n) {
		if err := t.layout(f).bind(c, lease); err != nil {
			return err
		}
	}
	return flush(c)
}

// bind puts what is missing of a lease's bindings into the batch.
func (l layout) bind(c *nftables.Conn, lease wire.Lease) error {
	all, err := l.bindings(lease)
	if err != nil {
		return err
	}
	for _, b := range all {
		if len(b.elements) == 0 {
			continue
		}
		there, _, err := elements(c, b.set)
		if err != nil {
			return err
		}
		old, missing := differ(there, b.elements)
		if err := change(c, b.set, old, missing); err != nil {
			return err
		}
	}
	return nil
}

// differ says which of there stand in the way of wanted, and which of wanted are missing.
func differ(there, wanted []nftables.SetElement) (old, missing []nftables.SetElement) {
	have := make(map[string]nftables.SetElement, len(there))
	for _, e := range there {
		have[string(e.Key)] = e
	}
	for _, w := range wanted {
		e, ok := have[string(w.Key)]
		if ok && e.Comment == w.Comment && bytes.Equal(e.Val, w.Val) {
			continue
		}
		if ok {
			old = append(old, e)
		}
		missing = append(missing, w)
	}
	return old, missing
}

// maxElements go into one message, whose length has 16 bits.
const maxElements = 200

func change(c *nftables.Conn, s *nftables.Set, del, add []nftables.SetElement) error {
	for del, part := cut(del); len(part) > 0; del, part = cut(del) {
		if err := c.SetDeleteElements(s, part); err != nil {
			return err
		}
	}
	for add, part := cut(add); len(part) > 0; add, part = cut(add) {
		if err := c.SetAddElements(s, part); err != nil {
			return err
		}
	}
	return nil
}

func cut(e []nftables.SetElement) (rest, part []nftables.SetElement) {
	n := min(len(e), maxElements)
	return e[n:], e[:n]
}

// Remove takes out the elements that bear a tag; those of another start stay, even for
// the same port.
func (t Table) RemoveTag(tag string) error {
	_, err := t.removeElements(func(e string) bool { return e == tag })
	return err
}

// Sweep takes out the elements whose tag is not live and returns how many they were. A
// tag without a container's ID is not ours.
func (t Table) Sweep(live func(tag string) bool) (int, error) {
	return t.removeElements(func(tag string) bool { return strings.Contains(tag, " ") && !live(tag) })
}

func (t Table) removeElements(dead func(tag string) bool) (int, error) {
	c, err := conn()
	if err != nil {
		return 0, err
	}
	defer c.CloseLasting()
	n := 0
	for _, f := range []Family{IPv4, IPv6} {
		l := t.layout(f)
		for _, s := range []*nftables.Set{l.ports, l.bound} {
			there, _, err := elements(c, s)
			if err != nil {
				return n, err
			}
			var del []nftables.SetElement
			for _, e := range there {
				if dead(e.Comment) {
					del = append(del, e)
				}
			}
			n += len(del)
			if err := change(c, s, del, nil); err != nil {
				return n, err
			}
		}
	}
	return n, flush(c)
}

// Bindings are the published ports that are in force, by tag; for looking and for tests.
func (t Table) Bindings() (map[string]int, error) {
	c, err := conn()
	if err != nil {
		return nil, err
	}
	defer c.CloseLasting()
	all := map[string]int{}
	for _, f := range []Family{IPv4, IPv6} {
		l := t.layout(f)
		for _, s := range []*nftables.Set{l.ports, l.bound} {
			there, _, err := elements(c, s)
			if err != nil {
				return nil, err
			}
			for _, e := range there {
				all[e.Comment]++
			}
		}
	}
	return all, nil
}
