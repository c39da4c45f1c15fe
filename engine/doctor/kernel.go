package doctor

import (
	"context"
	"maps"
	"slices"
	"strings"

	"gantry/engine/api"
	"gantry/engine/host"
)

func (e *examination) kernel(context.Context) []api.Finding {
	const what = "kernel"
	release, err := e.read("proc/sys/kernel/osrelease")
	if err != nil {
		return one(warn(what, "its version cannot be read: "+err.Error(), "mount /proc"))
	}
	return one(ok(what, "Linux "+strings.TrimSpace(release)+" "+e.facts.Arch))
}

// limits are the cgroup controllers that gantry uses, and what cannot be had without them.
func limits(mode host.CgroupMode) map[string]string {
	use := map[string]string{"cpu": "--cpus", "memory": "--memory", "pids": "--pids-limit"}
	if mode != host.CgroupV2 {
		use["freezer"] = "pausing" // with cgroup v2 every cgroup can be frozen
	}
	return use
}

func (e *examination) cgroups(context.Context) []api.Finding {
	const what = "cgroups"
	f := e.facts
	if f.CgroupMode == "" {
		detail := "none is mounted"
		if e.factsErr != nil {
			detail = e.factsErr.Error()
		}
		return one(bad(what, detail, "mount -t cgroup2 none /sys/fs/cgroup"))
	}
	var have, lost []string
	for _, c := range slices.Sorted(maps.Keys(f.Controllers)) {
		if f.Controllers[c] {
			have = append(have, c)
		}
	}
	use := limits(f.CgroupMode)
	for _, c := range slices.Sorted(maps.Keys(use)) {
		if !f.Controllers[c] {
			lost = append(lost, c+" ("+use[c]+")")
		}
	}
	detail := string(f.CgroupMode)
	if f.CgroupMode == host.CgroupHybrid {
		detail = "hybrid, used as v1"
	}
	if f.Systemd {
		detail += " with systemd"
	}
	if len(lost) > 0 {
		return one(warn(what, detail+", without "+strings.Join(lost, ", "), cgroupFix(f.CgroupMode)))
	}
	return one(ok(what, detail+": "+strings.Join(have, ", ")))
}

func cgroupFix(mode host.CgroupMode) string {
	if mode == host.CgroupV2 {
		return "boot without cgroup_disable=, and see what /sys/fs/cgroup/cgroup.controllers lists"
	}
	return "boot without cgroup_disable=, and mount what is missing below /sys/fs/cgroup"
}

func (e *examination) seccomp(context.Context) []api.Finding {
	const what = "seccomp"
	if !e.facts.Seccomp {
		return one(warn(what, "the kernel has none: containers may use every system call", "use a kernel with CONFIG_SECCOMP_FILTER"))
	}
	return one(ok(what, "Docker's default profile"))
}

func (e *examination) appArmor(context.Context) []api.Finding {
	const what = "AppArmor"
	if !e.facts.AppArmor {
		return one(note(what, "not in this kernel, or off: containers run without", ""))
	}
	return one(ok(what, "on"))
}
