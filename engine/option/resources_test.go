package option

import (
	"reflect"
	"strings"
	"testing"

	"github.com/docker/go-units"
	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/blkiodev"
	"github.com/moby/moby/api/types/container"

	"gantry/engine/host"
)

// goodResources are accepted values of the rows about limits.
func goodResources() map[Key][]string {
	return map[Key][]string{
		KeyMemorySwap: {"-1", "16g"}, KeyMemoryReservation: {"6m", "6291456"}, KeyMemorySwappiness: {"0", "100", "-1"}, KeyOOMKillDisable: {"true", "false"},
		KeyOOMScoreAdj: {"-1000", "0", "7"}, KeyShmSize: {"0", "1", "64m"}, KeyUlimit: {"nofile=5", "core=-1", "nofile=1024:2048", "nproc=3:-1"},
		KeyCPUShares: {"0", "2", "262144"}, KeyCPUPeriod: {"1000", "0"}, KeyCPUQuota: {"-1", "50000"}, KeyCPURealtimePeriod: {"1000000"}, KeyCPURealtime: {"950000", "0"},
		KeyCpusetCPUs: {"0", "0-1,1", "1"}, KeyCpusetMems: {"0"}, KeyBlkioWeight: {"0", "10", "1000"}, KeyBlkioWeightDevice: {"/dev/sda:100", "/dev/a:b:0"},
		KeyDeviceReadBps: {"/dev/sda:0", "/dev/sda:1mb"}, KeyDeviceWriteBps: {"/dev/sda:12345"}, KeyDeviceReadIOps: {"/dev/sda:1", "/dev/sdb:9223372036854775807"},
		KeyDeviceWriteIOps: {"/dev/sda:0"}, KeyCgroupParent: {"/a/b", "c", "x.slice"}, KeyCgroupConf: {"memory.high=1", "cpu.weight.nice=-1", "cgroup.freeze="}, KeyRdtClass: {"gold"},
	}
}

// limitsThatAgree takes those out that exclude each other.
func limitsThatAgree(d *Draft) {
	if d.Has(KeyCPUs) {
		d.Unset(KeyCPUPeriod)
		d.Unset(KeyCPUQuota)
	}
	if d.Get(KeyMemory) == "" || d.Get(KeyMemory) == "0" {
		d.Unset(KeyMemorySwap)
	}
}

