package record

import (
	"net/netip"
	"os"
	"slices"
	"strings"
)

// ResolvInput is what a container's resolv.conf is made from. A part that the user gave
// replaces the host's; the others stay as the host has them.
type ResolvInput struct {
	Host        []byte       // the host's file
	HostNetwork bool         // the container shares the host's network, so loopback servers work
	Servers     []netip.Addr // --dns
	Search      []string     // --dns-search; "." means none
	Options     []string     // --dns-option
}

// ResolvConf is the content of a container's resolv.conf. Of the host's servers those on
// the loopback are left out, since they cannot be reached from another network namespace;
// when none remains, Google's are taken, as Docker does.
func ResolvConf(in ResolvInput) []byte {
	if in.HostNetwork && len(in.Servers) == 0 && len(in.Search) == 0 && len(in.Options) == 0 {
		return in.Host
	}
	servers, search, options := parseResolv(in.Host, in.HostNetwork)
	if len(in.Servers) > 0 {
		servers = nil
		for _, a := range in.Servers {
			servers = append(servers, a.String())
		}
	}
	if len(in.Search) > 0 {
		search = in.Search
	}
	if len(in.Options) > 0 {
		options = in.Options
	}
	if len(servers) == 0 {
		servers = []string{"8.8.8.8", "8.8.4.4"}
	}
	var b strings.Builder
	if s := strings.Join(search, " "); s != "" && s != "." {
		b.WriteString("search " + s + "\n")
	}
	for _, s := range servers {
		b.WriteString("nameserver " + s + "\n")
	}
	if len(options) > 0 {
		b.WriteString("options " + strings.Join(options, " ") + "\n")
	}
	return []byte(b.String())
}

// HostResolvConf reads the host's resolv.conf; where that only names systemd's stub on the
// loopback, the file that the stub itself goes by. A host without one gives nothing.
func HostResolvConf() []byte {
	return hostResolvConf("/etc/resolv.conf", "/run/systemd/resolve/resolv.conf")
}

func hostResolvConf(file, upstream string) []byte {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	if all, _, _ := parseResolv(b, true); slices.Equal(all, []string{"127.0.0.53"}) {
		if up, err := os.ReadFile(upstream); err == nil {
			return up
		}
	}
	return b
}

// SetResolvConf rewrites resolv.conf in place: it is mounted into the container.
func (d StateDir) SetResolvConf(content []byte) error {
	file := d.file(resolvFile)
	if old, err := os.ReadFile(file); err == nil && string(old) == string(content) {
		return nil
	}
	return writeInPlace(file, content, 0o644)
}

func parseResolv(b []byte, loopback bool) (servers, search, options []string) {
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		switch f[0] {
		case "nameserver":
			a, err := netip.ParseAddr(f[1])
			if err == nil && (loopback || !a.IsLoopback() && a.Zone() == "") {
				servers = append(servers, f[1])
			}
		case "search", "domain":
			search = f[1:]
		case "options":
			options = f[1:]
		}
	}
	return servers, search, options
}
