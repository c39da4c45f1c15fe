package api

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Network is what a list shows of a network.
type Network struct {
	Name      string
	ID        string // 64 hex digits; "" for networks of programs that give none
	Driver    string // "bridge", "macvlan", "ipvlan", "host", "none", or a CNI plugin's name
	Subnets   []Subnet
	Internal  bool
	IPv6      bool
	Bridge    string // interface on the host; "" when there is none
	Parent    string // of a macvlan or ipvlan
	MTU       int    // 0 is the kernel's
	Labels    map[string]string
	CreatedAt time.Time // zero when it is not known
	Default   bool      // containers that name no network are on it
	// Plugins reports that CNI plugins set it up, since another program made it.
	Plugins bool
	File    string // of its configuration; "" for host and none
}

// Subnet is one range of addresses of a network.
type Subnet struct {
	Prefix  netip.Prefix
	Gateway netip.Addr   // the zero Addr: none
	Range   netip.Prefix // the zero Prefix: all of it
}

// NetworkCreate is what a network is made from, as docker network create takes it: texts
// are checked all at once.
type NetworkCreate struct {
	Name     string
	Driver   string            // "" is bridge
	Subnets  []string          // "" or none: chosen
	Gateways []string          // each in one of the subnets
	Ranges   []string          // each within one of the subnets
	IPv6     bool              // with a subnet of its own if none is given
	Internal bool              // no way out
	Options  map[string]string // of --opt: mtu, parent, macvlan_mode, ipvlan_mode, ip-masq, icc, and Docker's long names
	Labels   map[string]string
}

// NetworkInUseError is a network that cannot be removed.
type NetworkInUseError struct {
	Name string
	By   []string // names of containers
}

func (e *NetworkInUseError) Error() string {
	return fmt.Sprintf("network %s is used by %s", e.Name, strings.Join(e.By, ", "))
}
