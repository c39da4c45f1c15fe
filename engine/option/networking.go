package option

import (
	"encoding/csv"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
)

// defaultNetwork is that of a container that names none.
const defaultNetwork container.NetworkMode = "bridge"

// The options of an endpoint that are carried out, by Docker's names.
const (
	OptionInterface = "com.docker.network.endpoint.ifname"
	OptionSysctls   = "com.docker.network.endpoint.sysctls"
)

// asked is one network that is asked for; settings is nil when nothing is asked of it.
type asked struct {
	name     string
	settings *network.EndpointSettings
}

// networking are the rows about networks.
func networking() []row {
	return []row{
		{
			Option: Option{
				Key: KeyNetwork, Aliases: []string{"net"}, Label: "Networks", Section: SectionNetwork, Kind: KindText, Repeat: true, Form: true,
				Default: string(defaultNetwork), Value: "network", Example: "name=backend,alias=db",
				Help: "Network to join: NAME, none, host, container:NAME, or fields such as name=NET,alias=db",
			},
			put: putNetwork, take: takeNetworks,
		},
	}
}

// networkName is nerdctl's rule for names of networks.
var networkName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`) })

const nameFix = "letters, digits, _ . and -, the first one a letter or digit"

func putNetwork(b *build, v string) {
	n, reason, fix := readNetwork(v)
	if reason == "" {
		reason, fix = b.besides(n.name)
	}
	if reason != "" {
		b.refuse(reason, fix)
		return
	}
	if len(b.nets) == 0 {
		b.host.NetworkMode = container.NetworkMode(n.name)
	}
	b.nets = append(b.nets, n)
}

// besides says why a network cannot be had with those before it.
func (b *build) besides(name string) (reason, fix string) {
	for _, o := range b.nets {
		switch {
		case o.name == name:
			return fmt.Sprintf("network %q is specified multiple times", name), "name it once"
		case alone(o.name):
			return "cannot be had with --network " + o.name, "leave one of them out"
		case alone(name):
			return "cannot be had with another network", "leave one of them out"
		}
	}
	return "", ""
}

// alone reports whether what is asked for leaves no room for a network.
func alone(name string) bool {
	m := container.NetworkMode(name)
	return m.IsHost() || m.IsNone() || m.IsContainer()
}

// readNetwork reads a name, or Docker's list of fields: name=backend,alias=db,ip=10.4.0.9.
func readNetwork(v string) (n asked, reason, fix string) {
	if !strings.Contains(v, "=") {
		n.name = v
		reason, fix = n.check()
		return n, reason, fix
	}
	r := csv.NewReader(strings.NewReader(v))
	fields, err := r.Read()
	if err != nil || strings.ContainsAny(v, "\r\n") {
		return n, "is not a list of fields", "write it like name=backend,alias=db"
	}
	n.settings = &network.EndpointSettings{}
	for _, f := range fields {
		key, value, ok := strings.Cut(strings.TrimSpace(f), "=")
		if key = strings.ToLower(key); !ok || value == "" {
			return n, fmt.Sprintf("has %q, which is no field with a value", f), "write it like name=backend,alias=db"
		}
		if reason, fix = n.field(key, value); reason != "" {
			return n, reason, fix
		}
	}
	if n.name == "" {
		return n, "names no network", "begin with name=NETWORK"
	}
	if alone(n.name) && !emptySettings(n.settings) {
		return n, "asks for more than --network " + n.name + " can have", "write the name only"
	}
	if emptySettings(n.settings) {
		n.settings = nil
	}
	reason, fix = n.check()
	return n, reason, fix
}

// check looks at the name, and writes it as the request has it.
func (n *asked) check() (reason, fix string) {
	target, shared := strings.CutPrefix(n.name, "container:")
	switch {
	case n.name == "default":
		n.name = string(defaultNetwork)
	case shared && !containerName().MatchString(target):
		return "is not the name of a container", "write container:NAME, or container:ID"
	case !shared && !networkName().MatchString(n.name):
		return "is not the name of a network", nameFix
	}
	return "", ""
}

// containerName is Docker's rule.
var containerName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^/?[A-Za-z0-9][A-Za-z0-9_.-]*$`) })

// field reads one of a list of fields.
func (n *asked) field(key, value string) (reason, fix string) {
	s := n.settings
	switch key {
	case "name":
		n.name = value
	case "alias":
		if !networkName().MatchString(value) {
			return fmt.Sprintf("has the alias %q, which is not a host's name", value), nameFix
		}
		s.Aliases = append(s.Aliases, value)
	case "ip", "ip6", "link-local-ip":
		a, err := netip.ParseAddr(value)
		if err != nil || a.Zone() != "" || key == "ip" && !a.Is4() || key == "ip6" && !a.Is6() || key == "link-local-ip" && !a.IsLinkLocalUnicast() {
			return fmt.Sprintf("has %s=%s, which is no such address", key, value), ""
		}
		putAddress(s, key, a)
	case "mac-address":
		mac, ok := readMAC(value)
		if !ok {
			return fmt.Sprintf("has the MAC address %s, which no interface can have", value), macFix
		}
		s.MacAddress = mac
	case "gw-priority":
		p, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Sprintf("has gw-priority=%s, which is not a whole number", value), ""
		}
		s.GwPriority = p
	case "driver-opt":
		name, v, _ := strings.Cut(value, "=")
		if reason, fix = checkDriverOpt(name, v); reason != "" {
			return reason, fix
		}
		if s.DriverOpts == nil {
			s.DriverOpts = map[string]string{}
		}
		s.DriverOpts[name] = v
	default:
		return fmt.Sprintf("has the field %q, which does not exist", key), "there are name, alias, ip, ip6, link-local-ip, mac-address, gw-priority and driver-opt"
	}
	return "", ""
}

