package native

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Taken are the subnets that the host has addresses in or routes to, but those of the
// interface named: a bridge without its network is there to be used again.
func Taken(except string) ([]netip.Prefix, error) {
	skip := -1
	if l, err := netlink.LinkByName(except); except != "" && err == nil {
		skip = l.Attrs().Index
	}
	var all []netip.Prefix
	add := func(n *net.IPNet) {
		if n == nil {
			return
		}
		a, ok := netip.AddrFromSlice(n.IP)
		ones, _ := n.Mask.Size()
		if a = a.Unmap(); ok && ones > 0 {
			all = append(all, netip.PrefixFrom(a, ones).Masked())
		}
	}
	addrs, err := netlink.AddrList(nil, unix.AF_UNSPEC)
	if err != nil {
		return nil, fmt.Errorf("the host's addresses: %w", err)
	}
	for _, a := range addrs {
		if a.LinkIndex != skip && !a.IP.IsLinkLocalUnicast() {
			add(a.IPNet)
		}
	}
	for _, family := range []int{unix.AF_INET, unix.AF_INET6} {
		routes, err := netlink.RouteListFiltered(family, &netlink.Route{Table: unix.RT_TABLE_MAIN}, netlink.RT_FILTER_TABLE)
		if err != nil {
			return nil, fmt.Errorf("the host's routes: %w", err)
		}
		for _, r := range routes {
			if r.LinkIndex != skip && (r.Dst == nil || !r.Dst.IP.IsLinkLocalUnicast()) {
				add(r.Dst)
			}
		}
	}
	return all, nil
}
