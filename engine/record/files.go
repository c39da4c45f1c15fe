package record

import (
	"errors"
	"io/fs"
	"os"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

// RefreshFiles makes a container's resolv.conf anew before a start, since the host's may
// have changed (systemd-resolved, a VPN). Containers whose request is not remembered keep
// the file that their own program made.
func (s *Store) RefreshFiles(id string) error {
	req, err := s.State(id).Request()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.State(id).SetResolvConf(resolvFor(req))
}

func resolvFor(req api.CreateRequest) []byte {
	host := req.HostConfig
	if host == nil {
		host = &container.HostConfig{}
	}
	return ResolvConf(ResolvInput{
		Host: HostResolvConf(), HostNetwork: host.NetworkMode.IsHost(),
		Servers: host.DNS, Search: host.DNSSearch, Options: host.DNSOptions,
	})
}

// hostsFor is the hosts file of a container without addresses yet.
func hostsFor(req api.CreateRequest) []byte {
	var in HostsInput
	if host := req.HostConfig; host != nil {
		in.Extra = host.ExtraHosts
		if host.NetworkMode.IsHost() {
			// A host without the file gives a container with the usual lines.
			in.HostFile, _ = os.ReadFile("/etc/hosts")
			in.Gateway = "127.0.0.1"
		}
	}
	return Hosts(in)
}
