package names

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"gantry/engine/host/smallfile"
	"gantry/engine/network/wire"
)

const (
	begin = "# <nerdctl>"
	end   = "# </nerdctl>"
)

// defaultNetwork is the one whose name is not appended to names.
const defaultNetwork = "bridge"

// local are the lines that every hosts file begins with, as under Docker.
const local = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\n" +
	"ff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n"

// Announce puts a container's addresses into its meta.json and brings the hosts files of
// all containers up to date that share a network with it, its own included.
func Announce(p wire.Plan, l wire.Lease) error {
	if l.Instance.Hosts == "" {
		return nil
	}
	return locked(l.Instance.Hosts, func() error {
		dir := filepath.Join(l.Instance.Hosts, l.ID)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		m, err := readMeta(dir)
		if err != nil {
			return err
		}
		if m.ID == "" {
			m = meta{ID: p.ID, Hostname: p.Names.Hostname, Name: p.Names.Name, Domainname: p.Names.Domainname, ExtraHosts: p.Names.Extra}
		}
		// Made with the container, and planned anew since.
		m.ExtraHosts, m.Links = p.Names.Extra, p.Names.Links
		if m.ExtraHosts == nil {
			m.ExtraHosts = map[string]string{} // as nerdctl writes it
		}
		m.Networks, m.Aliases = results(l, fmt.Sprintf("/proc/%d/ns/net", l.Start.Pid)), map[string][]string{}
		for _, n := range p.Networks {
			if len(n.Aliases) > 0 {
				m.Aliases[n.Name] = n.Aliases
			}
		}
		if err := writeMeta(dir, m); err != nil {
			return err
		}
		return update(l.Instance.Hosts, networksOf(l), l.ID)
	})
}

// Withdraw takes a container's addresses out of its meta.json and of the hosts files. A
// container that has been removed meanwhile has its lines taken out all the same.
func Withdraw(l wire.Lease) error {
	if l.Instance.Hosts == "" {
		return nil
	}
	if _, err := os.Stat(l.Instance.Hosts); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return locked(l.Instance.Hosts, func() error {
		dir := filepath.Join(l.Instance.Hosts, l.ID)
		m, err := readMeta(dir)
		if err != nil {
			return err
		}
		if m.ID != "" {
			m.Networks, m.Aliases = nil, nil
			if err := writeMeta(dir, m); err != nil {
				return err
			}
		}
		return update(l.Instance.Hosts, networksOf(l), l.ID)
	})
}

func networksOf(l wire.Lease) (names []string) {
	for _, e := range l.Endpoints {
		names = append(names, e.Network)
	}
	return names
}

// locked runs fn under nerdctl's lock of the hosts files, which is the directory.
func locked(dir string, fn func() error) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return fmt.Errorf("lock the hosts files: %w", err)
	}
	return fn()
}

// line is one address with the container that has it.
type line struct {
	addr    netip.Addr
	network string
	of      *meta
	text    string // without the names that only some have for it
}

// update rewrites the hosts files of the containers on the networks, and of one more,
// whose content changes.
func update(root string, networks []string, also string) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	var all []*meta
	var lines []line
	for _, e := range entries {
		m, err := readMeta(filepath.Join(root, e.Name()))
		if err != nil || m.ID == "" {
			continue
		}
		m.ID = e.Name()
		if m.ID != also && !m.on(networks) {
			continue
		}
		all = append(all, &m)
		for name, r := range m.Networks {
			if r == nil {
				continue
			}
			for _, ip := range r.IPs {
				l := line{addr: ip.Address.Addr(), network: name, of: &m}
				l.text = fmt.Sprintf("%-15s %s", l.addr, strings.Join(l.names(), " "))
				lines = append(lines, l)
			}
		}
	}
	slices.SortFunc(lines, func(a, b line) int { return a.addr.Compare(b.addr) })
	for _, m := range all {
		err = errors.Join(err, rewrite(filepath.Join(root, m.ID), block(m, lines)))
	}
	return err
}

func (m *meta) on(networks []string) bool {
	for _, n := range networks {
		if _, ok := m.Networks[n]; ok {
			return true
		}
	}
	return false
}

// block is what stands between the markers of one container's file, markers included:
// its own names first.
func block(m *meta, lines []line) []byte {
	var b bytes.Buffer
	b.WriteString(begin + "\n" + local)
	extra := make([]string, 0, len(m.ExtraHosts))
	for name := range m.ExtraHosts {
		extra = append(extra, name)
	}
	slices.Sort(extra)
	for _, name := range extra {
		addr := m.ExtraHosts[name]
		if addr == hostGateway {
			addr = m.gateway()
		}
		if addr != "" {
			fmt.Fprintf(&b, "%-15s %s\n", addr, name)
		}
	}
	for _, own := range []bool{true, false} {
		for _, l := range lines {
			if _, shared := m.Networks[l.network]; shared && (l.of == m) == own {
				b.WriteString(strings.Join(append([]string{l.text}, m.linked(l.of)...), " "))
				b.WriteByte('\n')
			}
		}
	}
	b.WriteString(end + "\n")
	return b.Bytes()
}

// gateway is the host's address on the first network by name.
func (m *meta) gateway() string {
	names := make([]string, 0, len(m.Networks))
	for n := range m.Networks {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		for _, ip := range m.Networks[n].IPs {
			if ip.Gateway.IsValid() {
				return ip.Gateway.String()
			}
		}
	}
	return ""
}

// names of a line, as nerdctl orders them.
func (l line) names() (names []string) {
	add := func(n string) {
		if n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if l.of.Domainname != "" {
		add(l.of.Hostname + "." + l.of.Domainname)
	}
	for _, n := range append([]string{l.of.Hostname, l.of.Name}, l.of.Aliases[l.network]...) {
		add(n)
		if n != "" && l.network != defaultNetwork {
			add(n + "." + l.network)
		}
	}
	return names
}

// linked are the further names that a container has for another one.
func (m *meta) linked(to *meta) (names []string) {
	for alias, target := range m.Links {
		if m != to && (target == to.Name || target == to.ID || len(target) >= 12 && strings.HasPrefix(to.ID, target)) {
			names = append(names, alias)
		}
	}
	slices.Sort(names)
	return names
}

// rewrite puts a block into a hosts file, in place since it is mounted into the
// container, and not at all when nothing changes. One without a file needs none.
func rewrite(dir string, block []byte) error {
	file := filepath.Join(dir, hostsFile)
	old, err := smallfile.Read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	content := append(outside(old), block...)
	if bytes.Equal(content, old) {
		return nil
	}
	return smallfile.Write(file, content, 0o644)
}

// outside is what stands before and behind the markers.
func outside(b []byte) []byte {
	var kept bytes.Buffer
	skip := false
	for l := range bytes.Lines(b) {
		switch text := string(bytes.TrimSpace(l)); {
		case text == begin:
			skip = true
		case text == end:
			skip = false
		case !skip:
			kept.Write(l)
			if !bytes.HasSuffix(l, []byte("\n")) {
				kept.WriteByte('\n')
			}
		}
	}
	return kept.Bytes()
}