func TestResources(t *testing.T) {
	h := func(p Parsed) *container.HostConfig { return p.Request.HostConfig }
	for _, tt := range []struct {
		key  Key
		in   []string
		got  func(p Parsed) any
		want any
	}{
		{KeyMemoryReservation, []string{"32m"}, func(p Parsed) any { return h(p).MemoryReservation }, int64(32 << 20)},
		{KeyMemorySwappiness, []string{"0"}, func(p Parsed) any { return h(p).MemorySwappiness }, ptr(int64(0))},
		{KeyMemorySwappiness, []string{"-1"}, func(p Parsed) any { return h(p).MemorySwappiness }, (*int64)(nil)},
		{KeyOOMKillDisable, []string{"false"}, func(p Parsed) any { return h(p).OomKillDisable }, (*bool)(nil)},
		{KeyOOMScoreAdj, []string{"-500"}, func(p Parsed) any { return h(p).OomScoreAdj }, -500},
		{KeyShmSize, []string{"1g"}, func(p Parsed) any { return h(p).ShmSize }, int64(1 << 30)},
		{KeyUlimit, []string{"nproc=7", "core=-1", "nproc=8:9"}, func(p Parsed) any { return h(p).Ulimits },
			[]*units.Ulimit{{Name: "core", Soft: -1, Hard: -1}, {Name: "nproc", Soft: 8, Hard: 9}}},
		{KeyCPUShares, []string{"2"}, func(p Parsed) any { return h(p).CPUShares }, int64(2)},
		{KeyCPUPeriod, []string{"1000"}, func(p Parsed) any { return h(p).CPUPeriod }, int64(1000)},
		{KeyCPUQuota, []string{"-1"}, func(p Parsed) any { return h(p).CPUQuota }, int64(-1)},
		{KeyCPURealtime, []string{"950000"}, func(p Parsed) any { return h(p).CPURealtimeRuntime }, int64(950000)},
		{KeyCpusetCPUs, []string{"0-2,3"}, func(p Parsed) any { return h(p).CpusetCpus }, "0-2,3"},
		{KeyCpusetMems, []string{"0"}, func(p Parsed) any { return h(p).CpusetMems }, "0"},
		{KeyBlkioWeight, []string{"10"}, func(p Parsed) any { return h(p).BlkioWeight }, uint16(10)},
		{KeyBlkioWeightDevice, []string{"/dev/sda:300"}, func(p Parsed) any { return h(p).BlkioWeightDevice }, []*blkiodev.WeightDevice{{Path: "/dev/sda", Weight: 300}}},
		{KeyDeviceReadBps, []string{"/dev/sda:1mb", "/dev/sdb:0"}, func(p Parsed) any { return h(p).BlkioDeviceReadBps },
			[]*blkiodev.ThrottleDevice{{Path: "/dev/sda", Rate: 1 << 20}, {Path: "/dev/sdb"}}},
		{KeyDeviceWriteIOps, []string{"/dev/sda:7"}, func(p Parsed) any { return h(p).BlkioDeviceWriteIOps }, []*blkiodev.ThrottleDevice{{Path: "/dev/sda", Rate: 7}}},
		{KeyCgroupParent, []string{"/mine"}, func(p Parsed) any { return h(p).CgroupParent }, "/mine"},
		{KeyCgroupConf, []string{"memory.high=1G", "pids.max=9", "memory.high=2G"}, func(p Parsed) any { return p.Request.CgroupConf }, map[string]string{"memory.high": "2G", "pids.max": "9"}},
		{"c", nil, func(p Parsed) any { return h(p).CPUShares }, int64(0)},
	} {
		p := read(tt.key, tt.in...)
		if tt.in != nil && (len(p.Problems) > 0 || len(p.Warnings) > 0) {
			t.Errorf("%s %q: problems %v, warnings %v", tt.key, tt.in, p.Problems, p.Warnings)
		}
		if got := tt.got(p); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s %q: got %#v, want %#v", tt.key, tt.in, got, tt.want)
		}
	}
}

