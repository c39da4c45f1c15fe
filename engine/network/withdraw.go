package network

import (
	"context"
	"errors"
	"slices"
	"time"

	"gantry/engine/network/conflist"
	"gantry/engine/network/native"
	"gantry/engine/network/nft"
	"gantry/engine/network/wire"
)

const (
	// leaving is how long the kernel may take to clear a network namespace away, and with it
	// the interface that is on a bridge, after the last process in it has ended.
	leaving  = 2 * time.Second
	lookEach = 20 * time.Millisecond
)

// Withdraw takes the bridges and the rules of the networks that gantry lays out from the host,
// unless one of them is in use: the networks stay, and the next start makes the rest anew. used
// says whether a container has them, and is asked when no start can be under way.
func (n *Networks) Withdraw(ctx context.Context, used func() bool) error {
	lists, _, err := n.cfg.Dir.Read()
	if err != nil {
		return err
	}
	unlock, err := wire.LockFile(n.cfg.Instance.Lock)
	if err != nil {
		return err
	}
	defer unlock()
	lists = slices.DeleteFunc(lists, func(l conflist.List) bool { return !l.Native || l.Net.Driver != wire.Bridge || l.Net.Bridge == "" })
	if used() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, leaving)
	defer cancel()
	for _, l := range lists {
		if busy, err := inUse(ctx, l.Net.Bridge); busy || err != nil {
			return err
		}
	}
	var errs []error
	for _, l := range lists {
		errs = append(errs, nft.Dismiss(n.cfg.Instance.Table, l.Net), native.RemoveBridge(l.Net.Bridge))
	}
	return errors.Join(append(errs, nft.Table{Name: n.cfg.Instance.Table}.Remove())...)
}

// inUse reports whether something stays on a bridge until ctx ends.
func inUse(ctx context.Context, bridge string) (bool, error) {
	for {
		busy, err := native.BridgeInUse(bridge)
		if !busy || err != nil {
			return false, err
		}
		select {
		case <-ctx.Done():
			return true, nil
		case <-time.After(lookEach):
		}
	}
}
