package option

import (
	"maps"
	"slices"
	"strings"

	"gantry/engine/api"
	"gantry/engine/host"
)

// cgroup are the rows about where and how its processes are counted.
func cgroup() []row {
	return []row{
		{
			Option: Option{
				Key: KeyCgroupParent, Label: "Cgroup", Section: SectionAdvanced, Kind: KindText, Form: true,
				Value: "string", Example: "batch.slice", Help: "Cgroup that the container's own is made in; with systemd a slice",
			},
			put:  putCgroupParent,
			take: func(r *api.CreateRequest) []string { return text(r.HostConfig.CgroupParent) },
		},
		{
			Option: Option{
				Key: KeyCgroupConf, Label: "Cgroup conf", Section: SectionAdvanced, Kind: KindKeyValue, Repeat: true, Form: true,
				Value: "list", Example: "memory.high=512M", Help: "Write a value to a file of its cgroup; cgroup v2 only",
			},
			put:  putCgroupConf,
			take: func(r *api.CreateRequest) []string { return pairs(r.CgroupConf) },
		},
		{
			Option: Option{
				Key: KeyRdtClass, Label: "RDT class", Section: SectionAdvanced, Kind: KindText, Form: true,
				Value: "string", Example: "gold", Help: "Group of the kernel's resctrl that it is put into, for its share of caches and memory bandwidth",
			},
			put:  putRdtClass,
			take: func(r *api.CreateRequest) []string { return text(r.RdtClass) },
		},
	}
}

// systemdCgroups reports that cgroups are made by systemd; see spec.CgroupsPath.
func systemdCgroups(f Facts) bool {
	return !f.Server.Embedded && f.Host.Systemd && f.Host.CgroupMode == host.CgroupV2
}

func putCgroupParent(b *build, v string) {
	switch {
	case systemdCgroups(b.facts) && (!strings.HasSuffix(v, ".slice") || strings.Contains(v, "/")):
		b.refuse(`should be a valid slice named as "xxx.slice"`, "systemd manages cgroups here")
	case slices.Contains(strings.Split(v, "/"), ".."):
		b.refuse("leads out of where it begins", "leave .. out")
	default:
		b.host.CgroupParent = v
	}
}

func putCgroupConf(b *build, v string) {
	file, value, ok := strings.Cut(v, "=")
	switch {
	case !ok || file == "" || strings.ContainsAny(file, "/ ") || !strings.Contains(file, "."):
		b.refuse("is not a file of a cgroup with a value", "write controller.file=value, such as memory.high=512M")
	case b.facts.Host.CgroupMode != "" && b.facts.Host.CgroupMode != host.CgroupV2:
		b.refuse("needs cgroup v2, and this host has v1", "leave it out")
	case b.without(file[:strings.IndexByte(file, '.')]) && !strings.HasPrefix(file, "cgroup."):
		b.refuse("this host has no cgroup controller of that name", "leave it out")
	default:
		if b.req.CgroupConf == nil {
			b.req.CgroupConf = map[string]string{}
		}
		b.req.CgroupConf[file] = value
	}
}

func putRdtClass(b *build, v string) {
	switch {
	case v == "." || v == ".." || strings.ContainsAny(v, "/\n"):
		b.refuse("is not the name of a group", "")
	case b.facts.Host.Controllers != nil && !b.facts.Host.ResourceControl:
		b.refuse("this host has no resctrl mounted", "mount -t resctrl resctrl /sys/fs/resctrl, where the CPU can do it")
	default:
		b.req.RdtClass = v
	}
}

// pairs are a map's entries as key=value, sorted.
func pairs(m map[string]string) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+"="+m[k])
	}
	return out
}