func TestResourcesThatCannotBe(t *testing.T) {
	f := facts()
	f.Host.CPUs, f.Host.MemoryNodes, f.Host.ResourceControl = "0-3", "0", false
	for _, tt := range []struct {
		key         Key
		value, want string
	}{
		{KeyMemorySwap, "-2", "is not a size (write a number and a unit, such as 512m or 2g)"},
		{KeyMemoryReservation, "1m", "minimum memory reservation allowed is 6MB (write 6m or more)"},
		{KeyMemorySwappiness, "101", "valid memory swappiness range is 0-100 (write -1 for the kernel's own)"},
		{KeyOOMScoreAdj, "1001", "range for oom score adj is [-1000, 1000]"},
		{KeyShmSize, "much", "is not a size (write a number and a unit, such as 512m or 2g)"},
		{KeyUlimit, "nofiles=1", "invalid ulimit type: nofiles (did you mean nofile?)"},
		{KeyUlimit, "nofile=9:8", "ulimit soft limit must be less than or equal to hard limit: 9 > 8 (write name=soft or name=soft:hard, such as nofile=1024:2048)"},
		{KeyUlimit, "nofile=many", "has a limit that is not a whole number (write name=soft or name=soft:hard, such as nofile=1024:2048)"},
		{KeyUlimit, "nofile", "invalid ulimit argument: nofile (write name=soft or name=soft:hard, such as nofile=1024:2048)"},
		{KeyUlimit, "nofile=-2", "cannot be negative (write -1 for no limit)"},
		{KeyCPUShares, "1", "range of CPU shares is from 2 to 262144 (write 0 for the usual 1024)"},
		{KeyCPUPeriod, "999", "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)"},
		{KeyCPUQuota, "999", "CPU cfs quota can not be less than 1ms (i.e. 1000)"},
		{KeyCpusetCPUs, "0-9", "requested CPUs are not available - requested 0-9, available: 0-3"},
		{KeyCpusetCPUs, "3-1", "is not a list of CPUs (write numbers and ranges, such as 0-3,5)"},
		{KeyCpusetMems, "1", "requested memory nodes are not available - requested 1, available: 0"},
		{KeyBlkioWeight, "9", "range of blkio weight is from 10 to 1000 (write 0 to set none)"},
		{KeyBlkioWeightDevice, "/dev/sda:9", "invalid weight for device: range of blkio weight is from 10 to 1000 (write <device-path>:<weight>, such as /dev/sda:200)"},
		{KeyBlkioWeightDevice, "sda:100", "bad format for device path (write <device-path>:<weight>, such as /dev/sda:200)"},
		{KeyDeviceReadBps, "/dev/sda", "bad format (write <device-path>:<number>[<unit>], such as /dev/sda:10mb)"},
		{KeyDeviceReadBps, "/dev/sda:fast", "invalid rate for device (write <device-path>:<number>[<unit>], such as /dev/sda:10mb)"},
		{KeyDeviceWriteIOps, "/dev/sda:1mb", "invalid rate for device (write <device-path>:<number>, such as /dev/sda:1000)"},
		{KeyCgroupParent, "../x", "leads out of where it begins (leave .. out)"},
		{KeyCgroupConf, "memory=1", "is not a file of a cgroup with a value (write controller.file=value, such as memory.high=512M)"},
		{KeyCgroupConf, "rdma.max=1", "this host has no cgroup controller of that name (leave it out)"},
		{KeyRdtClass, "a/b", "is not the name of a group"},
		{KeyRdtClass, "gold", "this host has no resctrl mounted (mount -t resctrl resctrl /sys/fs/resctrl, where the CPU can do it)"},
	} {
		err := Check(f, tt.key, 0, tt.value)
		if want := "--" + string(tt.key) + ": " + tt.want; err == nil || err.Error() != want {
			t.Errorf("%s %q:\n  %v\nwant\n  %s", tt.key, tt.value, err, want)
		}
	}
}

