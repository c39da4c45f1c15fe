package spec

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/docker/go-units"
	"github.com/moby/moby/api/types/blkiodev"
	"github.com/moby/moby/api/types/container"
	"github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/host"
)

// Every option by itself: what it changes, as one line.
func TestOptions(t *testing.T) {
	i64 := func(n int64) *int64 { return &n }
	for _, tt := range []struct {
		what string
		set  func(in *Input, c *container.Config, h *container.HostConfig)
		get  func(s *specs.Spec) string
		want string
	}{
		{"network host", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.NetworkMode = "host" },
			func(s *specs.Spec) string {
				return namespaces(s) + " " + s.Linux.Sysctl["net.ipv4.ip_unprivileged_port_start"] + s.Hostname
			}, "pid ipc uts mount 0a1b2c3d4e5f"},
		{"network of a container", func(in *Input, _ *container.Config, h *container.HostConfig) {
			h.NetworkMode, in.Namespaces = "container:x", map[specs.LinuxNamespaceType]string{specs.NetworkNamespace: "/proc/7/ns/net"}
		}, func(s *specs.Spec) string {
			return namespaces(s) + " " + s.Linux.Sysctl["net.ipv4.ip_unprivileged_port_start"]
		}, "pid ipc uts mount network=/proc/7/ns/net "},
		{"pid, ipc and uts host", func(_ *Input, _ *container.Config, h *container.HostConfig) {
			h.PidMode, h.IpcMode, h.UTSMode = "host", "host", "host"
		}, func(s *specs.Spec) string { return namespaces(s) + "|" + s.Hostname + "|" + mountOf(s, "/dev/shm") }, "mount network||bind /dev/shm bind,rprivate"},
		{"ipc none", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.IpcMode = "none" },
			func(s *specs.Spec) string { return mountOf(s, "/dev/shm") }, "none"},
		{"shared memory that others have too", func(in *Input, _ *container.Config, h *container.HostConfig) {
			h.IpcMode, in.Shm = "shareable", "/s/shm"
		}, func(s *specs.Spec) string { return namespaces(s) + "|" + mountOf(s, "/dev/shm") }, "pid ipc uts mount network|bind /s/shm bind,rprivate"},
		{"another container's PIDs and IPC", func(in *Input, _ *container.Config, h *container.HostConfig) {
			h.PidMode, h.IpcMode, in.Shm = "container:x", "container:x", "/x/shm"
			in.Namespaces = map[specs.LinuxNamespaceType]string{specs.PIDNamespace: "/proc/7/ns/pid", specs.IPCNamespace: "/proc/7/ns/ipc"}
		}, func(s *specs.Spec) string { return namespaces(s) + "|" + mountOf(s, "/dev/shm") },
			"pid=/proc/7/ns/pid ipc=/proc/7/ns/ipc uts mount network|bind /x/shm bind,rprivate"},
		{"cgroup v2", func(in *Input, _ *container.Config, _ *container.HostConfig) { in.Host.CgroupMode = host.CgroupV2 },
			namespaces, "pid ipc uts mount network cgroup"},
		{"cgroupns host on v2", func(in *Input, _ *container.Config, h *container.HostConfig) {
			in.Host.CgroupMode, h.CgroupnsMode = host.CgroupV2, "host"
		}, namespaces, "pid ipc uts mount network"},
		{"memory", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.Memory = 64 << 20 }, memory, "67108864 134217728"},
		{"memory and swap", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.Memory, h.MemorySwap = 64<<20, 64<<20 }, memory, "67108864 67108864"},
		{"unlimited swap", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.Memory, h.MemorySwap = 64<<20, -1 }, memory, "67108864 -1"},
		{"no swap accounting", func(in *Input, _ *container.Config, h *container.HostConfig) {
			in.Host.SwapLimit, h.Memory = false, 64<<20
		}, memory, "67108864 -"},
		{"no memory controller", func(in *Input, _ *container.Config, h *container.HostConfig) {
			in.Host.Controllers, h.Memory = map[string]bool{"cpu": true}, 64<<20
		}, memory, "none"},
		{"cpus", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.NanoCPUs = 1_500_000_000 }, cpu, "150000/100000"},
		{"cpu quota", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.CPUPeriod, h.CPUQuota = 50000, 20000 }, cpu, "20000/50000"},
		{"pids", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.PidsLimit = i64(7) }, pids, "7"},
		{"pids unlimited", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.PidsLimit = i64(-5) }, pids, "-1"},
		{"pids zero", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.PidsLimit = i64(0) }, pids, "none"},
		{"tty", func(_ *Input, c *container.Config, _ *container.HostConfig) { c.Tty = true },
			func(s *specs.Spec) string { return bit(s.Process.Terminal) + strings.Join(s.Process.Env, " ") }, "yes PATH=/bin HOSTNAME=0a1b2c3d4e5f TERM=xterm"},
		{"workdir of the image", func(in *Input, _ *container.Config, _ *container.HostConfig) { in.Image.WorkingDir = "app" },
			func(s *specs.Spec) string { return s.Process.Cwd }, "/app"},
		{"workdir", func(in *Input, c *container.Config, _ *container.HostConfig) {
			in.Image.WorkingDir, c.WorkingDir = "/app", "/x/../y"
		},
			func(s *specs.Spec) string { return s.Process.Cwd }, "/y"},
		{"read-only", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.ReadonlyRootfs = true },
			func(s *specs.Spec) string { return bit(s.Root.Readonly) + mountOf(s, "/etc/hosts") }, "yes bind /s/hosts bind,rprivate,ro"},
		{"shm-size", func(_ *Input, _ *container.Config, h *container.HostConfig) { h.ShmSize = 1<<20 + 1 },
			func(s *specs.Spec) string { return mountOf(s, "/dev/shm") }, "tmpfs shm nosuid,noexec,nodev,mode=1777,size=1025k"},
		{"a mount over a file of ours", func(in *Input, _ *container.Config, _ *container.HostConfig) {
			in.Mounts = []specs.Mount{{Destination: "/etc/hosts/", Type: "bind", Source: "/mine"}}
		}, func(s *specs.Spec) string { return mountOf(s, "/etc/hosts/") + mountOf(s, "/etc/hosts") }, "bind /mine none"},
		{"a mount over /dev", func(in *Input, _ *container.Config, _ *container.HostConfig) {
			in.Mounts = []specs.Mount{{Destination: "/dev", Type: "bind", Source: "/dev"}}
		}, func(s *specs.Spec) string { return mountOf(s, "/dev") + mountOf(s, "/dev/shm") }, "bind /dev none"},
		{"no new privileges", func(_ *Input, _ *container.Config, h *container.HostConfig) {
			h.SecurityOpt = []string{"no-new-privileges:true"}
		},
			func(s *specs.Spec) string { return bit(s.Process.NoNewPrivileges) }, "yes "},
		{"seccomp unconfined", func(_ *Input, _ *container.Config, h *container.HostConfig) {
			h.SecurityOpt = []string{"seccomp=unconfined"}
		},
			func(s *specs.Spec) string { return bit(s.Linux.Seccomp != nil) }, "no "},
		{"no seccomp in the kernel", func(in *Input, _ *container.Config, _ *container.HostConfig) { in.Host.Seccomp = false },
			func(s *specs.Spec) string { return bit(s.Linux.Seccomp != nil) }, "no "},
		{"seccomp of one's own", func(_ *Input, _ *container.Config, h *container.HostConfig) {
			h.SecurityOpt = []string{`seccomp={"defaultAction":"SCMP_ACT_LOG","syscalls":[]}`}
		}, func(s *specs.Spec) string { return string(s.Linux.Seccomp.DefaultAction) }, "SCMP_ACT_LOG"},
		{"seccomp for this architecture only", func(in *Input, _ *container.Config, _ *container.HostConfig) { in.SeccompNative = true },
			func(s *specs.Spec) string { return string(rune('0' + len(s.Linux.Seccomp.Architectures))) }, "1"},
		{"apparmor", func(in *Input, _ *container.Config, _ *container.HostConfig) {
			in.Host.AppArmor, in.AppArmor = true, "p"
		},
			func(s *specs.Spec) string { return s.Process.ApparmorProfile }, "p"},
		{"apparmor not in the kernel", func(in *Input, _ *container.Config, _ *container.HostConfig) { in.AppArmor = "p" },
			func(s *specs.Spec) string { return s.Process.ApparmorProfile }, ""},
		{"unmasked", func(_ *Input, _ *container.Config, h *container.HostConfig) {
			h.MaskedPaths, h.ReadonlyPaths = []string{}, []string{}
		},
			func(s *specs.Spec) string {
				return strings.Join(append(s.Linux.MaskedPaths, s.Linux.ReadonlyPaths...), " ")
			}, ""},
		{"ulimit unlimited", func(_ *Input, _ *container.Config, h *container.HostConfig) {
			h.Ulimits = []*units.Ulimit{{Name: "core", Soft: -1, Hard: -1}}
		}, func(s *specs.Spec) string {
			return s.Process.Rlimits[0].Type + bit(s.Process.Rlimits[0].Hard == 1<<64-1)
		}, "RLIMIT_COREyes "},
	} {
		t.Run(tt.what, func(t *testing.T) {
			in := plain()
			tt.set(&in, in.Request.Config, in.Request.HostConfig)
			if got := tt.get(build(t, in)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func memory(s *specs.Spec) string {
	m := s.Linux.Resources.Memory
	if m == nil {
		return "none"
	}
	return num(m.Limit) + " " + num(m.Swap)
}

func cpu(s *specs.Spec) string {
	c := s.Linux.Resources.CPU
	p := int64(*c.Period)
	return num(c.Quota) + "/" + num(&p)
}

func pids(s *specs.Spec) string {
	if s.Linux.Resources.Pids == nil {
		return "none"
	}
	return num(s.Linux.Resources.Pids.Limit)
}

func num(n *int64) string {
	if n == nil {
		return "-"
	}
	b, _ := json.Marshal(*n)
	return string(b)
}

func bit(b bool) string {
	if b {
		return "yes "
	}
	return "no "
}

// What cgroups are told, as the runtime gets it, on the two versions of them.
func TestResources(t *testing.T) {
	disk := func(path string) (specs.LinuxDevice, error) {
		switch path {
		case "/dev/sda":
			return specs.LinuxDevice{Type: "b", Major: 8, Minor: 0}, nil
		case "/dev/tty":
			return specs.LinuxDevice{Type: "c", Major: 5}, nil
		}
		return specs.LinuxDevice{}, fs.ErrNotExist
	}
	swappiness, yes := int64(10), true
	all := container.Resources{
		Memory: 64 << 20, MemorySwap: 96 << 20, MemoryReservation: 32 << 20, MemorySwappiness: &swappiness, OomKillDisable: &yes,
		CPUShares: 512, CPURealtimePeriod: 1000, CPURealtimeRuntime: 900, CpusetCpus: "0", CpusetMems: "0",
		BlkioWeight: 300, BlkioWeightDevice: []*blkiodev.WeightDevice{{Path: "/dev/sda", Weight: 200}},
		BlkioDeviceReadBps:   []*blkiodev.ThrottleDevice{{Path: "/dev/sda", Rate: 1}},
		BlkioDeviceWriteBps:  []*blkiodev.ThrottleDevice{{Path: "/dev/sda", Rate: 2}},
		BlkioDeviceReadIOps:  []*blkiodev.ThrottleDevice{{Path: "/dev/sda", Rate: 3}},
		BlkioDeviceWriteIOps: []*blkiodev.ThrottleDevice{{Path: "/dev/sda", Rate: 4}},
	}
	const (
		cpus  = `"cpu":{"shares":512,"realtimeRuntime":900,"realtimePeriod":1000,"cpus":"0","mems":"0"}`
		disks = `"blockIO":{"weight":300,"weightDevice":[{"major":8,"minor":0,"weight":200}],"throttleReadBpsDevice":[{"major":8,"minor":0,"rate":1}],` +
			`"throttleWriteBpsDevice":[{"major":8,"minor":0,"rate":2}],"throttleReadIOPSDevice":[{"major":8,"minor":0,"rate":3}],"throttleWriteIOPSDevice":[{"major":8,"minor":0,"rate":4}]}`
	)
	for mode, want := range map[host.CgroupMode]string{
		host.CgroupV1: `{"memory":{"limit":67108864,"reservation":33554432,"swap":100663296,"swappiness":10,"disableOOMKiller":true},` + cpus + `,` + disks + `}`,
		host.CgroupV2: `{"memory":{"limit":67108864,"reservation":33554432,"swap":100663296},` + cpus + `,` + disks + `,"unified":{"memory.high":"1"}}`,
	} {
		in := plain()
		in.Host.CgroupMode, in.Stat = mode, disk
		in.Host.Controllers["io"] = true
		in.Request.HostConfig.Resources, in.Request.CgroupConf, in.Request.RdtClass = all, map[string]string{"memory.high": "1"}, "gold"
		s := build(t, in)
		s.Linux.Resources.Devices = nil
		if got, _ := json.Marshal(s.Linux.Resources); string(got) != want {
			t.Errorf("%s:\n%s\nwant\n%s", mode, got, want)
		}
		if s.Linux.IntelRdt == nil || s.Linux.IntelRdt.ClosID != "gold" {
			t.Errorf("resctrl: %+v", s.Linux.IntelRdt)
		}
	}
	in := plain()
	in.Stat, in.Host.Controllers["io"] = disk, true
	in.Request.HostConfig.BlkioDeviceReadBps = []*blkiodev.ThrottleDevice{{Path: "/dev/sda", Rate: 1}, {Path: "/dev/none", Rate: 1}}
	in.Request.HostConfig.BlkioWeightDevice = []*blkiodev.WeightDevice{{Path: "/dev/tty", Weight: 10}}
	_, err := Build(in)
	if want := "--blkio-weight-device: /dev/tty is not a block device; --device-read-bps: this host has no /dev/none"; err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}
