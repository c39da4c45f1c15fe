package native

import (
	"errors"
	"fmt"

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