// interfaceName is what the kernel takes, but for names that another interface has.
var interfaceName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_.-]{1,15}$`) })

// checkDriverOpt says why an option of a network's driver is not carried out.
func checkDriverOpt(name, v string) (reason, fix string) {
	switch {
	case name == OptionInterface && (!interfaceName().MatchString(v) || v == "lo" || v == "." || v == ".."):
		return fmt.Sprintf("has the interface %q, which cannot be called so", v), "letters, digits, _ . and -, at most 15"
	case name == OptionInterface:
		return "", ""
	case name == OptionSysctls:
		for _, s := range strings.Split(v, ",") {
			key, value, ok := strings.Cut(s, "=")
			part := strings.Split(key, ".")
			if !ok || value == "" || len(part) < 5 || part[0] != "net" || part[3] != "IFNAME" || strings.Contains(key, "/") {
				return fmt.Sprintf("has the setting %q, which is none of an interface", s), "write it like net.ipv4.conf.IFNAME.log_martians=1"
			}
		}
		return "", ""
	}
	return fmt.Sprintf("has the driver option %q, which is not carried out here", name), "leave it out; there are " + OptionInterface + " and " + OptionSysctls
}

// putAddress puts an address to where the request has it.
func putAddress(s *network.EndpointSettings, key string, a netip.Addr) {
	if s.IPAMConfig == nil {
		s.IPAMConfig = &network.EndpointIPAMConfig{}
	}
	switch key {
	case "ip":
		s.IPAMConfig.IPv4Address = a
	case "ip6":
		s.IPAMConfig.IPv6Address = a
	default:
		s.IPAMConfig.LinkLocalIPs = append(s.IPAMConfig.LinkLocalIPs, a)
	}
}

const macFix = "write six pairs of hex digits, the first one even: 02:42:0a:04:00:28"

func readMAC(v string) (network.HardwareAddr, bool) {
	mac, err := net.ParseMAC(v)
	return network.HardwareAddr(mac), err == nil && len(mac) == 6 && mac[0]&1 == 0
}

func emptySettings(s *network.EndpointSettings) bool {
	return s == nil || s.GwPriority == 0 && s.IPAMConfig == nil && len(s.Aliases)+len(s.Links)+len(s.MacAddress)+len(s.DriverOpts) == 0
}

// takeNetworks are the networks of a request in order. What the first one is asked for has
// flags of its own, as far as there are any.
func takeNetworks(r *api.CreateRequest) (out []string) {
	names := Networks(*r)
	for i, name := range names {
		s := settingsOf(r, name)
		if i == 0 {
			s = &network.EndpointSettings{GwPriority: s.GwPriority, DriverOpts: s.DriverOpts}
		}
		out = append(out, networkText(name, s))
	}
	if len(out) == 1 && out[0] == string(defaultNetwork) {
		return nil
	}
	return out
}

// Networks are the names of a request's networks in the order of its interfaces: that of the
// mode, then those that were named with it, then all others by name.
func Networks(r api.CreateRequest) []string {
	mode := container.NetworkMode("")
	if r.HostConfig != nil {
		mode = r.HostConfig.NetworkMode
	}
	first := string(mode)
	if mode == "" || mode.IsDefault() {
		first = string(defaultNetwork)
	}
	out := []string{first}
	if alone(first) || r.NetworkingConfig == nil {
		return out
	}
	ends := r.NetworkingConfig.EndpointsConfig
	for _, name := range append(slices.Clone(r.NetworkOrder), slices.Sorted(maps.Keys(ends))...) {
		if _, has := ends[name]; has && name != "default" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func settingsOf(r *api.CreateRequest, name string) *network.EndpointSettings {
	if r.NetworkingConfig != nil {
		if s := r.NetworkingConfig.EndpointsConfig[name]; s != nil {
			return s
		}
	}
	return &network.EndpointSettings{}
}

// networkText is a network as --network takes it.
func networkText(name string, s *network.EndpointSettings) string {
	fields := []string{"name=" + name}
	for _, a := range s.Aliases {
		fields = append(fields, "alias="+a)
	}
	if c := s.IPAMConfig; c != nil {
		if c.IPv4Address.IsValid() {
			fields = append(fields, "ip="+c.IPv4Address.String())
		}
		if c.IPv6Address.IsValid() {
			fields = append(fields, "ip6="+c.IPv6Address.String())
		}
		for _, a := range c.LinkLocalIPs {
			fields = append(fields, "link-local-ip="+a.String())
		}
	}
	if len(s.MacAddress) > 0 {
		fields = append(fields, "mac-address="+s.MacAddress.String())
	}
	if s.GwPriority != 0 {
		fields = append(fields, "gw-priority="+strconv.Itoa(s.GwPriority))
	}
	for _, k := range slices.Sorted(maps.Keys(s.DriverOpts)) {
		fields = append(fields, "driver-opt="+k+"="+s.DriverOpts[k])
	}
	if len(fields) == 1 {
		return name
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(fields) // to memory
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
