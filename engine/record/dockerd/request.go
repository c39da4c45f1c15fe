package dockerd

import (
	"fmt"
	"maps"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"

	image "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
)

// shmSize is the size of /dev/shm that dockerd writes down where none is asked for.
const shmSize = 64 << 20

// imageID matches a name that is the ID of an image, or the beginning of one as long as Docker
// shows it.
var imageID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(sha256:)?([0-9a-f]{12}|[0-9a-f]{64})$`) })

// Request is what would make such a container. dockerd writes down the outcome: what the image
// gives is taken out again, and so is what stands for what was not asked for. Own is nil when
// the image's configuration is not known; unified says that the host has cgroup v2. What could
// not be found out comes along, or that the new container will not have it.
func (b *Box) Request(own *image.DockerOCIImageConfig, unified bool) (api.CreateRequest, []string) {
	var unread []string
	cfg := *b.Config
	// A variable without a value is one that whoever asked for it did not have.
	cfg.Env = slices.DeleteFunc(slices.Clone(cfg.Env), func(v string) bool { return !strings.Contains(v, "=") })
	if cfg.Hostname == api.ShortID(b.ID) {
		cfg.Hostname = ""
	}
	if own != nil {
		withoutImage(&cfg, own)
	} else {
		unread = append(unread, "what is the image's own and what was asked for: dockerd's record of "+b.Image+" cannot be read")
	}
	if imageID().MatchString(b.Image) {
		unread = append(unread, "a name of its image: it was made from the ID "+b.Image+", which only dockerd knows")
	}
	req := api.CreateRequest{Name: b.Name, Config: &cfg}
	if b.Host == nil {
		req.HostConfig = &container.HostConfig{}
		unread = append(unread, "ports, mounts, restart policy, limits, capabilities and networks: "+b.Missed.Error())
	} else {
		host := *b.Host
		asAsked(&host, unified)
		req.HostConfig = &host
		if m := host.NetworkMode; m.IsHost() || m.IsContainer() {
			cfg.Hostname = "" // it is the host's, or the other one's
		}
		if host.UTSMode.IsHost() {
			cfg.Hostname = ""
		}
		req.NetworkingConfig = b.networking()
	}
	if v := b.volumes(); v != "" {
		unread = append(unread, v)
	}
	if b.secrets {
		unread = append(unread, "its service's secrets and configurations: the swarm alone has them")
	}
	return req, unread
}

// withoutImage takes out of a configuration what it has of its image.
func withoutImage(c *container.Config, own *image.DockerOCIImageConfig) {
	if slices.Equal(c.Entrypoint, own.Entrypoint) {
		c.Entrypoint = nil
		if slices.Equal(c.Cmd, own.Cmd) {
			c.Cmd = nil
		}
	}
	c.Env = slices.DeleteFunc(c.Env, func(v string) bool { return slices.Contains(own.Env, v) })
	c.Labels = maps.Clone(c.Labels)
	maps.DeleteFunc(c.Labels, func(k, v string) bool { had, ok := own.Labels[k]; return ok && had == v })
	c.ExposedPorts = maps.Clone(c.ExposedPorts)
	maps.DeleteFunc(c.ExposedPorts, func(p network.Port, _ struct{}) bool {
		_, ok := own.ExposedPorts[p.String()]
		_, bare := own.ExposedPorts[fmt.Sprint(p.Num())]
		return ok || bare && p.Proto() == network.TCP
	})
	c.Volumes = maps.Clone(c.Volumes)
	maps.DeleteFunc(c.Volumes, func(at string, _ struct{}) bool { _, ok := own.Volumes[at]; return ok })
	for mine, its := range map[*string]string{&c.User: own.User, &c.WorkingDir: own.WorkingDir, &c.StopSignal: own.StopSignal} {
		if *mine == its {
			*mine = ""
		}
	}
	c.Healthcheck = withoutCheck(c.Healthcheck, own.Healthcheck)
	c.OnBuild, c.Shell = nil, nil
}

// withoutCheck leaves of a health check what is not the image's.
func withoutCheck(h, own *container.HealthConfig) *container.HealthConfig {
	if h == nil || own == nil {
		return h
	}
	out := *h
	if slices.Equal(out.Test, own.Test) {
		out.Test = nil
	}
	if out.Interval == own.Interval {
		out.Interval = 0
	}
	if out.Timeout == own.Timeout {
		out.Timeout = 0
	}
	if out.StartPeriod == own.StartPeriod {
		out.StartPeriod = 0
	}
	if out.StartInterval == own.StartInterval {
		out.StartInterval = 0
	}
	if out.Retries == own.Retries {
		out.Retries = 0
	}
	if out.Test == nil && out.Interval+out.Timeout+out.StartPeriod+out.StartInterval == 0 && out.Retries == 0 {
		return nil
	}
	return &out
}

// asAsked takes out what dockerd writes down where nothing was asked for.
func asAsked(h *container.HostConfig, unified bool) {
	if h.NetworkMode.IsDefault() {
		h.NetworkMode = network.NetworkBridge
	}
	if h.ShmSize == shmSize {
		h.ShmSize = 0
	}
	if h.Memory > 0 && h.MemorySwap == 2*h.Memory {
		h.MemorySwap = 0
	}
	if h.Runtime == "runc" || h.Runtime == "io.containerd.runc.v2" {
		h.Runtime = ""
	}
	if h.PidsLimit != nil && *h.PidsLimit == 0 {
		h.PidsLimit = nil
	}
	if h.Privileged || len(h.MaskedPaths) > 0 {
		h.MaskedPaths = nil
	}
	h.ReadonlyPaths = nil
	if h.Privileged || h.PidMode.IsHost() || h.IpcMode.IsHost() {
		h.SecurityOpt = slices.DeleteFunc(slices.Clone(h.SecurityOpt), func(o string) bool { return o == "label=disable" })
	}
	if h.IpcMode == container.IPCModePrivate {
		h.IpcMode = ""
	}
	if h.CgroupnsMode.IsPrivate() == unified {
		h.CgroupnsMode = ""
	}
	h.ConsoleSize = [2]uint{}
	h.ContainerIDFile = ""
	h.Cgroup = ""
	h.Isolation = ""
}

// networking are the networks with what was asked of them.
func (b *Box) networking() *network.NetworkingConfig {
	ends := map[string]*network.EndpointSettings{}
	for name, e := range b.networks {
		s := &network.EndpointSettings{
			IPAMConfig: e.IPAMConfig, Links: e.Links, DriverOpts: e.DriverOpts, GwPriority: e.GwPriority, MacAddress: e.DesiredMacAddress,
		}
		if c := s.IPAMConfig; c != nil && !c.IPv4Address.IsValid() && !c.IPv6Address.IsValid() && len(c.LinkLocalIPs) == 0 {
			s.IPAMConfig = nil
		}
		for _, a := range e.Aliases {
			if a != api.ShortID(b.ID) && a != b.Config.Hostname {
				s.Aliases = append(s.Aliases, a)
			}
		}
		if mac, err := net.ParseMAC(b.MAC); err == nil && b.Host.NetworkMode.NetworkName() == name {
			s.MacAddress = network.HardwareAddr(mac)
		}
		ends[name] = s
	}
	if len(ends) == 0 {
		return nil
	}
	return &network.NetworkingConfig{EndpointsConfig: ends}
}

// volumes says which volumes are dockerd's: gantry has volumes of its own, also of those names.
func (b *Box) volumes() string {
	var names []string
	for _, m := range b.mounts {
		switch {
		case m.Type != "volume":
		case imageID().MatchString(m.Name):
			names = append(names, "the one at "+m.Destination)
		default:
			names = append(names, m.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return "what is in its volumes (" + strings.Join(names, ", ") + "): they are dockerd's, and gantry's of the same name are others"
}
