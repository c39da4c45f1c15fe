package engine

import (
	"context"

	mobynet "github.com/moby/moby/api/types/network"

	"gantry/engine/api"
	"gantry/engine/network"
)

// Networks are all networks by name, host and none included.
func (e *Engine) Networks(ctx context.Context) ([]api.Network, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	return l.networks.List()
}

// CreateNetwork makes a network. What is wrong with the request comes as api.FieldErrors, all
// of it at once, and nothing is changed then.
func (e *Engine) CreateNetwork(ctx context.Context, req api.NetworkCreate) (api.Network, error) {
	l, err := e.need(ctx)
	if err != nil {
		return api.Network{}, err
	}
	return l.networks.Create(req)
}

// InspectNetwork is a network in the shape of Docker's GET /networks/{id}, with the running
// containers that are on it.
func (e *Engine) InspectNetwork(ctx context.Context, name string) (mobynet.Inspect, error) {
	l, err := e.need(ctx)
	if err != nil {
		return mobynet.Inspect{}, err
	}
	all, err := e.Containers(ctx)
	if err != nil {
		return mobynet.Inspect{}, err
	}
	var members []network.Member
	for _, c := range all {
		if !c.State.Alive() {
			continue
		}
		lease, err := network.Read(l.records.Dir(c.ID))
		if err != nil {
			return mobynet.Inspect{}, err
		}
		if lease != nil {
			members = append(members, network.Member{ID: c.ID, Name: c.DisplayName(), Lease: *lease})
		}
	}
	return l.networks.Inspect(name, members)
}

// RemoveNetwork takes a network away; one that a container is on, running or not, is an
// *api.NetworkInUseError.
func (e *Engine) RemoveNetwork(ctx context.Context, name string) error {
	l, users, err := e.networkUsers(ctx)
	if err != nil {
		return err
	}
	return l.networks.Remove(name, users)
}

// UnusedNetworks are those that a prune would remove.
func (e *Engine) UnusedNetworks(ctx context.Context) ([]api.Network, error) {
	l, users, err := e.networkUsers(ctx)
	if err != nil {
		return nil, err
	}
	return l.networks.Unused(users)
}

// networkUsers are all containers as far as their networks go.
func (e *Engine) networkUsers(ctx context.Context) (*link, []network.User, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, nil, err
	}
	all, err := e.Containers(ctx)
	var users []network.User
	for _, c := range all {
		users = append(users, network.User{Name: c.DisplayName(), Networks: c.Networks})
	}
	return l, users, err
}
