package host

import (
	"fmt"
	"path/filepath"
	"strings"
)

// mount is a cgroup hierarchy as /proc/self/mountinfo lists it.
type mount struct {
	at      string   // mount point, with a leading slash
	v2      bool     // the unified hierarchy
	options []string // of the superblock: its controllers, for v1
}

// cgroups fills the facts about cgroups in. A host that mounts none has no mode, and an error.
func (t tree) cgroups(f *Facts) error {
	info, err := t.read("proc/self/mountinfo")
	if err != nil {
		return err
	}
	v1, v2 := split(cgroupMounts(info))
	switch {
	case len(v1) > 0:
		f.CgroupMode = CgroupV1
		if len(v2) > 0 {
			f.CgroupMode = CgroupHybrid
		}
		t.controllersV1(f, v1)
		f.Knobs = t.knobsV1(v1)
		return nil
	case len(v2) > 0:
		f.CgroupMode = CgroupV2
		err := t.controllersV2(f, v2[0].at)
		io := f.Controllers["io"]
		f.Knobs = map[string]bool{"blkio-weight": io, "blkio-weight-device": io, "blkio-throttle": io}
		return err
	}
	return fmt.Errorf("no cgroup hierarchy is mounted")
}

// split tells the v1 hierarchies that limit something from the unified one. A v1 hierarchy
// of systemd's or others' own (name=…) limits nothing.
func split(all []mount) (v1, v2 []mount) {
	for _, m := range all {
		switch {
		case m.v2:
			v2 = append(v2, m)
		case len(m.controllers()) > 0:
			v1 = append(v1, m)
		}
	}
	return v1, v2
}

// cgroupMounts reads the lines of file systems of type cgroup and cgroup2 below
// /sys/fs/cgroup; others are somebody's second view of them.
func cgroupMounts(mountinfo string) []mount {
	var out []mount
	for line := range strings.Lines(mountinfo) {
		left, right, ok := strings.Cut(strings.TrimSpace(line), " - ")
		fields, rest := strings.Fields(left), strings.Fields(right)
		if !ok || len(fields) < 5 || len(rest) < 3 || !strings.HasPrefix(fields[4]+"/", "/sys/fs/cgroup/") {
			continue
		}
		switch rest[0] {
		case "cgroup":
			out = append(out, mount{at: fields[4], options: strings.Split(rest[2], ",")})
		case "cgroup2":
			out = append(out, mount{at: fields[4], v2: true})
		}
	}
	return out
}

// controllers are those of a v1 hierarchy, by the names of Facts: io is called blkio there.
func (m mount) controllers() []string {
	var out []string
	for _, o := range m.options {
		switch o {
		case "blkio":
			out = append(out, "io")
		case "cpu", "cpuacct", "cpuset", "memory", "pids", "devices", "freezer", "hugetlb", "rdma", "misc",
			"net_cls", "net_prio", "perf_event":
			out = append(out, o)
		}
	}
	return out
}

// controllersV1 notes what is mounted. A cpu controller without CFS bandwidth control
// cannot limit CPU time, so it does not count.
func (t tree) controllersV1(f *Facts, mounts []mount) {
	for _, m := range mounts {
		for _, c := range m.controllers() {
			switch c {
			case "cpu":
				f.Controllers[c] = t.exists(m.at + "/cpu.cfs_quota_us")
			case "memory":
				f.Controllers[c] = true
				f.SwapLimit = t.exists(m.at + "/memory.memsw.limit_in_bytes")
			default:
				f.Controllers[c] = true
			}
		}
	}
}

// knobsV1 looks for the files of each hierarchy's root. The scheduler BFQ has its weights below the
// root only; that it is there is seen by what it counts.
func (t tree) knobsV1(mounts []mount) map[string]bool {
	files := map[string][]string{
		"memory-swappiness":   {"memory.swappiness"},
		"oom-kill-disable":    {"memory.oom_control"},
		"cpu-rt-runtime":      {"cpu.rt_runtime_us"},
		"blkio-weight":        {"blkio.weight", "blkio.bfq.io_service_bytes"},
		"blkio-weight-device": {"blkio.weight_device", "blkio.bfq.io_service_bytes"},
		"blkio-throttle":      {"blkio.throttle.read_bps_device"},
	}
	out := map[string]bool{}
	for knob, names := range files {
		for _, m := range mounts {
			for _, name := range names {
				out[knob] = out[knob] || t.exists(m.at+"/"+name)
			}
		}
	}
	return out
}

func (t tree) controllersV2(f *Facts, at string) error {
	list, err := t.read(at + "/cgroup.controllers")
	if err != nil {
		return err
	}
	for _, c := range strings.Fields(list) {
		f.Controllers[c] = true
	}
	f.SwapLimit = f.Controllers["memory"] && t.swapV2(at)
	return nil
}

// swapV2 looks for memory.swap.max. The root cgroup has none, so this process's own is
// asked, then every cgroup just below the root.
func (t tree) swapV2(at string) bool {
	own, _ := t.read("proc/self/cgroup")
	for line := range strings.Lines(own) {
		if dir, ok := strings.CutPrefix(strings.TrimSpace(line), "0::"); ok && t.exists(at+dir+"/memory.swap.max") {
			return true
		}
	}
	found, err := filepath.Glob(t.path(at) + "/*/memory.swap.max")
	return err == nil && len(found) > 0
}
