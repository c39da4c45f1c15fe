package option

import (
	"slices"
	"strings"

	"gantry/engine/api"
)

// sysctls is the row of the kernel's parameters that namespaces have each.
func sysctls() []row {
	return []row{{
		Option: Option{
			Key: KeySysctl, Label: "Sysctls", Section: SectionSecurity, Kind: KindKeyValue, Repeat: true, Form: true,
			Value: "list", Example: "net.core.somaxconn=1024", Help: "Set a parameter of the kernel inside the container",
		},
		put:  putSysctl,
		take: func(r *api.CreateRequest) []string { return pairs(r.HostConfig.Sysctls) },
	}}
}

// putSysctl allows what is of one namespace and not of the whole host.
func putSysctl(b *build, v string) {
	name, value, ok := strings.Cut(v, "=")
	const fix = "those of one container are net.*, fs.mqueue.*, kernel.msg*, kernel.sem and kernel.shm*"
	switch {
	case !ok || name == "":
		b.refuse("has no value", "write name=value, such as net.core.somaxconn=1024")
	case !sysctlIn(name, "network") && !sysctlIn(name, "ipc"):
		b.refuse("sysctl '"+name+"' is not allowed", fix)
	case strings.ContainsAny(name, "/ \n") || strings.Contains(name, ".."):
		b.refuse("is not the name of a sysctl", fix)
	default:
		if b.host.Sysctls == nil {
			b.host.Sysctls = map[string]string{}
		}
		b.host.Sysctls[name] = value
	}
}

// sysctlIn reports whether a parameter belongs to that kind of namespace.
func sysctlIn(name, kind string) bool {
	if kind == "network" {
		return strings.HasPrefix(name, "net.")
	}
	return strings.HasPrefix(name, "fs.mqueue.") || slices.Contains([]string{
		"kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
	}, name)
}

// acrossSysctls refuses parameters of a namespace that is not the container's own: it would be the
// host's, or another container's, that changes.
func (b *build) acrossSysctls(d Draft) {
	net, ipc := b.host.NetworkMode, b.host.IpcMode
	for i, v := range d.values(KeySysctl) {
		name, _, _ := strings.Cut(v, "=")
		switch {
		case sysctlIn(name, "network") && (net.IsHost() || net.IsContainer()):
			b.refuseAt(KeySysctl, i, v, "sysctl '"+name+"' is not allowed with --network "+string(net), "leave it out, or give the container a network of its own")
		case sysctlIn(name, "ipc") && (ipc.IsHost() || ipc.IsContainer()):
			b.refuseAt(KeySysctl, i, v, "sysctl '"+name+"' is not allowed with --ipc "+string(ipc), "leave it out, or leave --ipc out")
		}
	}
}
