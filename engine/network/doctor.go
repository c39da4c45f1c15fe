package network

import (
	"fmt"
	"strings"

	"gantry/engine/api"
	"gantry/engine/network/conflist"
	"gantry/engine/network/nft"
	"gantry/engine/network/plugin"
	"gantry/engine/network/wire"
)

// Doctor says what of this host's networking is in the way of containers. It changes
// nothing. stateDirs are those of running containers.
func (n *Networks) Doctor(stateDirs []string) []api.Finding {
	lists, broken, err := n.cfg.Dir.Read()
	var all []api.Finding
	if err != nil {
		all = append(all, api.Finding{Level: api.FindingBad, What: "networks", Detail: "they cannot be read: " + err.Error(), Fix: "see to " + n.cfg.Dir.Path})
	}
	for _, b := range broken {
		all = append(all, api.Finding{Level: api.FindingWarn, What: "networks", Detail: fmt.Sprintf("%s is no network: %v", b.File, b.Err), Fix: "mend it or remove it"})
	}
	for _, l := range lists {
		all = append(all, n.plugins(l)...)
	}
	all = append(all, n.firewall(stateDirs)...)
	if len(all) == 0 {
		all = append(all, api.Finding{Level: api.FindingOK, What: "networks", Detail: fmt.Sprintf("%d of them, in %s", len(lists), n.cfg.Dir.Path)})
	}
	return all
}

// plugins says what a network of another program lacks.
func (n *Networks) plugins(l conflist.List) []api.Finding {
	if l.Native {
		return nil
	}
	missing, err := plugin.Missing(l.File, n.cfg.Instance.Plugins)
	if err != nil || len(missing) == 0 {
		return nil
	}
	return []api.Finding{{
		Level: api.FindingNote, What: "network " + l.Name,
		Detail: "it needs CNI plugins that are not here: " + strings.Join(missing, ", "),
		Fix:    "install the containernetworking-plugins package, or use another network",
	}}
}

func (n *Networks) firewall(stateDirs []string) []api.Finding {
	blocked, err := nft.Blocked(n.cfg.Instance.Table)
	if err != nil {
		return []api.Finding{{Level: api.FindingBad, What: "nftables", Detail: "it cannot be used: " + err.Error(), Fix: "run as root, on a kernel with nf_tables"}}
	}
	var all []api.Finding
	for _, name := range blocked {
		all = append(all, api.Finding{
			Level: api.FindingWarn, What: "firewall",
			Detail: name + " may drop what passes through this host, containers' packets included, and its program is not here to be told otherwise",
			Fix:    fmt.Sprintf("install iptables, or have it accept -i %[1]s and -o %[1]s", n.cfg.Bridge),
		})
	}
	if lost := n.lost(stateDirs); len(lost) > 0 {
		all = append(all, api.Finding{
			Level: api.FindingBad, What: "published ports",
			Detail: "somebody has flushed the rules of " + strings.Join(lost, ", "),
			Fix:    "restart these containers, or start gantry, which puts them back",
		})
	}
	return all
}

// lost are the containers with published ports of which the table knows nothing.
func (n *Networks) lost(stateDirs []string) (ids []string) {
	var there map[string]int
	for _, dir := range stateDirs {
		l, err := wire.ReadLease(dir)
		if err != nil || !l.Done || len(l.Ports) == 0 || !publishes(l) || !l.Start.Alive() {
			continue
		}
		if there == nil {
			if there, err = (nft.Table{Name: n.cfg.Instance.Table}).Bindings(); err != nil {
				return nil
			}
		}
		if there[l.Tag()] == 0 {
			ids = append(ids, api.ShortID(l.ID))
		}
	}
	return ids
}

func publishes(l wire.Lease) bool {
	for _, e := range l.Endpoints {
		if e.Driver == wire.Bridge && len(e.Gateways) > 0 {
			return true
		}
	}
	return false
}
