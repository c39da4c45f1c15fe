package real

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/vishvananda/netlink"

	"gantry/engine/network"
	"gantry/engine/network/nft"
)

// wires are what containers hold of the host's networking. Addresses are the namespace's, and
// so are networks and hosts files; links, port rules and namespaces of the kernel are all that
// this process's network has.
func (e *Env) wires(_ context.Context, c Census) error {
	for _, count := range []func(Census) error{e.addresses, e.networks, e.portRules, links, netns} {
		if err := count(c); err != nil {
			return err
		}
	}
	return nil
}

// addresses are host-local's files; the first line of each says whose it is.
func (e *Env) addresses(c Census) error {
	files, err := filepath.Glob(filepath.Join(e.Endpoint.AddressDir(), "*", "*"))
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, err := netip.ParseAddr(filepath.Base(f)); err != nil {
			continue
		}
		owner, err := os.ReadFile(f)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if strings.HasPrefix(string(owner), e.Namespace+"-") {
			c.add("address", filepath.Base(filepath.Dir(f))+" "+filepath.Base(f))
		}
	}
	return nil
}

// networks are those that were made; the default one, which is made at its first use, is not.
func (e *Env) networks(c Census) error {
	entries, err := os.ReadDir(filepath.Join(e.Endpoint.NetworkDir(), e.Namespace))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, f := range entries {
		c.add("network", f.Name())
	}
	return nil
}

func (e *Env) portRules(c Census) error {
	all, err := nft.Table{Name: network.TableName(e.Endpoint.DataRoot)}.Bindings()
	for tag, n := range all {
		c.add("port rule", fmt.Sprintf("%s (%d)", tag, n))
	}
	return err
}

// links are the ends of containers' links.
func links(c Census) error {
	all, err := netlink.LinkList()
	for _, l := range all {
		if l.Type() == "veth" {
			c.add("link", l.Attrs().Name)
		}
	}
	return err
}

// netns are the network namespaces of processes whose parents are in this process's. Those that a
// mount keeps are among the mounts.
func netns(c Census) error {
	ours, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return err
	}
	in := map[int]string{}                           // by process
	all, err := filepath.Glob("/proc/[0-9]*/ns/net") // also of those that are just becoming another program
	if err != nil {
		return err
	}
	for _, link := range all {
		if pid, err := strconv.Atoi(strings.Split(link, "/")[2]); err == nil {
			in[pid], _ = os.Readlink(link)
		}
	}
	for pid, space := range in {
		if space != "" && space != ours && in[parent(pid)] == ours && !slices.Contains(c["netns"], space) {
			c.add("netns", space)
		}
	}
	return nil
}

// parent is the number of a process's parent; 0 when it has ended.
func parent(pid int) (ppid int) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name, in brackets, may have anything in it.
	_, _ = fmt.Sscanf(string(raw[strings.LastIndexByte(string(raw), ')')+1:]), " %s %d", new(string), &ppid)
	return ppid
}