func TestRulesAcrossLimits(t *testing.T) {
	for _, tt := range []struct {
		name               string
		draft              Draft
		change             func(f *Facts)
		problems, warnings []string
	}{
		{name: "swap without memory", draft: draft("memory-swap", "1g"),
			problems: []string{"--memory-swap: you should always set the memory limit when using a memory swap limit (add --memory)"}},
		{name: "swap below memory", draft: draft("memory", "2g", "memory-swap", "1g"),
			problems: []string{"--memory-swap: minimum memory swap limit should be larger than memory limit (it is memory and swap together: write 2g or more)"}},
		{name: "swap without limit", draft: draft("memory", "2g", "memory-swap", "-1")},
		{name: "a soft limit over the hard one", draft: draft("memory", "1g", "memory-reservation", "2g"),
			problems: []string{"--memory-reservation: memory limit can not be less than memory reservation limit (write 1g or less)"}},
		{name: "no OOM kill without a limit", draft: draft("oom-kill-disable", "true"),
			warnings: []string{"--oom-kill-disable: without a memory limit this can result in the system running out of resources (add --memory)"}},
		{name: "CPUs twice", draft: draft("cpus", "1", "cpu-period", "50000", "cpu-quota", "9000"), problems: []string{
			"--cpu-period: conflicting options: --cpus and --cpu-period cannot both be set (leave one of them out)",
			"--cpu-quota: conflicting options: --cpus and --cpu-quota cannot both be set (leave one of them out)"}},
		{name: "more real time than its period", draft: draft("cpu-rt-period", "1000", "cpu-rt-runtime", "2000"),
			problems: []string{"--cpu-rt-runtime: cpu real-time runtime cannot be higher than cpu real-time period"}},
		{name: "what cgroup v2 has not", draft: draft("memory-swappiness", "10", "oom-kill-disable", "true", "cpu-rt-runtime", "9"),
			change:   func(f *Facts) { f.Host.Knobs = map[string]bool{} },
			problems: []string{"--cpu-rt-runtime: this kernel does not support CPU real-time scheduler for cgroups, which v2 has not at all (leave it out)"},
			warnings: []string{
				"--memory-swappiness: this kernel does not support memory swappiness or the cgroup is not mounted: discarded",
				"--oom-kill-disable: this kernel does not support disabling the OOM killer or the cgroup is not mounted: discarded"}},
		{name: "what cgroup v1 has not", draft: draft("cgroup-conf", "memory.high=1"), change: func(f *Facts) { f.Host.CgroupMode = host.CgroupV1 },
			problems: []string{"--cgroup-conf: needs cgroup v2, and this host has v1 (leave it out)"}},
		{name: "disks that cannot be limited", draft: draft("blkio-weight", "100", "blkio-weight-device", "/dev/a:10", "device-read-bps", "/dev/a:1"),
			change: func(f *Facts) { f.Host.Knobs = map[string]bool{} },
			warnings: []string{
				"--blkio-weight: this kernel does not support block I/O weight or the cgroup is not mounted: discarded",
				"--blkio-weight-device: this kernel does not support block I/O weight of a device or the cgroup is not mounted: discarded",
				"--device-read-bps: this kernel does not support block I/O limits of a device or the cgroup is not mounted: discarded"}},
		{name: "controllers that are missing", draft: draft("memory", "1g", "memory-swap", "2g", "memory-reservation", "1g", "cpu-shares", "3", "cpu-quota", "5000", "cpuset-cpus", "0"),
			change: func(f *Facts) { f.Host.Controllers, f.Host.SwapLimit = map[string]bool{}, false },
			warnings: []string{
				"--memory: this kernel does not support memory limits or the cgroup is not mounted: limit discarded",
				"--memory-swap: this kernel does not support swap limits or the cgroup is not mounted: discarded",
				"--memory-reservation: this kernel does not support a soft limit of memory or the cgroup is not mounted: discarded",
				"--cpu-shares: this kernel does not support CPU shares or the cgroup is not mounted: discarded",
				"--cpuset-cpus: this kernel does not support cpusets or the cgroup is not mounted: discarded",
				"--cpu-quota: this kernel does not support CPU CFS period and quota or the cgroup is not mounted: discarded"}},
		{name: "a parent that systemd does not know", draft: draft("cgroup-parent", "/mine"),
			change:   func(f *Facts) { f.Host.Systemd = true },
			problems: []string{`--cgroup-parent: should be a valid slice named as "xxx.slice" (systemd manages cgroups here)`}},
		{name: "a parent of the embedded engine", draft: draft("cgroup-parent", "/mine"),
			change: func(f *Facts) { f.Host.Systemd, f.Server.Embedded = true, true }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := facts()
			if tt.change != nil {
				tt.change(&f)
			}
			tt.draft.Set(KeyImage, "a")
			p := tt.draft.Parse(f)
			if diff := cmp.Diff(tt.problems, sentences(p.Problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.warnings, sentences(p.Warnings)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			for _, w := range tt.warnings {
				key, _, _ := strings.Cut(strings.TrimPrefix(w, "--"), ":")
				if strings.HasSuffix(w, "discarded") && FromRequest(p.Request).Has(Key(key)) {
					t.Errorf("--%s is said to be discarded and is in the request", key)
				}
			}
		})
	}
}
