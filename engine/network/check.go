package network

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path/filepath"

	"gantry/engine/api"
	"gantry/engine/network/ipam"
	"gantry/engine/network/port"
	"gantry/engine/network/wire"
)

// Check looks, before a start, at what would fail in it: ports that somebody has,
// addresses that somebody has, subnets without a free one. It names who, as
// api.FieldErrors; published are the ports of running containers other than this one.
// nameOf gives the name of the container that holds an address; "" when it has none.
func Check(p wire.Plan, published []port.Published, nameOf func(owner string) string) error {
	var errs api.FieldErrors
	for i, err := range port.Check(p.Ports, p.HasIPv6(), published) {
		if err == nil {
			continue
		}
		e := api.FieldError{Field: "publish", Index: i, Value: p.Ports[i].String(), Reason: err.Error()}
		if used, ok := errors.AsType[*port.InUseError](err); ok {
			e.Reason, e.Fix = fmt.Sprintf("port %d/%s of this host is in use by %s", p.Ports[i].Host, p.Ports[i].Protocol, used.Owner), "publish it on another port"
		}
		errs = append(errs, e)
	}
	for i, n := range p.Networks {
		errs = append(errs, checkAddresses(p, i, n, nameOf)...)
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

func checkAddresses(p wire.Plan, index int, n wire.Network, nameOf func(string) string) (errs api.FieldErrors) {
	if n.Driver == wire.Plugin {
		return nil
	}
	pool := ipam.Pool{Dir: p.Instance.Addresses, Network: n.Name, Sets: n.Sets}
	held, err := pool.Holders()
	if err != nil {
		return api.FieldErrors{{Field: "network", Index: index, Value: n.Name, Reason: err.Error()}}
	}
	for _, a := range n.Addresses {
		h, taken := held[a]
		if !taken || h.Owner == p.Owner() {
			continue
		}
		who := nameOf(h.Owner)
		if who == "" {
			who = h.Owner
		}
		field := "ip"
		if a.Is6() {
			field = "ip6"
		}
		errs = append(errs, api.FieldError{Field: field, Value: a.String(), Reason: "the address is in use by " + who, Fix: "choose another one, or none to have one chosen"})
	}
	for _, set := range n.Sets {
		if len(n.Addresses) == 0 && full(set, held, p.Owner()) {
			errs = append(errs, api.FieldError{Field: "network", Index: index, Value: n.Name,
				Reason: fmt.Sprintf("no address is free in %s", set[0].Subnet), Fix: "remove containers that are on it, or make a larger network"})
		}
	}
	return errs
}

// countable is the largest range that is looked through; larger ones are never full.
const countable = 1 << 16

func full(set wire.Set, held map[netip.Addr]ipam.Holder, owner string) bool {
	left := countable
	for _, r := range set {
		for a := r.Start; a.IsValid() && !r.End.Less(a); a = a.Next() {
			if h, taken := held[a]; a != r.Gateway && (!taken || h.Owner == owner) {
				return false
			}
			if left--; left == 0 {
				return false
			}
		}
	}
	return len(set) > 0
}

// Read is the networks that a running container has, from its state dir: nil when it has
// none, or others set them up.
func Read(stateDir string) (*wire.Lease, error) {
	l, err := wire.ReadLease(stateDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(stateDir), err)
	}
	return &l, nil
}
