package record

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
)

// The files of a container's directory below etchosts.
const (
	hostsFile = "hosts"
	metaFile  = "meta.json"
)

// meta is nerdctl's meta.json beside the hosts file; Networks gets its CNI results from
// whoever sets the network up.
type meta struct {
	ID         string
	Networks   map[string]any
	Hostname   string
	ExtraHosts map[string]string
	Name       string
	Domainname string
}

func newMeta(n New) meta {
	m := meta{ID: n.ID, Hostname: n.Hostname, Name: n.Name, ExtraHosts: map[string]string{}}
	if n.Request.Config != nil {
		m.Domainname = n.Request.Config.Domainname
	}
	if n.Request.HostConfig != nil {
		for _, h := range n.Request.HostConfig.ExtraHosts {
			if name, addr, ok := splitHost(h); ok {
				m.ExtraHosts[name] = addr
			}
		}
	}
	return m
}

// HostsInput is what a hosts file is made from.
type HostsInput struct {
	Extra    []string     // "name:address" or "name=address", as --add-host takes them
	Addrs    []netip.Addr // the container's own; none without a network
	Names    []string     // its own names: hostname, container name, aliases
	HostFile []byte       // with the host's network: the host's own file, unless there is something extra
	Gateway  string       // what stands for host-gateway; without it such lines are left out
}

// hostGateway stands for the host's address in --add-host.
const hostGateway = "host-gateway"

// local are the lines that every hosts file begins with, as under Docker.
const local = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\n" +
	"ff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n"

// Hosts is the content of a hosts file. Its lines stand between nerdctl's markers, where
// both programs look for them when addresses change.
func Hosts(in HostsInput) []byte {
	var b strings.Builder
	if len(in.Extra) > 0 {
		in.HostFile = nil // as Docker does: lines of one's own stand in a file of one's own
	}
	if len(in.HostFile) > 0 {
		b.Write(in.HostFile)
		if !strings.HasSuffix(b.String(), "\n") {
			b.WriteByte('\n')
		}
	}
	b.WriteString("# <nerdctl>\n")
	if len(in.HostFile) == 0 {
		b.WriteString(local)
	}
	for _, h := range in.Extra {
		name, addr, ok := splitHost(h)
		if addr == hostGateway {
			addr = in.Gateway
		}
		if ok && addr != "" {
			fmt.Fprintf(&b, "%s\t%s\n", addr, name)
		}
	}
	for _, a := range in.Addrs {
		fmt.Fprintf(&b, "%s\t%s\n", a, strings.Join(in.Names, " "))
	}
	b.WriteString("# </nerdctl>\n")
	return []byte(b.String())
}

// SetHosts rewrites the hosts file in place, since it is mounted into the container, and
// only when its content changes.
func (s *Store) SetHosts(id string, content []byte) error {
	file := filepath.Join(s.hostsDir(id), hostsFile)
	return WithDirLock(s.HostsRoot(), func() error {
		if old, err := os.ReadFile(file); err == nil && string(old) == string(content) {
			return nil
		}
		if err := os.MkdirAll(s.hostsDir(id), 0o700); err != nil {
			return err
		}
		return writeInPlace(file, content, 0o644)
	})
}

// splitHost takes "name:address" or "name=address" apart; an IPv6 address may stand in
// brackets.
func splitHost(s string) (name, addr string, ok bool) {
	i := strings.IndexAny(s, "=:")
	if i <= 0 || i == len(s)-1 {
		return "", "", false
	}
	addr = s[i+1:]
	if len(addr) > 2 && addr[0] == '[' && addr[len(addr)-1] == ']' {
		addr = addr[1 : len(addr)-1]
	}
	return s[:i], addr, true
}

// noteName puts a container's name into its meta.json, which nerdctl makes hosts lines of.
func (s *Store) noteName(id, name string) error {
	if s.notedName(id) == name || !fileExists(s.hostsDir(id)) {
		return nil
	}
	return WithDirLock(s.HostsRoot(), func() error {
		// Kept as it is but for the name: nerdctl's hook writes CNI results into it.
		m := map[string]any{}
		ok, err := readJSON(s.metaFile(id), &m)
		if err != nil || !ok {
			return err
		}
		m["Name"] = name
		return writeJSON(s.metaFile(id), m)
	})
}

// notedName is the name in meta.json; "" when there is none.
func (s *Store) notedName(id string) string {
	var m meta
	if ok, err := readJSON(s.metaFile(id), &m); err != nil || !ok {
		return ""
	}
	return m.Name
}

func (s *Store) metaFile(id string) string { return filepath.Join(s.hostsDir(id), metaFile) }
