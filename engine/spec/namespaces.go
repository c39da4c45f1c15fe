package spec

import (
	"strings"

	"github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/host"
)

// namespaces are the container's own, unless a mode says host, or Input.Namespaces names
// one to join. The runtime makes the network namespace; the hook fills it.
func (b *builder) namespaces() error {
	b.s.Linux.Namespaces = []specs.LinuxNamespace{}
	var errs api.FieldErrors
	for _, n := range []struct {
		kind        specs.LinuxNamespaceType
		field, mode string
	}{
		{specs.PIDNamespace, "pid", string(b.host.PidMode)},
		{specs.IPCNamespace, "ipc", string(b.host.IpcMode)},
		{specs.UTSNamespace, "uts", string(b.host.UTSMode)},
		{specs.MountNamespace, "", ""},
		{specs.NetworkNamespace, "network", string(b.host.NetworkMode)},
	} {
		join := b.Namespaces[n.kind]
		switch {
		case n.mode == "host":
		case join == "" && strings.HasPrefix(n.mode, "container:"):
			errs = append(errs, refuse(n.field, 0, n.mode, "the container to join is not known")...)
		default:
			b.s.Linux.Namespaces = append(b.s.Linux.Namespaces, specs.LinuxNamespace{Type: n.kind, Path: join})
		}
	}
	if b.ownCgroupNS() {
		b.s.Linux.Namespaces = append(b.s.Linux.Namespaces, specs.LinuxNamespace{Type: specs.CgroupNamespace})
	}
	if len(errs) > 0 {
		return errs
	}
	if !b.host.UTSMode.IsHost() {
		b.s.Hostname, b.s.Domainname = b.Hostname, b.cfg.Domainname
	}
	b.s.Linux.Sysctl = b.sysctls()
	return nil
}

// ownCgroupNS: by Docker's default a container has its own cgroup namespace on v2 only.
func (b *builder) ownCgroupNS() bool {
	if m := b.host.CgroupnsMode; !m.IsEmpty() {
		return m.IsPrivate()
	}
	return b.Host.CgroupMode == host.CgroupV2
}
