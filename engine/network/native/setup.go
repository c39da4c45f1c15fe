package native

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"gantry/engine/network/ipam"
	"gantry/engine/network/names"
	"gantry/engine/network/nft"
	"gantry/engine/network/wire"
)

// Plugins sets up the networks that others' plugins have to, and takes them down. The
// helper runs a copy of gantry for it.
type Plugins interface {
	Add(ctx context.Context, p wire.Plan, n wire.Network, pid int) (wire.Endpoint, error)
	Del(ctx context.Context, l wire.Lease, e wire.Endpoint) error
}

// Setup gives the container whose first process is pid the networks of the plan in its
// state dir, and returns what it then holds. Its namespace must not be the host's. On an
// error nothing is left. plugins may be nil when no network needs them.
func Setup(ctx context.Context, stateDir string, pid int, plugins Plugins) (wire.Lease, error) {
	plan, err := wire.ReadPlan(stateDir)
	if errors.Is(err, fs.ErrNotExist) {
		return wire.Lease{}, nil
	}
	if err != nil {
		return wire.Lease{}, err
	}
	unlock, err := wire.Lock(stateDir)
	if err != nil {
		return wire.Lease{}, err
	}
	defer unlock()
	start := wire.StartOf(pid)
	if start.Ticks == 0 {
		return wire.Lease{}, fmt.Errorf("the container's process %d is gone", pid)
	}
	old, err := wire.ReadLease(stateDir)
	if err == nil {
		if old.Done && old.Start.Same(start) {
			return old, nil
		}
		// What ended without being given back, or was set up in part.
		err = giveBack(ctx, stateDir, old, plugins)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return wire.Lease{}, err
	}
	l := wire.Lease{ID: plan.ID, Owner: plan.Owner(), Start: start, Instance: plan.Instance, Ports: plan.Ports}
	if err := carryOut(ctx, stateDir, plan, &l, plugins); err != nil {
		return wire.Lease{}, wire.Also(err, giveBack(context.WithoutCancel(ctx), stateDir, l, plugins))
	}
	return l, nil
}

// carryOut writes down what it is about to make before it makes it.
func carryOut(ctx context.Context, stateDir string, plan wire.Plan, l *wire.Lease, plugins Plugins) error {
	if err := reserve(plan, l); err != nil {
		return err
	}
	if err := wire.WriteLease(stateDir, *l); err != nil {
		return err
	}
	s, err := spaceOf(l.Start.Pid)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.loopback(); err != nil {
		return err
	}
	for i, n := range plan.Networks {
		if err := ctx.Err(); err != nil {
			return err
		}
		e := &l.Endpoints[i]
		if n.Driver == wire.Plugin {
			if err := byPlugins(ctx, plan, n, e, plugins, l.Start.Pid); err != nil {
				return err
			}
			continue
		}
		if err := connect(s, n, e); err != nil {
			return err
		}
		if err := s.dress(n, *e); err != nil {
			return err
		}
	}
	if err := rules(plan, l); err != nil {
		return err
	}
	if err := names.Announce(plan, *l); err != nil {
		return err
	}
	l.Done = true
	return wire.WriteLease(stateDir, *l)
}

// byPlugins has others set a network up.
func byPlugins(ctx context.Context, plan wire.Plan, n wire.Network, e *wire.Endpoint, plugins Plugins, pid int) error {
	if plugins == nil {
		return fmt.Errorf("network %s needs CNI plugins, which cannot be run here", n.Name)
	}
	got, err := plugins.Add(ctx, plan, n, pid)
	if err != nil {
		return fmt.Errorf("network %s: %w", n.Name, err)
	}
	*e = got
	return nil
}

// reserve takes the addresses. On an error what was taken is in the lease.
func reserve(plan wire.Plan, l *wire.Lease) error {
	for _, n := range plan.Networks {
		e := wire.Endpoint{Network: n.Name, Driver: n.Driver, Interface: n.Interface, Bridge: n.Bridge}
		if n.Driver == wire.Plugin {
			l.Endpoints = append(l.Endpoints, e)
			continue
		}
		got, err := pool(l.Instance, n).Reserve(ipam.Holder{Owner: l.Owner, Interface: n.Interface}, n.Addresses)
		if err != nil {
			return err
		}
		if n.Driver == wire.Bridge {
			e.Host = hostName(*l, n.Interface)
		}
		for _, a := range got {
			e.Addresses = append(e.Addresses, a.Prefix)
			if a.Gateway.IsValid() && !n.Internal {
				e.Gateways = append(e.Gateways, a.Gateway)
			}
		}
		l.Endpoints = append(l.Endpoints, e)
	}
	return nil
}

func pool(i wire.Instance, n wire.Network) ipam.Pool {
	return ipam.Pool{Dir: i.Addresses, Network: n.Name, Sets: n.Sets}
}

// rules puts the bridges' rules in, and the ports to the one that they lead to.
func rules(plan wire.Plan, l *wire.Lease) error {
	bridges := 0
	for _, n := range plan.Networks {
		if n.Driver == wire.Bridge {
			bridges++
		}
	}
	if bridges == 0 {
		return nil
	}
	unlock, err := wire.LockFile(l.Instance.Lock)
	if err != nil {
		return err
	}
	defer unlock()
	table, publishes := nft.Table{Name: l.Instance.Table}, plan.Publishes()
	for i, n := range plan.Networks {
		if n.Driver != wire.Bridge {
			continue
		}
		with := wire.Lease{}
		if i == publishes {
			with = *l
			with.Endpoints = l.Endpoints[i : i+1]
		}
		if err := table.Add(n, with); err != nil {
			return err
		}
		w, err := nft.Admit(l.Instance.Table, n)
		if err != nil {
			return err
		}
		l.Warnings = append(l.Warnings, w...)
	}
	return forgetFlows(l.Ports)
}
