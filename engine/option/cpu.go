package option

import (
	"slices"
	"strconv"
	"strings"

	"gantry/engine/api"
)

// cpu are the rows about processors beyond how many of them.
func cpu() []row {
	return []row{
		{
			Option: Option{
				Key: KeyCPUShares, Short: "c", Label: "CPU shares", Section: SectionResources, Kind: KindNumber, Form: true,
				Value: "int", Example: "512", Help: "Its weight when CPUs are short, 2 to 262144; others have 1024",
			},
			put:  putCPUShares,
			take: func(r *api.CreateRequest) []string { return text(countText(r.HostConfig.CPUShares)) },
		},
		{
			Option: Option{
				Key: KeyCpusetCPUs, Label: "CPU set", Section: SectionResources, Kind: KindText, Form: true,
				Value: "list", Example: "0-1", Help: "CPUs that it may run on, by number",
			},
			put: func(b *build, v string) {
				b.putSet(v, &b.host.CpusetCpus, b.facts.Host.CPUs, "CPUs")
			},
			take: func(r *api.CreateRequest) []string { return text(r.HostConfig.CpusetCpus) },
		},
		{
			Option: Option{
				Key: KeyCpusetMems, Label: "Memory nodes", Section: SectionAdvanced, Kind: KindText, Form: true,
				Value: "list", Example: "0", Help: "Memory nodes that it may use, by number",
			},
			put: func(b *build, v string) {
				b.putSet(v, &b.host.CpusetMems, b.facts.Host.MemoryNodes, "memory nodes")
			},
			take: func(r *api.CreateRequest) []string { return text(r.HostConfig.CpusetMems) },
		},
		micros(KeyCPUPeriod, "CPU period", "100000", "Length of a period that its CPU time is counted in; 100000 when not given", putCPUPeriod,
			func(r *api.CreateRequest) int64 { return r.HostConfig.CPUPeriod }),
		micros(KeyCPUQuota, "CPU quota", "50000", "CPU time that it may use in each period; the same as --cpus, counted otherwise", putCPUQuota,
			func(r *api.CreateRequest) int64 { return r.HostConfig.CPUQuota }),
		micros(KeyCPURealtimePeriod, "RT period", "1000000", "Length of a period that its real-time CPU time is counted in; cgroup v1 only",
			func(b *build, v string) { b.putRealtime(v, &b.host.CPURealtimePeriod) },
			func(r *api.CreateRequest) int64 { return r.HostConfig.CPURealtimePeriod }),
		micros(KeyCPURealtime, "RT runtime", "950000", "Real-time CPU time that it may use in each such period; cgroup v1 only",
			func(b *build, v string) { b.putRealtime(v, &b.host.CPURealtimeRuntime) },
			func(r *api.CreateRequest) int64 { return r.HostConfig.CPURealtimeRuntime }),
	}
}

// micros is a row of a number of microseconds.
func micros(key Key, label, example, help string, put func(*build, string), of func(*api.CreateRequest) int64) row {
	return row{
		Option: Option{
			Key: key, Label: label, Section: SectionAdvanced, Kind: KindNumber, Unit: "microseconds", Form: true,
			Value: "int", Example: example, Help: help,
		},
		put:  put,
		take: func(r *api.CreateRequest) []string { return text(countText(of(r))) },
	}
}

// countText is a number; "" for none.
func countText(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func putCPUShares(b *build, v string) {
	n, ok := b.number(v, "512")
	switch {
	case !ok:
	case n != 0 && (n < 2 || n > 262144):
		b.refuse("range of CPU shares is from 2 to 262144", "write 0 for the usual 1024")
	case n != 0 && b.discarded(!b.without("cpu"), "CPU shares"):
	default:
		b.host.CPUShares = n
	}
}

func putCPUPeriod(b *build, v string) {
	n, ok := b.number(v, "100000")
	switch {
	case !ok:
	case n != 0 && (n < 1000 || n > 1000000):
		b.refuse("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)", "")
	case n != 0 && b.discarded(!b.without("cpu"), "CPU CFS period and quota"):
	default:
		b.host.CPUPeriod = n
	}
}

func putCPUQuota(b *build, v string) {
	n, ok := b.number(v, "50000")
	switch {
	case !ok:
	case n > 0 && n < 1000:
		b.refuse("CPU cfs quota can not be less than 1ms (i.e. 1000)", "")
	case n < -1:
		b.refuse("cannot be negative", "write -1 for no limit")
	case n != 0 && b.discarded(!b.without("cpu"), "CPU CFS period and quota"):
	default:
		b.host.CPUQuota = n
	}
}

// putRealtime refuses where the kernel cannot, as Docker does: who asks for real time relies on it.
func (b *build) putRealtime(v string, to *int64) {
	n, ok := b.number(v, "950000")
	switch {
	case !ok:
	case n < 0:
		b.refuse("cannot be negative", "")
	case n != 0 && b.lacks("cpu-rt-runtime"):
		b.refuse("this kernel does not support CPU real-time scheduler for cgroups, which v2 has not at all", "leave it out")
	default:
		*to = n
	}
}

// putSet reads a list of numbers, of which each must be online.
func (b *build) putSet(v string, to *string, online, what string) {
	want, ok := parseSet(v)
	if !ok {
		b.refuse("is not a list of "+what, "write numbers and ranges, such as 0-3,5")
		return
	}
	if have, ok := parseSet(online); ok {
		for _, n := range want {
			if !slices.Contains(have, n) {
				b.refuse("requested "+what+" are not available - requested "+v+", available: "+online, "")
				return
			}
		}
	}
	if !b.discarded(!b.without("cpuset"), "cpusets") {
		*to = v
	}
}

// maxSetMember is beyond any CPU's or memory node's number.
const maxSetMember = 8192

// parseSet reads "0-3,5" as the kernel does.
func parseSet(s string) ([]int, bool) {
	var out []int
	for part := range strings.SplitSeq(s, ",") {
		from, to, ranged := strings.Cut(part, "-")
		if !ranged {
			to = from
		}
		lo, err1 := strconv.ParseUint(from, 10, 16)
		hi, err2 := strconv.ParseUint(to, 10, 16)
		if err1 != nil || err2 != nil || lo > hi || hi >= maxSetMember {
			return nil, false
		}
		for n := lo; n <= hi; n++ {
			out = append(out, int(n))
		}
	}
	return out, true
}

// acrossCPU refuses what says the same thing in two ways.
func (b *build) acrossCPU(d Draft) {
	h := b.host
	if h.NanoCPUs > 0 {
		for _, k := range []Key{KeyCPUPeriod, KeyCPUQuota} {
			if v := d.Get(k); v != "" && v != "0" {
				b.refuseAt(k, 0, v, "conflicting options: --cpus and --"+string(k)+" cannot both be set", "leave one of them out")
			}
		}
	}
	if h.CPURealtimePeriod > 0 && h.CPURealtimeRuntime > h.CPURealtimePeriod {
		b.refuseAt(KeyCPURealtime, 0, d.Get(KeyCPURealtime), "cpu real-time runtime cannot be higher than cpu real-time period", "")
	}
}
