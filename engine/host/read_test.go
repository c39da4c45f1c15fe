package host

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const (
	meminfo = "MemTotal:       16384256 kB\nMemFree:         1024 kB\n"
	status  = "Name:\tx\nSeccomp:\t0\nSeccomp_filters:\t0\n"
	tmpfs   = "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
	cpuV1   = "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
	memV1   = "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
	pidsV1  = "39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n"
	blkioV1 = "38 31 0:35 / /sys/fs/cgroup/blkio rw,relatime - cgroup cgroup rw,blkio\n"
	namedV1 = "40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd\n"
	unified = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
	v2      = "30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
	second  = "99 23 0:26 / /mnt/cgroup2 rw - cgroup2 cgroup2 rw\n"
)

func TestReadRoot(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string // a name that ends in / is a directory
		want  Facts
	}{
		{
			name: "cgroup v1 with swap accounting and systemd",
			files: map[string]string{
				"proc/self/mountinfo":                              tmpfs + cpuV1 + memV1 + pidsV1 + blkioV1 + namedV1,
				"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us":       "-1",
				"sys/fs/cgroup/memory/memory.memsw.limit_in_bytes": "1",
				"run/systemd/system/":                              "",
			},
			want: Facts{CgroupMode: CgroupV1, Systemd: true, SwapLimit: true, Controllers: set("cpu cpuacct memory pids io")},
		},
		{
			name:  "v1 without bandwidth control and swap accounting",
			files: map[string]string{"proc/self/mountinfo": tmpfs + cpuV1 + memV1 + second},
			want:  Facts{CgroupMode: CgroupV1, Controllers: set("cpuacct memory")},
		},
		{
			name:  "hybrid",
			files: map[string]string{"proc/self/mountinfo": tmpfs + memV1 + namedV1 + unified, "sys/fs/cgroup/unified/cgroup.controllers": ""},
			want:  Facts{CgroupMode: CgroupHybrid, Controllers: set("memory")},
		},
		{
			name: "v2, swap seen in this process's own cgroup",
			files: map[string]string{
				"proc/self/mountinfo":                         v2,
				"proc/self/cgroup":                            "0::/user.slice/me\n",
				"sys/fs/cgroup/cgroup.controllers":            "cpuset cpu io memory hugetlb pids\n",
				"sys/fs/cgroup/user.slice/me/memory.swap.max": "max",
			},
			want: Facts{CgroupMode: CgroupV2, SwapLimit: true, Controllers: set("cpuset cpu io memory hugetlb pids")},
		},
		{
			name: "v2 from the root cgroup, swap seen beside it",
			files: map[string]string{
				"proc/self/mountinfo":                        v2 + second,
				"proc/self/cgroup":                           "0::/\n",
				"sys/fs/cgroup/cgroup.controllers":           "memory\n",
				"sys/fs/cgroup/system.slice/memory.swap.max": "max",
			},
			want: Facts{CgroupMode: CgroupV2, SwapLimit: true, Controllers: set("memory")},
		},
		{
			name:  "v2 without swap accounting",
			files: map[string]string{"proc/self/mountinfo": v2, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cgroup.controllers": "pids\n"},
			want:  Facts{CgroupMode: CgroupV2, Controllers: set("pids")},
		},
		{
			name: "a named hierarchy alone beside the unified one is v2",
			files: map[string]string{
				"proc/self/mountinfo": v2 + namedV1, "sys/fs/cgroup/cgroup.controllers": "pids",
				"sys/module/apparmor/parameters/enabled": "Y\n", "sys/kernel/security/apparmor/": "", "proc/self/status": status,
			},
			want: Facts{CgroupMode: CgroupV2, Controllers: set("pids"), AppArmor: true, Seccomp: true},
		},
		{
			name: "AppArmor built in but off, seccomp not built in",
			files: map[string]string{
				"proc/self/mountinfo": v2, "sys/fs/cgroup/cgroup.controllers": "",
				"sys/module/apparmor/parameters/enabled": "N\n", "sys/kernel/security/apparmor/": "", "proc/self/status": "Name:\tSeccomp:\n",
			},
			want: Facts{CgroupMode: CgroupV2, Controllers: set("")},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.files["proc/meminfo"] = meminfo
			got, err := ReadRoot(t.Context(), fixture(t, tt.files))
			if err != nil {
				t.Fatal(err)
			}
			if got.CgroupMode != tt.want.CgroupMode || got.Systemd != tt.want.Systemd || got.SwapLimit != tt.want.SwapLimit ||
				got.Seccomp != tt.want.Seccomp || got.AppArmor != tt.want.AppArmor {
				t.Errorf("got %+v\nwant %+v", got, tt.want)
			}
			if g, w := usable(got.Controllers), usable(tt.want.Controllers); !slices.Equal(g, w) {
				t.Errorf("controllers %v, want %v", g, w)
			}
			if got.MemoryTotal != 16384256<<10 {
				t.Errorf("memory %d", got.MemoryTotal)
			}
		})
	}
}

// What could be read is there, and the error says what could not.
func TestReadRootOfAHostWithoutCgroups(t *testing.T) {
	root := fixture(t, map[string]string{"proc/self/mountinfo": tmpfs, "proc/meminfo": "MemTotal: lots kB\n", "proc/self/status": status})
	f, err := ReadRoot(t.Context(), root)
	if err == nil || !strings.Contains(err.Error(), "no cgroup hierarchy is mounted") || !strings.Contains(err.Error(), "MemTotal") {
		t.Errorf("error: %v", err)
	}
	if f.CgroupMode != "" || !f.Seccomp || f.OS != runtime.GOOS || f.NumCPU < 1 || f.Controllers == nil {
		t.Errorf("facts: %+v", f)
	}
	if f, err := ReadRoot(t.Context(), t.TempDir()); err == nil || f.MemoryTotal != 0 {
		t.Errorf("an empty root: %+v, %v", f, err)
	}
}

func TestReadThisHost(t *testing.T) {
	f, err := Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f.MemoryTotal < 1<<20 || f.CgroupMode == "" || len(f.Controllers) == 0 || len(f.Env) == 0 || f.Root != (os.Geteuid() == 0) {
		t.Errorf("%+v", f)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx); err == nil {
		t.Error("a cancelled read says nothing")
	}
}

func fixture(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		at := filepath.Join(root, name)
		dir := filepath.Dir(at)
		if strings.HasSuffix(name, "/") {
			dir = at
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if dir == at {
			continue
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func set(names string) map[string]bool {
	out := map[string]bool{}
	for _, n := range strings.Fields(names) {
		out[n] = true
	}
	return out
}

// usable are the names that are set, sorted.
func usable(m map[string]bool) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if m[k] {
			out = append(out, k)
		}
	}
	return out
}
