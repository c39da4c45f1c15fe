package plugin

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/containernetworking/cni/libcni"
	current "github.com/containernetworking/cni/pkg/types/100"

	"gantry/engine/network/wire"
)

// lockName is the lock under which nerdctl, too, runs plugins: they are not made to run
// at once.
const lockName = ".cni-concurrency.lock"

// Dirs are where plugins may be, besides those in $CNI_PATH.
func Dirs(getenv func(string) string) []string {
	dirs := filepath.SplitList(getenv("CNI_PATH"))
	return append(dirs, "/opt/cni/bin", "/usr/local/libexec/cni", "/usr/local/lib/cni", "/usr/libexec/cni", "/usr/lib/cni")
}

// Runner runs plugins. It is what native.Plugins asks for.
type Runner struct {
	CacheDir string // of results; "" is /var/lib/cni, where nerdctl's are
}

// Missing are the plugins of a network's file that no directory has.
func Missing(file string, dirs []string) ([]string, error) {
	list, err := load(file)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, p := range list.Plugins {
		for _, t := range []string{p.Network.Type, p.Network.IPAM.Type} {
			if t != "" && !found(t, dirs) {
				missing = append(missing, t)
			}
		}
	}
	return missing, nil
}

func found(name string, dirs []string) bool {
	for _, d := range dirs {
		if st, err := os.Stat(filepath.Join(d, name)); err == nil && st.Mode().IsRegular() && st.Mode().Perm()&0o111 != 0 {
			return true
		}
	}
	return false
}

func load(file string) (*libcni.NetworkConfigList, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	list, err := libcni.NetworkConfFromBytes(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return list, nil
}

// Add sets one network of a plan up in the namespace of a process. What is left of a
// start before is taken down first: plugins refuse to give a second address.
func (r Runner) Add(ctx context.Context, p wire.Plan, n wire.Network, pid int) (wire.Endpoint, error) {
	e := wire.Endpoint{Network: n.Name, Driver: wire.Plugin, Interface: n.Interface}
	list, err := load(n.File)
	if err != nil {
		return e, err
	}
	missing, err := Missing(n.File, p.Instance.Plugins)
	if err != nil {
		return e, err
	}
	if len(missing) > 0 {
		return e, fmt.Errorf("it needs the CNI plugins %s, which are in none of %s", strings.Join(missing, ", "), strings.Join(p.Instance.Plugins, ", "))
	}
	unlock, err := wire.LockFile(filepath.Join(p.Instance.ConfDir, lockName))
	if err != nil {
		return e, err
	}
	defer unlock()
	cni := libcni.NewCNIConfigWithCacheDir(p.Instance.Plugins, r.cacheDir(), nil)
	rt := conf(p.Owner(), n.Interface, fmt.Sprintf("/proc/%d/ns/net", pid), p.Ports)
	wants(rt, p, n)
	// Nothing may be left, which is no error here.
	_ = cni.DelNetworkList(ctx, list, conf(p.Owner(), n.Interface, "", p.Ports))
	got, err := cni.AddNetworkList(ctx, list, rt)
	if err != nil {
		derr := cni.DelNetworkList(context.WithoutCancel(ctx), list, rt)
		return e, wire.Also(fmt.Errorf("its CNI plugins: %w", err), derr)
	}
	res, err := current.NewResultFromResult(got)
	if err != nil {
		return e, fmt.Errorf("the result of its CNI plugins: %w", err)
	}
	fill(&e, res)
	return e, nil
}

func (r Runner) cacheDir() string {
	if r.CacheDir != "" {
		return r.CacheDir
	}
	return libcni.CacheDir
}

// mapping is a published port as the portmap plugin has it.
type mapping struct {
	HostPort      int32
	ContainerPort int32
	Protocol      string
	HostIP        string
}

func conf(owner, iface, netns string, ports []wire.Port) *libcni.RuntimeConf {
	maps := []mapping{}
	for _, p := range ports {
		ip := "0.0.0.0"
		if p.HostIP.IsValid() {
			ip = p.HostIP.String()
		}
		maps = append(maps, mapping{int32(p.Host), int32(p.Container), p.Protocol, ip})
	}
	return &libcni.RuntimeConf{
		ContainerID: owner, NetNS: netns, IfName: iface,
		Args:           [][2]string{{"IgnoreUnknown", "1"}},
		CapabilityArgs: map[string]any{"portMappings": maps},
	}
}

// wants puts in what the container asked for.
func wants(rt *libcni.RuntimeConf, p wire.Plan, n wire.Network) {
	rt.Args = append(rt.Args, [2]string{"NERDCTL_CNI_DHCP_HOSTNAME", p.Names.Hostname})
	if n.MAC != "" {
		rt.Args = append(rt.Args, [2]string{"MAC", n.MAC})
	}
	for _, a := range n.Addresses {
		if a.Is4() {
			rt.Args = append(rt.Args, [2]string{"IP", a.String()})
		} else {
			rt.CapabilityArgs["ips"] = []string{a.String()}
		}
	}
}

func fill(e *wire.Endpoint, res *current.Result) {
	for _, i := range res.Interfaces {
		if i.Name == e.Interface && i.Sandbox != "" {
			e.MAC = i.Mac
		}
	}
	for _, ip := range res.IPs {
		a, ok := netip.AddrFromSlice(ip.Address.IP)
		ones, _ := ip.Address.Mask.Size()
		if ok {
			e.Addresses = append(e.Addresses, netip.PrefixFrom(a.Unmap(), ones))
		}
		if gw, ok := netip.AddrFromSlice(ip.Gateway); ok {
			e.Gateways = append(e.Gateways, gw.Unmap())
		}
	}
}

// Del takes down what Add set up. The namespace is named while it is there: without it
// plugins leave rules behind.
func (r Runner) Del(ctx context.Context, l wire.Lease, e wire.Endpoint) error {
	file, err := find(l.Instance.ConfDir, e.Network)
	if err != nil {
		return err
	}
	list, err := load(file)
	if err != nil {
		return err
	}
	unlock, err := wire.LockFile(filepath.Join(l.Instance.ConfDir, lockName))
	if err != nil {
		return err
	}
	defer unlock()
	netns := ""
	if l.Start.Alive() {
		netns = fmt.Sprintf("/proc/%d/ns/net", l.Start.Pid)
	}
	cni := libcni.NewCNIConfigWithCacheDir(l.Instance.Plugins, r.cacheDir(), nil)
	if err := cni.DelNetworkList(ctx, list, conf(l.Owner, e.Interface, netns, l.Ports)); err != nil {
		return fmt.Errorf("take down network %s by its CNI plugins: %w", e.Network, err)
	}
	if netns == "" {
		forgetMasquerade(ctx, e.Network, l.Owner)
	}
	return nil
}

// find is the file of a network by name, in the directory and those of namespaces.
func find(dir, name string) (string, error) {
	for _, pattern := range []string{"*", "*/*"} {
		files, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, f := range files {
			switch filepath.Ext(f) {
			case ".conf", ".conflist", ".json":
				if list, err := load(f); err == nil && list.Name == name {
					return f, nil
				}
			}
		}
	}
	return "", fmt.Errorf("the network %s is no more in %s", name, dir)
}
