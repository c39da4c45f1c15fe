package record

import (
	"net"
	"net/netip"
	"strings"

	"github.com/docker/go-units"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
)

// Asked puts into a request what nerdctl's labels say of how a container was asked for, beside
// what Info has; end is the container's first network.
func Asked(labels map[string]string, c *container.Config, h *container.HostConfig, end *network.EndpointSettings) {
	in := Read(labels)
	c.User, c.Domainname = in.User, labels[LabelDomainname]
	if in.StopSignal != "SIGTERM" { // which is written where nothing was asked for
		c.StopSignal = in.StopSignal
	}
	if in.StopTimeout != nil {
		s := int(in.StopTimeout.Seconds())
		c.StopTimeout = &s
	}
	var check container.HealthConfig
	if fromJSON(labels[LabelHealthCheck], &check) {
		c.Healthcheck = &check
	}
	h.Privileged = in.Privileged
	h.LogConfig = container.LogConfig{Type: in.Log.Driver, Config: in.Log.Opts}
	fromJSON(labels[LabelExtraHosts], &h.ExtraHosts)
	var dns struct {
		DNSServers, DNSResolvConfOptions, DNSSearchDomains []string
	}
	if fromJSON(labels[LabelDNS], &dns) {
		h.DNSOptions, h.DNSSearch = dns.DNSResolvConfOptions, dns.DNSSearchDomains
		for _, s := range dns.DNSServers {
			if a, err := netip.ParseAddr(s); err == nil {
				h.DNS = append(h.DNS, a)
			}
		}
	}
	var devices struct{ Devices []container.DeviceMapping }
	if fromJSON(labels[LabelHostConfig], &devices) {
		h.Devices = devices.Devices
	}
	askedIPC(in, h)
	if in.PIDContainer != "" {
		h.PidMode = container.PidMode("container:" + in.PIDContainer)
	}
	var fixed network.EndpointIPAMConfig
	if a, err := netip.ParseAddr(labels[LabelIP]); err == nil {
		fixed.IPv4Address, end.IPAMConfig = a, &fixed
	}
	if a, err := netip.ParseAddr(labels[LabelIP6]); err == nil {
		fixed.IPv6Address, end.IPAMConfig = a, &fixed
	}
	if mac, err := net.ParseMAC(labels[LabelMAC]); err == nil {
		end.MacAddress = network.HardwareAddr(mac)
	}
}

func askedIPC(in Info, h *container.HostConfig) {
	switch in.IPC.Mode {
	case IPCShareable, IPCHost:
		h.IpcMode = container.IpcMode(in.IPC.Mode)
	case IPCContainer:
		h.IpcMode = container.IpcMode("container:" + in.IPC.Victim)
	}
	if n, err := units.RAMInBytes(in.IPC.ShmSize); err == nil {
		h.ShmSize = n
	}
}

// TmpfsAsked are a tmpfs's options, but for those that each one has.
func TmpfsAsked(mode string) string {
	var out []string
	for o := range strings.SplitSeq(mode, ",") {
		if o != "noexec" && o != "nosuid" && o != "nodev" && o != "" {
			out = append(out, o)
		}
	}
	return strings.Join(out, ",")
}
