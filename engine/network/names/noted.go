package names

import (
	"cmp"
	"path/filepath"
	"slices"

	"gantry/engine/network/wire"
)

// Noted are the endpoints that a container's meta.json tells of; nerdctl writes them down
// nowhere else. Its last run's are still there when it has ended.
func Noted(root, id string) ([]wire.Endpoint, error) {
	m, err := readMeta(filepath.Join(root, id))
	if err != nil {
		return nil, err
	}
	var all []wire.Endpoint
	for network, r := range m.Networks {
		if r == nil {
			continue
		}
		e := wire.Endpoint{Network: network, Driver: wire.Plugin}
		for _, i := range r.Interfaces {
			if i.Sandbox != "" {
				e.Interface, e.MAC = i.Name, i.Mac
			}
		}
		for _, ip := range r.IPs {
			e.Addresses = append(e.Addresses, ip.Address)
			if ip.Gateway.IsValid() {
				e.Gateways = append(e.Gateways, ip.Gateway)
			}
		}
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b wire.Endpoint) int { return cmp.Compare(a.Interface, b.Interface) })
	return all, nil
}
