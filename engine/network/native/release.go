package native

import (
	"context"
	"errors"
	"io/fs"

	"gantry/engine/network/ipam"
	"gantry/engine/network/names"
	"gantry/engine/network/nft"
	"gantry/engine/network/wire"
)

// Release gives back what the given start of a container holds: rules, addresses, hosts
// lines. When the state dir's lease is of another start, or there is none, it does
// nothing. The kernel takes the interfaces away with the namespace.
func Release(ctx context.Context, stateDir string, start wire.Start, plugins Plugins) error {
	return release(ctx, stateDir, plugins, func(l wire.Lease) bool { return l.Start.Same(start) })
}

// ReleaseDead gives back what a container holds whose process has ended, whichever start
// it was: before its records are removed, and when its logger was killed.
func ReleaseDead(ctx context.Context, stateDir string, plugins Plugins) error {
	return release(ctx, stateDir, plugins, func(l wire.Lease) bool { return !l.Start.Alive() })
}

func release(ctx context.Context, stateDir string, plugins Plugins, mine func(wire.Lease) bool) error {
	// Most containers without a network have no lease, and then no lock is made for it.
	if _, err := wire.ReadLease(stateDir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := wire.Lock(stateDir)
	if err != nil {
		return err
	}
	defer unlock()
	l, err := wire.ReadLease(stateDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !mine(l) {
		return nil
	}
	return giveBack(ctx, stateDir, l, plugins)
}

// giveBack undoes a lease as far as it goes and forgets it if all went. Rules go first:
// an address may have a new holder as soon as it is free.
func giveBack(ctx context.Context, stateDir string, l wire.Lease, plugins Plugins) error {
	err := removeRules(l)
	for _, e := range l.Endpoints {
		if e.Driver == wire.Plugin {
			if plugins != nil {
				err = errors.Join(err, plugins.Del(ctx, l, e))
			}
			continue
		}
		err = errors.Join(err, disconnect(e))
		p := ipam.Pool{Dir: l.Instance.Addresses, Network: e.Network}
		err = errors.Join(err, p.Release(ipam.Holder{Owner: l.Owner, Interface: e.Interface}, e.Addresses))
	}
	err = errors.Join(err, names.Withdraw(l))
	if err != nil {
		return err
	}
	return wire.RemoveLease(stateDir)
}

func removeRules(l wire.Lease) error {
	if len(l.Ports) == 0 {
		return nil
	}
	unlock, err := wire.LockFile(l.Instance.Lock)
	if err != nil {
		return err
	}
	defer unlock()
	return nft.Table{Name: l.Instance.Table}.RemoveTag(l.Tag())
}
