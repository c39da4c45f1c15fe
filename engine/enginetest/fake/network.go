package fake

import (
	"context"
	"slices"

	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
)

// Networks implements backend.Networker.
func (e *Engine) Networks(context.Context) ([]api.Network, error) {
	if err := e.record("Networks", ""); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	all := []api.Network{{Name: "bridge", Driver: "bridge", Default: true}, {Name: "host", Driver: "host"}, {Name: "none", Driver: "none"}}
	return append(all, e.networks...), nil
}

// CreateNetwork implements backend.Networker.
func (e *Engine) CreateNetwork(_ context.Context, req api.NetworkCreate) (api.Network, error) {
	if err := e.record("CreateNetwork", req.Name); err != nil {
		return api.Network{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.serial++
	n := api.Network{Name: req.Name, ID: digits(e.serial), Driver: "bridge", Internal: req.Internal, IPv6: req.IPv6, Labels: req.Labels, CreatedAt: e.clock.Now()}
	e.networks = append(e.networks, n)
	return n, nil
}

// InspectNetwork implements backend.Networker.
func (e *Engine) InspectNetwork(_ context.Context, name string) (network.Inspect, error) {
	if err := e.record("InspectNetwork", name); err != nil {
		return network.Inspect{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	i := slices.IndexFunc(e.networks, func(n api.Network) bool { return n.Name == name })
	if i < 0 {
		return network.Inspect{}, &api.NotFoundError{Kind: "network", Name: name}
	}
	return network.Inspect{Network: network.Network{Name: name, ID: e.networks[i].ID, Driver: "bridge"}}, nil
}

// RemoveNetwork implements backend.Networker. One that a container is on stays.
func (e *Engine) RemoveNetwork(_ context.Context, name string) error {
	if err := e.record("RemoveNetwork", name); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, b := range e.boxes {
		if slices.Contains(b.c.Networks, name) {
			return &api.NetworkInUseError{Name: name, By: []string{b.c.DisplayName()}}
		}
	}
	i := slices.IndexFunc(e.networks, func(n api.Network) bool { return n.Name == name })
	if i < 0 {
		return &api.NotFoundError{Kind: "network", Name: name}
	}
	e.networks = slices.Delete(e.networks, i, i+1)
	return nil
}

// UnusedNetworks implements backend.Networker: those that were made and that no container is on.
func (e *Engine) UnusedNetworks(context.Context) ([]api.Network, error) {
	if err := e.record("UnusedNetworks", ""); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(e.networks), func(n api.Network) bool {
		for _, b := range e.boxes {
			if slices.Contains(b.c.Networks, n.Name) {
				return true
			}
		}
		return false
	}), nil
}
