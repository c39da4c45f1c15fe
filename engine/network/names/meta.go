package names

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"

	"gantry/engine/host/smallfile"
	"gantry/engine/network/wire"
)

const (
	hostsFile = "hosts"
	metaFile  = "meta.json"
)

// hostGateway stands for the host's address in --add-host.
const hostGateway = "host-gateway"

// meta is nerdctl's meta.json, and the aliases that nerdctl does not know.
type meta struct {
	ID         string
	Networks   map[string]*result
	Hostname   string
	ExtraHosts map[string]string // name → address
	Name       string
	Domainname string
	Aliases    map[string][]string `json:"gantryAliases,omitempty"` // by network
	Links      map[string]string   `json:"gantryLinks,omitempty"`   // alias → name or ID of another container
}

// result is a network's result in CNI's format 1.0.0.
type result struct {
	CNIVersion string      `json:"cniVersion,omitempty"`
	Interfaces []iface     `json:"interfaces,omitempty"`
	IPs        []ip        `json:"ips,omitempty"`
	Routes     []route     `json:"routes,omitempty"`
	DNS        interface{} `json:"dns"`
}

type iface struct {
	Name    string `json:"name"`
	Mac     string `json:"mac,omitempty"`
	Sandbox string `json:"sandbox,omitempty"`
}

type ip struct {
	Interface *int         `json:"interface,omitempty"`
	Address   netip.Prefix `json:"address"`
	Gateway   netip.Addr   `json:"gateway,omitzero"`
}

type route struct {
	Dst string     `json:"dst"`
	GW  netip.Addr `json:"gw,omitzero"`
}

// results of a lease, as a plugin would have given them.
func results(l wire.Lease, sandbox string) map[string]*result {
	all := map[string]*result{}
	for _, e := range l.Endpoints {
		r := &result{CNIVersion: "1.0.0", DNS: struct{}{}}
		if e.Bridge != "" {
			r.Interfaces = append(r.Interfaces, iface{Name: e.Bridge})
		}
		if e.Host != "" {
			r.Interfaces = append(r.Interfaces, iface{Name: e.Host})
		}
		at := len(r.Interfaces)
		r.Interfaces = append(r.Interfaces, iface{e.Interface, e.MAC, sandbox})
		for _, a := range e.Addresses {
			gw := gatewayFor(a.Addr(), e.Gateways)
			r.IPs = append(r.IPs, ip{&at, a, gw})
			if gw.IsValid() {
				dst := "0.0.0.0/0"
				if gw.Is6() {
					dst = "::/0"
				}
				r.Routes = append(r.Routes, route{Dst: dst})
			}
		}
		all[e.Network] = r
	}
	return all
}

func gatewayFor(a netip.Addr, gateways []netip.Addr) netip.Addr {
	for _, gw := range gateways {
		if gw.Is4() == a.Is4() {
			return gw
		}
	}
	return netip.Addr{}
}

// readMeta is the zero value when there is none; a broken one counts as none.
func readMeta(dir string) (meta, error) {
	var m meta
	b, err := smallfile.Read(filepath.Join(dir, metaFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	if json.Unmarshal(b, &m) != nil {
		return meta{}, nil
	}
	return m, nil
}

func writeMeta(dir string, m meta) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".tmp-")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, metaFile))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
