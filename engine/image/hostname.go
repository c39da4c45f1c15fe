package image

import "net"

// sameHost reports whether a server is the one that a registry's name means.
func sameHost(registry, server string) bool {
	return server == registry || registry == "docker.io" && server == "registry-1.docker.io"
}

// hostNames are the directory names under which a registry may be configured, in the
// order in which containerd looks: host_port_ stands for host:port where a colon cannot
// be in a name.
func hostNames(host string) []string {
	if host == "registry-1.docker.io" || host == "index.docker.io" {
		host = "docker.io"
	}
	h, port, err := net.SplitHostPort(host)
	if err != nil {
		return []string{host}
	}
	names := []string{h + "_" + port + "_", host}
	if port == "443" {
		names = append(names, h)
	}
	return names
}
