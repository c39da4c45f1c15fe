package ipam

import (
	"fmt"
	"net/netip"
)

// FullError is a set of ranges without a free address.
type FullError struct {
	Network string
	Subnet  netip.Prefix // of the set's first range
}

func (e *FullError) Error() string {
	return fmt.Sprintf("network %s has no free address left in %s", e.Network, e.Subnet)
}

// TakenError is an address that was asked for and that somebody holds.
type TakenError struct {
	Network string
	Addr    netip.Addr
	Owner   string // in the address file; "" for the gateway
}

func (e *TakenError) Error() string {
	if e.Owner == "" {
		return fmt.Sprintf("%s is the gateway of network %s", e.Addr, e.Network)
	}
	return fmt.Sprintf("%s on network %s is in use by %s", e.Addr, e.Network, e.Owner)
}

// OutsideError is an address that was asked for and that no range of the network has.
type OutsideError struct {
	Network string
	Addr    netip.Addr
}

func (e *OutsideError) Error() string {
	return fmt.Sprintf("%s is not in a range of network %s", e.Addr, e.Network)
}
