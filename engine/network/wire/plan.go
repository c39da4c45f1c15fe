package wire

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
)

// Version of the formats here. A newer helper reads all older ones.
const Version = 1

// The files of a state dir.
const (
	PlanFile  = "gantry-network.json"
	LeaseFile = "gantry-lease.json"
	lockFile  = "gantry-network.lock"
)

// The drivers of a network.
const (
	Bridge  = "bridge"
	Macvlan = "macvlan"
	Ipvlan  = "ipvlan"
	Plugin  = "plugin" // another program's network, which its CNI plugins set up
)

// Plan says what networks a container is to have. It is complete: who carries it out
// reads nothing else.
type Plan struct {
	Version   int       `json:"version"`
	ID        string    `json:"id"`        // of the container
	Namespace string    `json:"namespace"` // of containerd
	Instance  Instance  `json:"instance"`
	Networks  []Network `json:"networks,omitempty"` // in the order of the interfaces
	Ports     []Port    `json:"ports,omitempty"`
	Names     Names     `json:"names"`
}

// Owner is the container's name in address files, which is nerdctl's too.
func (p Plan) Owner() string { return p.Namespace + "-" + p.ID }

// Publishes is the index of the network that published ports lead to: a bridge with a way
// out, best the one that the default routes go through. It is -1 when there is none.
func (p Plan) Publishes() int {
	first := -1
	for i, n := range p.Networks {
		if n.Driver != Bridge || n.Internal {
			continue
		}
		if n.Default {
			return i
		}
		if first < 0 {
			first = i
		}
	}
	return first
}

// HasIPv6 reports whether ports of a plan are published for IPv6 too.
func (p Plan) HasIPv6() bool {
	i := p.Publishes()
	return i >= 0 && slices.ContainsFunc(p.Networks[i].Sets, func(set Set) bool { return len(set) > 0 && set[0].Subnet.Addr().Is6() })
}

// Instance is what belongs to an engine and not to a container.
type Instance struct {
	Table     string   `json:"table"`                // its nftables table
	Addresses string   `json:"addresses"`            // directory with a directory of address files for each network
	Lock      string   `json:"lock"`                 // file whose lock guards the table
	Hosts     string   `json:"hosts"`                // directory with the hosts files of the namespace, by container
	ConfDir   string   `json:"confDir,omitempty"`    // of the conflists, for networks with plugins
	Plugins   []string `json:"pluginDirs,omitempty"` // where CNI plugins are
}

// Network is one network of a container.
type Network struct {
	Name      string       `json:"name"`
	Driver    string       `json:"driver"`
	Interface string       `json:"interface"`        // in the container
	Bridge    string       `json:"bridge,omitempty"` // name of the bridge on the host
	Parent    string       `json:"parent,omitempty"` // of a macvlan or ipvlan
	Mode      string       `json:"mode,omitempty"`   // of a macvlan or ipvlan, one of Modes; "" is the first
	MTU       int          `json:"mtu,omitempty"`    // in bytes; 0 is the kernel's
	NoMasq    bool         `json:"noMasq,omitempty"` // addresses go out as they are
	Internal  bool         `json:"internal,omitempty"`
	NoICC     bool         `json:"noICC,omitempty"`     // its containers do not reach each other
	Default   bool         `json:"default,omitempty"`   // the default routes go through it
	Sets      []Set        `json:"sets,omitempty"`      // an address of each is given to a container
	Addresses []netip.Addr `json:"addresses,omitempty"` // asked for
	LinkLocal []netip.Addr `json:"linkLocal,omitempty"` // asked for, beside those
	MAC       string       `json:"mac,omitempty"`       // asked for
	Sysctls   []Sysctl     `json:"sysctls,omitempty"`   // of the container's interface
	Aliases   []string     `json:"aliases,omitempty"`   // further names on this network
	File      string       `json:"file,omitempty"`      // of the conflist, for Plugin
}

// Sysctl is a setting below /proc/sys, by the parts of its name.
type Sysctl struct {
	Name  []string `json:"name"`
	Value string   `json:"value"`
}

// Set is a list of ranges of which a container gets one address.
type Set []Range

// Range is a part of a subnet from which addresses are taken.
type Range struct {
	Subnet  netip.Prefix `json:"subnet"`
	Gateway netip.Addr   `json:"gateway"` // the zero Addr: none
	Start   netip.Addr   `json:"start"`   // the first address that is given away
	End     netip.Addr   `json:"end"`     // the last one
}

// Port is one published port.
type Port struct {
	HostIP    netip.Addr `json:"hostIP"` // unspecified or zero: every address of the host
	Host      uint16     `json:"host"`
	Container uint16     `json:"container"`
	Protocol  string     `json:"protocol"` // "tcp", "udp", "sctp"
}

// String is the port as docker port shows it.
func (p Port) String() string {
	ip := p.HostIP
	if !ip.IsValid() {
		ip = netip.IPv4Unspecified()
	}
	return fmt.Sprintf("%s/%s", netip.AddrPortFrom(ip, p.Host), p.Protocol)
}

// Names are what a container is called in hosts files.
type Names struct {
	Hostname   string            `json:"hostname"`
	Domainname string            `json:"domainname,omitempty"`
	Name       string            `json:"name,omitempty"`
	Extra      map[string]string `json:"extra,omitempty"` // name → address, of --add-host
	Links      map[string]string `json:"links,omitempty"` // alias → name or ID of a container of the same network
}

// ReadPlan reads the plan of a state dir. The error is fs.ErrNotExist when the container
// has no network to set up.
func ReadPlan(stateDir string) (p Plan, err error) {
	err = read(filepath.Join(stateDir, PlanFile), &p)
	if err == nil && p.Version > Version {
		err = fmt.Errorf("the network plan's format %d is newer than this program, which reads up to %d", p.Version, Version)
	}
	return p, err
}

// WritePlan replaces the plan in one step. The caller holds the container's lock.
func WritePlan(stateDir string, p Plan) error {
	p.Version = Version
	return write(filepath.Join(stateDir, PlanFile), p)
}

func read(path string, v any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}

func write(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-")
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Modes are what the Mode of a network with this driver may be, the default first; none for a
// bridge. A macvlan's passthru is not among them: it takes the whole of the parent for one container.
func Modes(driver string) []string {
	switch driver {
	case Macvlan:
		return []string{"bridge", "private", "vepa"}
	case Ipvlan:
		return []string{"l2", "l3", "l3s"}
	}
	return nil
}
