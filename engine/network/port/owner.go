package port

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gantry/engine/network/wire"
)

// Owner is who has a port.
type Owner struct {
	Container string // its name; "" for a process
	Pid       int    // 0 when it is not known
	Process   string // its name
}

func (o Owner) String() string {
	switch {
	case o.Container != "":
		return "the container " + o.Container
	case o.Process != "":
		return fmt.Sprintf("%s (process %d)", o.Process, o.Pid)
	}
	return "a process that cannot be seen from here"
}

// Published is a port of a running container.
type Published struct {
	wire.Port
	Container string // its name
}

// Check tells of each port whether it could be held now: nil, or an InUseError that names
// who has it. published are those of running containers, whose names are better than the
// name of the process that holds their ports.
func Check(ports []wire.Port, v6 bool, published []Published) []error {
	errs := make([]error, len(ports))
	for i, p := range ports {
		errs[i] = check(p, v6, published)
		for j := range i {
			if errs[i] == nil && Overlap(p, ports[j]) {
				errs[i] = fmt.Errorf("%s is published twice", p)
			}
		}
	}
	return errs
}

func check(p wire.Port, v6 bool, published []Published) error {
	for _, o := range published {
		if Overlap(p, o.Port) {
			return &InUseError{p, Owner{Container: o.Container}}
		}
	}
	files, err := Hold([]wire.Port{p}, v6)
	for _, f := range files {
		f.Close()
	}
	if e, ok := err.(*InUseError); ok {
		e.Owner = Find("/proc", p)
	}
	return err
}

// Overlap reports whether two cannot be published at once.
func Overlap(a, b wire.Port) bool {
	if a.Host != b.Host || a.Protocol != b.Protocol {
		return false
	}
	any := func(p wire.Port) bool { return !p.HostIP.IsValid() || p.HostIP.IsUnspecified() }
	if any(a) || any(b) {
		return !a.HostIP.IsValid() || !b.HostIP.IsValid() || a.HostIP.Is4() == b.HostIP.Is4()
	}
	return a.HostIP == b.HostIP
}

// Find is the process that has a socket in the way of a port, by the tables and the
// descriptors below proc. Processes of others need root to be seen.
func Find(proc string, p wire.Port) Owner {
	for _, table := range []string{p.Protocol, p.Protocol + "6"} {
		inode := socket(filepath.Join(proc, "net", table), p)
		if inode == "" {
			continue
		}
		if o, ok := holder(proc, inode); ok {
			return o
		}
	}
	return Owner{}
}

// socket is the inode of the socket in a table; "" when there is none. Connections that
// only have the port on this side do not stand in the way of listening.
func socket(table string, p wire.Port) string {
	f, err := os.Open(table)
	if err != nil {
		return ""
	}
	defer f.Close()
	const listening, unconnected = "0A", "07"
	for lines := bufio.NewScanner(f); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 10 || f[3] != listening && f[3] != unconnected {
			continue
		}
		at, ok := parse(f[1])
		if !ok || at.Port() != p.Host {
			continue
		}
		if Overlap(p, wire.Port{HostIP: at.Addr(), Host: at.Port(), Protocol: p.Protocol}) || at.Addr().IsUnspecified() {
			return f[9]
		}
	}
	return ""
}

// parse reads an address of the kernel's tables: words of four bytes, each reversed.
func parse(s string) (netip.AddrPort, bool) {
	text, port, ok := strings.Cut(s, ":")
	b, err := hex.DecodeString(text)
	n, perr := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil || perr != nil {
		return netip.AddrPort{}, false
	}
	for i := 0; i+4 <= len(b); i += 4 {
		b[i], b[i+1], b[i+2], b[i+3] = b[i+3], b[i+2], b[i+1], b[i]
	}
	a, ok := netip.AddrFromSlice(b)
	return netip.AddrPortFrom(a, uint16(n)), ok
}

// holder is the process with a descriptor of the socket.
func holder(proc, inode string) (Owner, bool) {
	want := "socket:[" + inode + "]"
	fds, _ := filepath.Glob(filepath.Join(proc, "[0-9]*/fd/*"))
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err != nil || to != want {
			continue
		}
		dir := filepath.Dir(filepath.Dir(fd))
		pid, _ := strconv.Atoi(filepath.Base(dir))
		comm, _ := os.ReadFile(filepath.Join(dir, "comm"))
		return Owner{Pid: pid, Process: strings.TrimSpace(string(comm))}, true
	}
	return Owner{}, false
}
