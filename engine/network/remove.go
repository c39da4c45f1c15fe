package network

import (
	"errors"
	"os"
	"path/filepath"

	"gantry/engine/api"
	"gantry/engine/network/conflist"
	"gantry/engine/network/native"
	"gantry/engine/network/nft"
	"gantry/engine/network/wire"
)

// User is a container as far as its networks go.
type User struct {
	Name     string // or its short ID
	Networks []string
}

// Remove takes a network away, with its bridge, rules and addresses. users are all
// containers that name networks, running or not: one that is on this network keeps it.
// What another program than gantry and nerdctl made is left to that program.
func (n *Networks) Remove(name string, users []User) error {
	if name == Host || name == None {
		return &api.UnsupportedError{What: "removing " + name, Reason: "it is always there"}
	}
	l, err := n.find(name)
	if err != nil {
		return err
	}
	if reason := keep(l); reason != "" {
		return &api.UnsupportedError{What: "removing the network " + l.Name, Reason: reason}
	}
	if by := usedBy(l.Name, users); len(by) > 0 {
		return &api.NetworkInUseError{Name: l.Name, By: by}
	}
	return n.cfg.Dir.Locked(func() error {
		if err := os.Remove(l.File); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return n.clear(l)
	})
}

// keep is why a network is not removed; "" when it may be.
func keep(l conflist.List) string {
	switch {
	case isDefault(l) || l.Name == DefaultName:
		return "containers that name no network are on it"
	case l.ID == "":
		return "another program made it: " + l.File
	}
	return ""
}

func usedBy(name string, users []User) (by []string) {
	for _, u := range users {
		for _, n := range u.Networks {
			if n == name {
				by = append(by, u.Name)
				break
			}
		}
	}
	return by
}

// clear takes away what containers have left of a network; nerdctl, too, removes the
// bridge.
func (n *Networks) clear(l conflist.List) error {
	if l.Net.Driver != wire.Bridge || l.Net.Bridge == "" {
		return n.forgetAddresses(l)
	}
	var err error
	if l.Native {
		err = n.clearRules(l.Net)
	}
	return errors.Join(err, native.RemoveBridge(l.Net.Bridge), n.forgetAddresses(l))
}

func (n *Networks) clearRules(net wire.Network) error {
	unlock, err := wire.LockFile(n.cfg.Instance.Lock)
	if err != nil {
		return err
	}
	defer unlock()
	return errors.Join(
		nft.Table{Name: n.cfg.Instance.Table}.RemoveNetwork(net),
		nft.Dismiss(n.cfg.Instance.Table, net))
}

// forgetAddresses removes the files of a native network's addresses.
func (n *Networks) forgetAddresses(l conflist.List) error {
	if !l.Native {
		return nil
	}
	return os.RemoveAll(filepath.Join(n.cfg.Instance.Addresses, l.Name))
}

// Unused are the networks that a prune would remove: those that could be and that no
// container names.
func (n *Networks) Unused(users []User) ([]api.Network, error) {
	lists, _, err := n.cfg.Dir.Read()
	if err != nil {
		return nil, err
	}
	var unused []api.Network
	for _, l := range lists {
		if keep(l) == "" && len(usedBy(l.Name, users)) == 0 {
			unused = append(unused, describe(l))
		}
	}
	return unused, nil
}
