package native

import (
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"gantry/engine/network/wire"
)

// bridge makes a network's bridge, or what is missing of it, and returns it. Several
// starts may do so at once.
func bridge(n wire.Network) (netlink.Link, error) {
	link, err := bridgeLink(n)
	if err != nil {
		return nil, err
	}
	v4, v6 := false, false
	for _, set := range n.Sets {
		for _, r := range set {
			v4, v6 = v4 || r.Subnet.Addr().Is4(), v6 || r.Subnet.Addr().Is6()
		}
	}
	if v6 {
		if err := bridge6(n.Bridge); err != nil {
			return nil, err
		}
	}
	if err := gateways(link, n); err != nil {
		return nil, err
	}
	if link.Attrs().Flags&net.FlagUp == 0 {
		if err := netlink.LinkSetUp(link); err != nil {
			return nil, fmt.Errorf("bring up the bridge %s: %w", n.Bridge, err)
		}
	}
	if v4 {
		if err := errors.Join(setting("1", "ipv4", "conf", n.Bridge, "route_localnet"), forwarding(false)); err != nil {
			return nil, err
		}
	}
	if v6 {
		return link, forwarding(true)
	}
	return link, nil
}

func bridgeLink(n wire.Network) (netlink.Link, error) {
	link, err := netlink.LinkByName(n.Bridge)
	if err == nil {
		if link.Type() != "bridge" {
			return nil, fmt.Errorf("the interface %s, which network %s needs as its bridge, is a %s", n.Bridge, n.Name, link.Type())
		}
		return link, nil
	}
	if !missing(err) {
		return nil, fmt.Errorf("the bridge %s: %w", n.Bridge, err)
	}
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.MTU = n.Bridge, n.MTU
	// One of its own: else it has the lowest of its ports, and changes with them.
	attrs.HardwareAddr = macFor(firstGateway(n))
	if err := netlink.LinkAdd(&netlink.Bridge{LinkAttrs: attrs}); err != nil && !errors.Is(err, unix.EEXIST) {
		return nil, fmt.Errorf("make the bridge %s: %w", n.Bridge, err)
	}
	if link, err = netlink.LinkByName(n.Bridge); err != nil {
		return nil, fmt.Errorf("the bridge %s: %w", n.Bridge, err)
	}
	return link, nil
}

func missing(err error) bool {
	_, ok := errors.AsType[netlink.LinkNotFoundError](err)
	return ok || errors.Is(err, unix.ENODEV)
}

// bridge6 has IPv6 on the bridge, and no routers on it to listen to.
func bridge6(name string) error {
	return errors.Join(
		setting("0", "ipv6", "conf", name, "disable_ipv6"),
		setting("0", "ipv6", "conf", name, "accept_ra"))
}

// gateways gives the bridge its addresses. Of an internal network it has them too, so
// that the host reaches its containers.
func gateways(link netlink.Link, n wire.Network) error {
	for _, set := range n.Sets {
		for _, r := range set {
			if !r.Gateway.IsValid() {
				continue
			}
			if err := netlink.AddrAdd(link, address(netip.PrefixFrom(r.Gateway, r.Subnet.Bits()))); err != nil && !errors.Is(err, unix.EEXIST) {
				return fmt.Errorf("give %s to the bridge %s: %w", r.Gateway, n.Bridge, err)
			}
		}
	}
	return nil
}

func firstGateway(n wire.Network) netip.Addr {
	for _, set := range n.Sets {
		for _, r := range set {
			if r.Gateway.IsValid() {
				return r.Gateway
			}
		}
	}
	return netip.Addr{}
}

// address as netlink has it. IPv6 ones are usable at once: nobody else can have them.
func address(p netip.Prefix) *netlink.Addr {
	a := &netlink.Addr{IPNet: ipNet(p)}
	if p.Addr().Is6() {
		a.Flags = unix.IFA_F_NODAD
	}
	return a
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// macFor is made of the address: whoever gets the address next has the same one, so
// nobody's neighbour table is wrong.
func macFor(a netip.Addr) net.HardwareAddr {
	if !a.IsValid() {
		return nil
	}
	b := a.AsSlice()
	return append(net.HardwareAddr{0x02, 0x42}, b[len(b)-4:]...)
}

// BridgeInUse reports whether something is on a bridge.
func BridgeInUse(name string) (bool, error) {
	link, err := netlink.LinkByName(name)
	if missing(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("the bridge %s: %w", name, err)
	}
	all, err := netlink.LinkList()
	if err != nil {
		return false, fmt.Errorf("list the interfaces: %w", err)
	}
	for _, l := range all {
		if l.Attrs().MasterIndex == link.Attrs().Index {
			return true, nil
		}
	}
	return false, nil
}

// RemoveBridge takes the bridge of a network away. One that is not there, or is no
// bridge, is left as it is.
func RemoveBridge(name string) error {
	link, err := netlink.LinkByName(name)
	if missing(err) || err == nil && link.Type() != "bridge" {
		return nil
	}
	if err == nil {
		err = netlink.LinkDel(link)
	}
	if err != nil {
		return fmt.Errorf("remove the bridge %s: %w", name, err)
	}
	return nil
}
