package doctor

import (
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/bundle"
)

const (
	unifiedMount = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
	memoryMount  = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
	allCaps      = "Name:\tx\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n"
)

func TestUser(t *testing.T) {
	const wholeHost = "         0          0 4294967295\n"
	for _, tc := range []struct {
		name, uidMap, status string
		uid                  int
		level                api.FindingLevel
		word                 string
	}{
		{"root of the host", wholeHost, allCaps, 0, api.FindingOK, "root"},
		{"another user", wholeHost, allCaps, 4711, api.FindingWarn, "sudo"},
		{"root of a rootless container", "0 1000 1\n", allCaps, 0, api.FindingWarn, "user namespace"},
		{"root of a Docker container", wholeHost, "CapEff:\t00000000a80425fb\n", 0, api.FindingBad, "CAP_SYS_ADMIN"},
		{"nothing in /proc", "", "", 0, api.FindingWarn, "user namespace"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := bench(t, t.TempDir(), map[string]string{"proc/self/uid_map": tc.uidMap, "proc/self/status": tc.status})
			e.euid = func() int { return tc.uid }
			want(t, e.user(t.Context())[0], tc.level, tc.word)
		})
	}
}

func TestCgroups(t *testing.T) {
	const controllers = "sys/fs/cgroup/cgroup.controllers"
	for _, tc := range []struct {
		name  string
		files map[string]string
		level api.FindingLevel
		words []string
	}{
		{"v2 with all", map[string]string{"proc/self/mountinfo": unifiedMount, controllers: "cpuset cpu io memory pids"}, api.FindingOK, []string{"v2", "cpu, cpuset, io, memory, pids"}},
		{"v2 as a Raspberry Pi boots", map[string]string{"proc/self/mountinfo": unifiedMount, controllers: "cpu pids"}, api.FindingWarn, []string{"without memory (--memory)", "cgroup_disable="}},
		{"v1 with little", map[string]string{"proc/self/mountinfo": memoryMount}, api.FindingWarn, []string{"v1", "cpu (--cpus)", "freezer (pausing)", "pids (--pids-limit)"}},
		{"none", map[string]string{"proc/self/mountinfo": ""}, api.FindingBad, []string{"no cgroup hierarchy", "mount -t cgroup2"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.files["proc/meminfo"] = "MemTotal: 1024 kB\n"
			want(t, bench(t, t.TempDir(), tc.files).cgroups(t.Context())[0], tc.level, tc.words...)
		})
	}
}

func TestKernelWithoutSecurityIsSaid(t *testing.T) {
	e := bench(t, t.TempDir(), map[string]string{"proc/sys/kernel/osrelease": "6.1.0\n", "proc/self/status": "Name:\tx\n"})
	want(t, e.kernel(t.Context())[0], api.FindingOK, "Linux 6.1.0 ")
	want(t, e.seccomp(t.Context())[0], api.FindingWarn, "CONFIG_SECCOMP_FILTER")
	want(t, e.appArmor(t.Context())[0], api.FindingNote, "without")
}

func TestOverlay(t *testing.T) {
	const list = "nodev\tsysfs\nnodev\toverlay\n\text4\n"
	module := map[string]string{
		"proc/filesystems": "nodev\tsysfs\n\text4\n", "proc/sys/kernel/osrelease": "6.1.0\n",
		"lib/modules/6.1.0/kernel/fs/overlayfs/overlay.ko.xz": "",
	}
	for _, tc := range []struct {
		name  string
		files map[string]string
		magic int64
		kind  api.EngineKind
		level api.FindingLevel
		word  string
	}{
		{"built in, on ext4", map[string]string{"proc/filesystems": list}, unix.EXT4_SUPER_MAGIC, api.EngineEmbedded, api.FindingOK, "fits the data root"},
		{"a module that was never needed", module, unix.EXT4_SUPER_MAGIC, api.EngineEmbedded, api.FindingOK, "loaded when it is needed"},
		{"not there", map[string]string{"proc/filesystems": "\toverlayish\n"}, unix.EXT4_SUPER_MAGIC, api.EngineEmbedded, api.FindingWarn, "CONFIG_OVERLAY_FS"},
		{"data root in a container", map[string]string{"proc/filesystems": list}, unix.OVERLAYFS_SUPER_MAGIC, api.EngineEmbedded, api.FindingWarn, "itself on overlayfs"},
		{"data root on NFS", map[string]string{"proc/filesystems": list}, unix.NFS_SUPER_MAGIC, api.EngineEmbedded, api.FindingWarn, "--data-root"},
		{"a system engine keeps its layers elsewhere", map[string]string{"proc/filesystems": list}, unix.NFS_SUPER_MAGIC, api.EngineSystem, api.FindingOK, "in the kernel"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := bench(t, t.TempDir(), tc.files)
			e.statfs = func(_ string, st *unix.Statfs_t) error { st.Type = tc.magic; return nil }
			e.status.Endpoint.Kind = tc.kind
			want(t, e.overlay(t.Context())[0], tc.level, tc.word)
		})
	}
}

func TestPrograms(t *testing.T) {
	e := bench(t, t.TempDir(), nil)
	e.payload = func() (bundle.Manifest, error) {
		return bundle.Manifest{Files: []bundle.File{{Name: "runc", Version: "1.2.3"}, {Name: "gantry-helper"}}}, nil
	}
	want(t, e.programs(t.Context())[0], api.FindingOK, "runc 1.2.3, gantry-helper")
	e.payload = func() (bundle.Manifest, error) { return bundle.Manifest{}, bundle.ErrNoPayload }
	want(t, e.programs(t.Context())[0], api.FindingBad, "go generate ./... && go build")
	write(t, e.home(), map[string]string{"bin/gantry-helper": ""})
	e.status.Running, e.status.Endpoint.Helper = true, e.home()+"/bin/gantry-helper"
	want(t, e.programs(t.Context())[0], api.FindingWarn, "earlier")
}
