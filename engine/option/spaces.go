package option

import (
	"slices"
	"strings"

	"gantry/engine/api"
)

// spaces are the rows about which namespaces are the container's own.
func spaces() []row {
	return []row{
		space(KeyPID, "PIDs", "host", "Whose processes it sees: its own, the host's (host), or another container's (container:NAME)", []string{"host"},
			func(r *api.CreateRequest) *string { return (*string)(&r.HostConfig.PidMode) }),
		space(KeyIPC, "IPC", "shareable", "Whose shared memory and queues it has: its own (private), its own for others to join (shareable), its own without /dev/shm (none), the host's (host), or another container's (container:NAME)",
			[]string{"private", "shareable", "none", "host"},
			func(r *api.CreateRequest) *string { return (*string)(&r.HostConfig.IpcMode) }),
		space(KeyUTS, "Host's name", "host", "Have the host's name and domain (host) in place of its own", []string{"host"},
			func(r *api.CreateRequest) *string { return (*string)(&r.HostConfig.UTSMode) }),
		space(KeyUserns, "Users", "host", "Whose users it has: the host's (host), which is always so here", []string{"host"},
			func(r *api.CreateRequest) *string { return (*string)(&r.HostConfig.UsernsMode) }),
		space(KeyCgroupns, "Cgroup ns", "private", "Whose cgroups it sees: its own (private), or the host's (host); by default its own on cgroup v2 only", []string{"private", "host"},
			func(r *api.CreateRequest) *string { return (*string)(&r.HostConfig.CgroupnsMode) }),
	}
}

// space is a row of one kind of namespace. pid and ipc can also be another container's.
func space(key Key, label, example, help string, modes []string, of func(*api.CreateRequest) *string) row {
	joins := key == KeyPID || key == KeyIPC
	fix := "write " + strings.Join(modes, ", ")
	if joins {
		fix += " or container:NAME"
	}
	return row{
		Option: Option{
			Key: key, Label: label, Section: SectionAdvanced, Kind: KindText, Form: true,
			Value: "string", Example: example, Help: help,
		},
		put: func(b *build, v string) {
			other, join := strings.CutPrefix(v, "container:")
			switch {
			case join && joins && other != "" && !strings.ContainsAny(other, " \t\n/"):
			case join && joins:
				b.refuse("names no container", "write container:NAME")
				return
			case key == KeyUserns && v != "" && v != "host":
				b.refuse("user namespaces are not supported: containers have the host's users", "leave it out, or run gantry for this user")
				return
			case v != "" && !slices.Contains(modes, v):
				b.refuse("invalid mode", fix)
				return
			}
			*of(&b.req) = v
		},
		take: func(r *api.CreateRequest) []string { return text(*of(r)) },
	}
}

// acrossSpaces holds the namespaces against what is set inside them.
func (b *build) acrossSpaces(d Draft) {
	h := b.host
	if h.UTSMode.IsHost() {
		for _, k := range []Key{KeyHostname, KeyDomainname} {
			if v := d.Get(k); v != "" {
				b.refuseAt(k, 0, v, "conflicting options: "+string(k)+" and the UTS mode", "leave out one of --"+string(k)+" and --uts")
			}
		}
	}
	if v := d.Get(KeyShmSize); v != "" && (h.IpcMode.IsHost() || h.IpcMode.IsContainer() || h.IpcMode.IsNone()) {
		b.warnAt(KeyShmSize, 0, v, "has no effect with --ipc "+string(h.IpcMode), "")
	}
	// containerd's restart monitor knows nothing of the other container: it would put this one
	// into whatever has the number of that one's process by then.
	if !h.RestartPolicy.IsNone() {
		for _, k := range []Key{KeyPID, KeyIPC} {
			if v := d.Get(k); strings.HasPrefix(v, "container:") {
				b.refuseAt(k, 0, v, "cannot be together with --restart: the namespace must be found anew at each start", "leave --restart out")
			}
		}
	}
}
