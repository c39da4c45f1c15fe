package native

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"gantry/engine/network/wire"
)

// hostName of a veth is different for every start, so that what is left of one is never
// taken for the other.
func hostName(l wire.Lease, iface string) string {
	h := sha256.Sum256([]byte(l.Tag() + " " + iface))
	return "veth" + hex.EncodeToString(h[:4])
}

// hardware is the MAC that an endpoint is to have.
func hardware(n wire.Network, addrs []netip.Prefix) (net.HardwareAddr, error) {
	if n.MAC != "" {
		return net.ParseMAC(n.MAC)
	}
	if len(addrs) == 0 {
		return nil, nil
	}
	return macFor(addrs[0].Addr()), nil
}

// connect makes the container's interface, and for a bridge its other end on the host.
func connect(s *space, n wire.Network, e *wire.Endpoint) error {
	mac, err := hardware(n, e.Addresses)
	if err != nil {
		return fmt.Errorf("network %s: %w", n.Name, err)
	}
	switch n.Driver {
	case wire.Bridge:
		err = plug(s, n, e, mac)
	case wire.Macvlan, wire.Ipvlan:
		err = sub(s, n, mac)
	default:
		err = fmt.Errorf("the driver %q is not known", n.Driver)
	}
	if err != nil {
		return fmt.Errorf("network %s: %w", n.Name, err)
	}
	e.MAC = mac.String()
	return nil
}

// plug makes a veth whose one end is born in the container, the other in the bridge.
func plug(s *space, n wire.Network, e *wire.Endpoint, mac net.HardwareAddr) error {
	br, err := bridge(n)
	if err != nil {
		return err
	}
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.MTU = e.Host, n.MTU
	veth := &netlink.Veth{
		LinkAttrs: attrs, PeerName: n.Interface, PeerHardwareAddr: mac,
		PeerNamespace: netlink.NsFd(int(s.file.Fd())), PeerMTU: uint32(n.MTU),
	}
	if err := netlink.LinkAdd(veth); err != nil {
		return fmt.Errorf("make the pair of interfaces %s and %s: %w", e.Host, n.Interface, err)
	}
	host, err := netlink.LinkByName(e.Host)
	if err == nil {
		err = netlink.LinkSetMaster(host, br)
	}
	if err == nil {
		err = netlink.LinkSetHairpin(host, true)
	}
	if err == nil && n.NoICC {
		err = netlink.LinkSetIsolated(host, true)
	}
	if err == nil {
		err = netlink.LinkSetUp(host)
	}
	if err != nil {
		return fmt.Errorf("plug %s into the bridge %s: %w", e.Host, n.Bridge, err)
	}
	return nil
}

// sub makes an interface of the parent's, born in the container.
func sub(s *space, n wire.Network, mac net.HardwareAddr) error {
	parent, err := netlink.LinkByName(n.Parent)
	if err != nil {
		return fmt.Errorf("its parent interface %s: %w", n.Parent, err)
	}
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.MTU, attrs.ParentIndex = n.Interface, n.MTU, parent.Attrs().Index
	attrs.Namespace = netlink.NsFd(int(s.file.Fd()))
	var link netlink.Link = &netlink.IPVlan{LinkAttrs: attrs, Mode: ipvlanMode(n.Mode)}
	if n.Driver == wire.Macvlan {
		attrs.HardwareAddr = mac
		link = &netlink.Macvlan{LinkAttrs: attrs, Mode: macvlanMode(n.Mode)}
	}
	err = netlink.LinkAdd(link)
	if errors.Is(err, unix.EOPNOTSUPP) {
		return fmt.Errorf("this kernel has no %s", n.Driver)
	}
	if err != nil {
		return fmt.Errorf("make a %s of %s: %w", n.Driver, n.Parent, err)
	}
	return nil
}

func macvlanMode(mode string) netlink.MacvlanMode {
	switch mode {
	case "private":
		return netlink.MACVLAN_MODE_PRIVATE
	case "vepa":
		return netlink.MACVLAN_MODE_VEPA
	}
	return netlink.MACVLAN_MODE_BRIDGE
}

func ipvlanMode(mode string) netlink.IPVlanMode {
	switch mode {
	case "l3":
		return netlink.IPVLAN_MODE_L3
	case "l3s":
		return netlink.IPVLAN_MODE_L3S
	}
	return netlink.IPVLAN_MODE_L2
}

// disconnect takes the host's end of a veth away, and the container's with it.
func disconnect(e wire.Endpoint) error {
	if e.Host == "" {
		return nil
	}
	link, err := netlink.LinkByName(e.Host)
	if missing(err) {
		return nil
	}
	if err == nil {
		err = netlink.LinkDel(link)
	}
	if err != nil && !errors.Is(err, unix.ENODEV) {
		return fmt.Errorf("remove %s: %w", e.Host, err)
	}
	return nil
}
