package native

import (
	"errors"
	"fmt"
	"net"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"gantry/engine/network/wire"
)

// forgetFlows has the kernel forget what it knows of UDP flows to published ports: a
// sender that does not pause would keep to where the flow went before, which was the last
// start's address or nowhere.
func forgetFlows(ports []wire.Port) error {
	var filters []netlink.CustomConntrackFilter
	for _, p := range ports {
		if p.Protocol != "udp" {
			continue
		}
		f := &netlink.ConntrackFilter{}
		if err := errors.Join(f.AddProtocol(unix.IPPROTO_UDP), f.AddPort(netlink.ConntrackOrigDstPort, p.Host)); err != nil {
			return err
		}
		filters = append(filters, f)
	}
	if len(filters) == 0 {
		return nil
	}
	for _, family := range []netlink.InetFamily{unix.AF_INET, unix.AF_INET6} {
		// A kernel that does not show its connections is no reason not to start.
		if _, err := netlink.ConntrackDeleteFilters(netlink.ConntrackTable, family, filters...); err != nil && errors.Is(err, unix.EPERM) {
			return fmt.Errorf("forget old UDP flows: %w", err)
		}
	}
	return nil
}

// forgetDead has the kernel forget the connections that published ports have led to a container
// which has ended: who called in its last moment would go on calling an address where nobody is.
func forgetDead(l wire.Lease) error {
	if len(l.Ports) == 0 {
		return nil
	}
	filters := map[netlink.InetFamily][]netlink.CustomConntrackFilter{}
	for _, e := range l.Endpoints {
		for _, a := range e.Addresses {
			f, family := &netlink.ConntrackFilter{}, netlink.InetFamily(unix.AF_INET)
			if a.Addr().Is6() {
				family = unix.AF_INET6
			}
			if err := f.AddIP(netlink.ConntrackReplySrcIP, net.IP(a.Addr().AsSlice())); err != nil {
				return err
			}
			filters[family] = append(filters[family], f)
		}
	}
	for family, dead := range filters {
		if _, err := netlink.ConntrackDeleteFilters(netlink.ConntrackTable, family, dead...); err != nil && errors.Is(err, unix.EPERM) {
			return fmt.Errorf("forget connections to the container: %w", err)
		}
	}
	return nil
}
