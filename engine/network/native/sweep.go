package native

import (
	"errors"
	"net/netip"
	"strings"

	"gantry/engine/network/ipam"
	"gantry/engine/network/nft"
	"gantry/engine/network/wire"
)

// Swept is what a sweep has freed.
type Swept struct {
	Addresses map[string][]netip.Addr // by network
	Bindings  int                     // published ports
}

// Sweep frees the addresses and published ports in one containerd namespace that belong
// to no container: what is left when a state dir went before its networks did. exists
// must ask then, and say yes to everything it is not sure of.
func Sweep(i wire.Instance, namespace string, exists func(id string) bool) (Swept, error) {
	prefix := namespace + "-"
	freed, err := ipam.Sweep(i.Addresses, prefix, func(owner string) bool {
		return exists(strings.TrimPrefix(owner, prefix))
	})
	s := Swept{Addresses: freed}
	unlock, lerr := wire.LockFile(i.Lock)
	if lerr != nil {
		return s, errors.Join(err, lerr)
	}
	defer unlock()
	n, serr := nft.Table{Name: i.Table}.Sweep(func(tag string) bool {
		id, _, _ := strings.Cut(tag, " ")
		return exists(id)
	})
	s.Bindings = n
	return s, errors.Join(err, serr)
}

// Repair puts the rules of running containers back, of which the state dirs are given:
// some other program may have flushed all tables. Elements that are there stay as they
// are. Containers that have ended meanwhile are passed over.
func Repair(stateDirs []string) error {
	var errs error
	for _, dir := range stateDirs {
		plan, err := wire.ReadPlan(dir)
		if err != nil {
			continue
		}
		errs = errors.Join(errs, repair(dir, plan))
	}
	return errs
}

func repair(dir string, plan wire.Plan) error {
	unlock, err := wire.Lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	l, err := wire.ReadLease(dir)
	if err != nil || !l.Done || !l.Start.Alive() {
		return nil
	}
	return rules(plan, &l)
}
