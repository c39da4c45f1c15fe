package conflist

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"

	"gantry/engine/network/wire"
)

// Labels on networks.
const (
	LabelDefault = "nerdctl/default-network" // "true" on the network of containers that name none
	LabelNative  = "gantry/native"           // the version of gantry's layout: gantry sets it up itself
	LabelCreated = "gantry/created"          // when, RFC 3339
	LabelNoICC   = "gantry/no-icc"
)

// nativeVersion is the layout that this program writes and knows.
const nativeVersion = "1"

// cniVersion is the one that nerdctl writes.
const cniVersion = "1.0.0"

// List is one network.
type List struct {
	Name   string
	ID     string // sha256 of the name in hex, as nerdctl makes it; "" in those of other programs
	Labels map[string]string
	Native bool         // gantry sets it up itself; else its plugins do
	Net    wire.Network // what there is to set up; of other programs as far as it is understood
	IPv6   bool
	File   string // where it was read from
	Bytes  []byte // of the file
}

// ID of a network is made of its name.
func ID(name string) string {
	h := sha256.Sum256([]byte(name))
	return hex.EncodeToString(h[:])
}

// The file's format. Fields are in nerdctl's order.
type (
	file struct {
		CNIVersion string            `json:"cniVersion"`
		Name       string            `json:"name"`
		ID         string            `json:"nerdctlID,omitempty"`
		Labels     map[string]string `json:"nerdctlLabels,omitempty"`
		Plugins    []json.RawMessage `json:"plugins"`
	}
	bridge struct {
		Type         string          `json:"type"`
		Bridge       string          `json:"bridge,omitempty"`
		IsGateway    bool            `json:"isGateway,omitempty"`
		IPMasq       bool            `json:"ipMasq,omitempty"`
		MTU          int             `json:"mtu,omitempty"`
		HairpinMode  bool            `json:"hairpinMode,omitempty"`
		IPAM         ipam            `json:"ipam"`
		Capabilities map[string]bool `json:"capabilities,omitempty"`
	}
	vlan struct {
		Type         string          `json:"type"`
		Master       string          `json:"master"`
		Mode         string          `json:"mode,omitempty"`
		MTU          int             `json:"mtu,omitempty"`
		IPAM         ipam            `json:"ipam"`
		Capabilities map[string]bool `json:"capabilities,omitempty"`
	}
	// ipam has its keys in the order of the alphabet, since nerdctl makes a map of it.
	ipam struct {
		DataDir string   `json:"dataDir,omitempty"`
		Ranges  [][]span `json:"ranges,omitempty"`
		Routes  []route  `json:"routes,omitempty"`
		Type    string   `json:"type"`
	}
	span struct {
		Gateway    string `json:"gateway,omitempty"`
		IPRange    string `json:"ipRange,omitempty"`
		RangeEnd   string `json:"rangeEnd,omitempty"`
		RangeStart string `json:"rangeStart,omitempty"`
		Subnet     string `json:"subnet"`
	}
	route struct {
		Dst string `json:"dst"`
	}
	portmap struct {
		Type         string          `json:"type"`
		Capabilities map[string]bool `json:"capabilities"`
	}
	firewall struct {
		Type          string `json:"type"`
		IngressPolicy string `json:"ingressPolicy,omitempty"`
	}
	tuning struct {
		Type string `json:"type"`
	}
)

// Encode is the file of a network that gantry makes, as nerdctl would write it. dataDir is
// where its addresses are kept; "" is host-local's usual place.
func Encode(l List, dataDir string) ([]byte, error) {
	am := ipam{Type: "host-local", DataDir: dataDir}
	for _, set := range l.Net.Sets {
		var rs []span
		for _, r := range set {
			rs = append(rs, encodeRange(r))
		}
		am.Ranges = append(am.Ranges, rs)
	}
	if !l.Net.Internal {
		am.Routes = append(am.Routes, route{"0.0.0.0/0"})
		if l.IPv6 {
			am.Routes = append(am.Routes, route{"::/0"})
		}
	}
	var capabilities map[string]bool
	if l.IPv6 {
		capabilities = map[string]bool{"ips": true}
	}
	var plugins []any
	switch l.Net.Driver {
	case wire.Bridge:
		policy := "same-bridge"
		if l.Net.NoICC {
			policy = "isolated"
		}
		plugins = append(plugins, bridge{
			Type: wire.Bridge, Bridge: l.Net.Bridge, IsGateway: !l.Net.Internal, IPMasq: !l.Net.NoMasq && !l.Net.Internal,
			MTU: l.Net.MTU, HairpinMode: true, IPAM: am, Capabilities: capabilities,
		})
		if !l.Net.Internal {
			plugins = append(plugins, portmap{"portmap", map[string]bool{"portMappings": true}})
		}
		plugins = append(plugins, firewall{"firewall", policy}, tuning{"tuning"})
	case wire.Macvlan, wire.Ipvlan:
		plugins = append(plugins, vlan{l.Net.Driver, l.Net.Parent, l.Net.Mode, l.Net.MTU, am, capabilities})
	default:
		return nil, fmt.Errorf("a network of driver %q cannot be written", l.Net.Driver)
	}
	f := file{CNIVersion: cniVersion, Name: l.Name, ID: ID(l.Name), Labels: l.Labels}
	for _, p := range plugins {
		b, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		f.Plugins = append(f.Plugins, b)
	}
	return json.MarshalIndent(f, "", "  ")
}

// encodeRange writes the borders only where they are not those of the subnet.
func encodeRange(r wire.Range) span {
	e := span{Subnet: r.Subnet.String()}
	if r.Gateway.IsValid() {
		e.Gateway = r.Gateway.String()
	}
	if whole := Whole(r.Subnet); r.Start != whole.Start || r.End != whole.End {
		e.RangeStart, e.RangeEnd = r.Start.String(), r.End.String()
		if p, ok := PrefixOf(r); ok {
			e.IPRange = p.String()
		}
	}
	return e
}

// PrefixOf is the subnet that a range was given as, which nerdctl remembers.
func PrefixOf(r wire.Range) (netip.Prefix, bool) {
	for bits := r.Subnet.Bits(); bits <= r.Start.BitLen(); bits++ {
		p, err := r.Start.Prefix(bits)
		if err == nil && p.Masked().Addr().Next() == r.Start && Last(p) == r.End {
			return p.Masked(), true
		}
	}
	return netip.Prefix{}, false
}
