package option

import (
	"strings"

	"gantry/engine/api"
)

// security are the rows about what the container may do.
func security() []row {
	return []row{
		{
			Option: Option{
				Key: KeyReadOnly, Label: "Read-only", Note: "root filesystem", Section: SectionSecurity, Kind: KindBool, Default: "false", Form: true,
				Help: "Mount the container's root filesystem read-only",
			},
			put:  func(b *build, v string) { b.putBool(v, &b.host.ReadonlyRootfs) },
			take: func(r *api.CreateRequest) []string { return on(r.HostConfig.ReadonlyRootfs) },
		},
		{
			Option: Option{
				Key: KeyPrivileged, Label: "Privileged", Note: "as good as root on this host", Section: SectionSecurity, Kind: KindBool,
				Default: "false", Form: true, Help: "Give every capability and device; as good as root on this host",
			},
			put:  func(b *build, v string) { b.putBool(v, &b.host.Privileged) },
			take: func(r *api.CreateRequest) []string { return on(r.HostConfig.Privileged) },
		},
		{
			Option: Option{
				Key: KeyCapAdd, Label: "Add caps", Section: SectionSecurity, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "NET_ADMIN", Help: "Add a Linux capability, or ALL",
			},
			put:  func(b *build, v string) { b.putCap(v, &b.host.CapAdd) },
			take: func(r *api.CreateRequest) []string { return bareCaps(r.HostConfig.CapAdd) },
		},
		{
			Option: Option{
				Key: KeyCapDrop, Label: "Drop caps", Section: SectionSecurity, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "ALL", Help: "Take a Linux capability away, or ALL",
			},
			put:  func(b *build, v string) { b.putCap(v, &b.host.CapDrop) },
			take: func(r *api.CreateRequest) []string { return bareCaps(r.HostConfig.CapDrop) },
		},
	}
}

// Capabilities are the names that cap-add and cap-drop know, without their CAP_, by number.
// ALL is not among them.
func Capabilities() []string {
	return strings.Fields(`CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
		NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE
		SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL
		SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`)
}

// capabilities has the known names. It is made once and never changed.
var capabilities = func() map[string]bool {
	out := map[string]bool{}
	for _, c := range Capabilities() {
		out[c] = true
	}
	return out
}()

// putCap reads a capability in any case, with or without CAP_, and keeps it as Docker does.
func (b *build) putCap(v string, to *[]string) {
	name := strings.TrimPrefix(strings.ToUpper(v), "CAP_")
	switch {
	case strings.EqualFold(v, "ALL"):
		*to = append(*to, "ALL")
	case capabilities[name]:
		*to = append(*to, "CAP_"+name)
	default:
		fix := "write a name such as NET_ADMIN, or ALL"
		if near := nearest(name, Capabilities()); near != "" {
			fix = "did you mean " + near + "?"
		}
		b.refuse(`unknown capability "`+v+`"`, fix)
	}
}

func bareCaps(caps []string) []string {
	var out []string
	for _, c := range caps {
		out = append(out, strings.TrimPrefix(c, "CAP_"))
	}
	return out
}
