package network

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/engine/network/conflist"
	"gantry/engine/network/native"
	"gantry/engine/network/wire"
)

// The networks that are there without being made.
const (
	Host = "host"
	None = "none"
)

// DefaultName is the network of containers that name none.
const DefaultName = "bridge"

// HostLocalDir is where host-local keeps addresses unless it is told otherwise.
const HostLocalDir = "/var/lib/cni/networks"

// Config says where an engine's networks are.
type Config struct {
	Dir       conflist.Dir
	Namespace string // of containerd
	Instance  wire.Instance
	// Bridge is the name of the default network's bridge, such as gantry0.
	Bridge string
	// Pool is what subnets are taken from, /24 each; the zero Prefix is nerdctl's
	// 10.4.0.0/16.
	Pool netip.Prefix
	// Shared has bridges named as nerdctl names them; else the names are this engine's
	// own, so that two engines on one host may have networks of one name.
	Shared bool
	// Taken lists the host's subnets in use, but those on the named interface; nil asks
	// the kernel.
	Taken func(except string) ([]netip.Prefix, error)
	Now   func() time.Time // nil: time.Now
}

// Networks are the networks of one engine and containerd namespace.
type Networks struct{ cfg Config }

// Open touches nothing; the default network is made when it is first asked for.
func Open(cfg Config) *Networks {
	if !cfg.Pool.IsValid() {
		cfg.Pool = netip.MustParsePrefix("10.4.0.0/16")
	}
	if cfg.Taken == nil {
		cfg.Taken = native.Taken
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Networks{cfg}
}

// Instance is what belongs to the engine and not to a container.
func (n *Networks) Instance() wire.Instance { return n.cfg.Instance }

// TableName is the nftables table of the engine with this data root.
func TableName(dataRoot string) string { return "gantry-" + short(dataRoot, 8) }

func short(s string, n int) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])[:n]
}

// List is all networks by name, host and none included.
func (n *Networks) List() ([]api.Network, error) {
	lists, _, err := n.cfg.Dir.Read()
	if err != nil {
		return nil, err
	}
	all := []api.Network{{Name: Host, Driver: Host}, {Name: None, Driver: None}}
	for _, l := range lists {
		all = append(all, describe(l))
	}
	slices.SortFunc(all, func(a, b api.Network) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// Get finds a network by its name, its ID or the beginning of that.
func (n *Networks) Get(name string) (api.Network, error) {
	if name == Host || name == None {
		return api.Network{Name: name, Driver: name}, nil
	}
	l, err := n.find(name)
	return describe(l), err
}

func (n *Networks) find(name string) (conflist.List, error) {
	lists, _, err := n.cfg.Dir.Read()
	if err != nil {
		return conflist.List{}, err
	}
	var found []conflist.List
	for _, l := range lists {
		if l.Name == name {
			return l, nil
		}
		if l.ID != "" && len(name) > 2 && strings.HasPrefix(l.ID, name) {
			found = append(found, l)
		}
	}
	switch len(found) {
	case 0:
		return conflist.List{}, &api.NotFoundError{Kind: "network", Name: name}
	case 1:
		return found[0], nil
	}
	e := &api.AmbiguousError{Prefix: name}
	for _, l := range found {
		e.IDs = append(e.IDs, l.ID)
	}
	return conflist.List{}, e
}

func describe(l conflist.List) api.Network {
	a := api.Network{
		Name: l.Name, ID: l.ID, Driver: l.Net.Driver, Internal: l.Net.Internal, IPv6: l.IPv6, Bridge: l.Net.Bridge,
		Parent: l.Net.Parent, MTU: l.Net.MTU, Default: isDefault(l), Plugins: !l.Native, File: l.File, Labels: map[string]string{},
	}
	a.CreatedAt, _ = time.Parse(time.RFC3339Nano, l.Labels[conflist.LabelCreated])
	for k, v := range l.Labels {
		if !strings.HasPrefix(k, "nerdctl/") && !strings.HasPrefix(k, "gantry/") {
			a.Labels[k] = v
		}
	}
	for _, set := range l.Net.Sets {
		for _, r := range set {
			s := api.Subnet{Prefix: r.Subnet, Gateway: r.Gateway}
			s.Range, _ = conflist.PrefixOf(r)
			a.Subnets = append(a.Subnets, s)
		}
	}
	return a
}

func isDefault(l conflist.List) bool {
	_, ok := l.Labels[conflist.LabelDefault]
	return ok
}
