package native

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"gantry/engine/network/wire"
)

// loopback brings lo up: a process that listens on it would fail otherwise.
func (s *space) loopback() error {
	lo, err := s.handle.LinkByName("lo")
	if err == nil {
		err = s.handle.LinkSetUp(lo)
	}
	if err != nil {
		return fmt.Errorf("bring up the container's loopback: %w", err)
	}
	return nil
}

// settings of the container's interface, before it is up: neighbours are told of an
// address that has a MAC of the user's, and IPv6 is on where the network has it and off
// where it has not, whatever the host's default is.
func (s *space) settings(n wire.Network, e wire.Endpoint) error {
	off := "1"
	for _, a := range e.Addresses {
		if a.Addr().Is6() {
			off = "0"
		}
	}
	if slices.ContainsFunc(n.LinkLocal, netip.Addr.Is6) {
		off = "0"
	}
	return s.enter(func() error {
		err := setting(off, "ipv6", "conf", n.Interface, "disable_ipv6")
		if off == "1" && errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if n.MAC != "" {
			err = errors.Join(err, setting("1", "ipv4", "conf", n.Interface, "arp_notify"))
		}
		for _, s := range n.Sysctls {
			err = errors.Join(err, setting(s.Value, s.Name...))
		}
		return err
	})
}

// dress gives the container's interface its addresses and routes and brings it up.
func (s *space) dress(n wire.Network, e wire.Endpoint) error {
	if err := s.settings(n, e); err != nil {
		return fmt.Errorf("network %s: %w", n.Name, err)
	}
	link, err := s.handle.LinkByName(n.Interface)
	if err != nil {
		return fmt.Errorf("network %s: the container's %s: %w", n.Name, n.Interface, err)
	}
	for _, a := range e.Addresses {
		if err := s.handle.AddrAdd(link, address(a)); err != nil && !errors.Is(err, unix.EEXIST) {
			return fmt.Errorf("network %s: give %s to the container: %w", n.Name, a, err)
		}
	}
	for _, a := range n.LinkLocal {
		if err := s.handle.AddrAdd(link, address(netip.PrefixFrom(a, linkLocalBits(a)))); err != nil && !errors.Is(err, unix.EEXIST) {
			return fmt.Errorf("network %s: give %s to the container: %w", n.Name, a, err)
		}
	}
	if err := s.handle.LinkSetUp(link); err != nil {
		return fmt.Errorf("network %s: bring up the container's %s: %w", n.Name, n.Interface, err)
	}
	if !n.Default || n.Internal {
		return nil
	}
	for _, gw := range e.Gateways {
		if err := s.defaultRoute(link, gw); err != nil {
			return fmt.Errorf("network %s: the default route by %s: %w", n.Name, gw, err)
		}
	}
	return nil
}

// linkLocalBits is the size of the subnet that a link-local address is of.
func linkLocalBits(a netip.Addr) int {
	if a.Is4() {
		return 16
	}
	return 64
}

func (s *space) defaultRoute(link netlink.Link, gw netip.Addr) error {
	all := netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	if gw.Is6() {
		all = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	err := s.handle.RouteAdd(&netlink.Route{LinkIndex: link.Attrs().Index, Dst: ipNet(all), Gw: gw.AsSlice()})
	if errors.Is(err, unix.EEXIST) {
		return nil
	}
	return err
}
