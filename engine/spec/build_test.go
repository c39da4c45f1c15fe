package spec

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/docker/go-units"
	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/host"
)

var update = flag.Bool("update", false, "write the goldens anew")

// plain is a busybox container as `run busybox` asks for it, on cgroup v1.
func plain() Input {
	return Input{
		Hostname: "0a1b2c3d4e5f",
		Request:  api.CreateRequest{Config: &container.Config{}, HostConfig: &container.HostConfig{NetworkMode: "none"}},
		Image:    ocispec.ImageConfig{Cmd: []string{"sh"}, Env: []string{"PATH=/bin"}},
		Host: host.Facts{OS: "linux", Arch: "amd64", CgroupMode: host.CgroupV1, SwapLimit: true, Seccomp: true,
			Controllers: map[string]bool{"memory": true, "cpu": true, "cpuset": true, "pids": true}},
		User: User{Groups: []uint32{0}}, CgroupsPath: "/default/ID",
		ResolvConf: "/s/resolv.conf", Hosts: "/s/hosts", HostnameFile: "/s/hostname",
		Labels:       map[string]string{"nerdctl/name": "made", "mine": "1", "gantry/version": "1"},
		Capabilities: allCaps(),
		Devices:      []specs.LinuxDevice{{Path: "/dev/kvm", Type: "c", Major: 10, Minor: 232}},
	}
}

func build(t *testing.T, in Input) *specs.Spec {
	t.Helper()
	s, err := Build(in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// golden compares the spec without the system calls of its filter, which depend on the
// kernel and are another project's.
func golden(t *testing.T, name string, s *specs.Spec) {
	t.Helper()
	if s.Linux.Seccomp != nil {
		s.Linux.Seccomp.Syscalls = nil
		s.Linux.Seccomp.Architectures = s.Linux.Seccomp.Architectures[:0]
	}
	got, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := errors.Join(os.MkdirAll("testdata", 0o755), os.WriteFile(file, got, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-update writes it anew):\n%s", file, d)
	}
}

func TestGoldens(t *testing.T) {
	t.Run("plain", func(t *testing.T) { golden(t, "plain", build(t, plain())) })
	t.Run("full", func(t *testing.T) { golden(t, "full", build(t, full())) })
}

// full has every option that this package honours.
func full() Input {
	pids, swappiness, umask, yes := int64(50), int64(10), uint32(0o27), true
	in := plain()
	in.User = User{UID: 1000, GID: 100, Groups: []uint32{100, 27}}
	in.Host.AppArmor, in.AppArmor = true, AppArmorProfile
	in.Env = []string{"HTTP_PROXY=http://proxy", "http_proxy=http://proxy"}
	in.Mounts = []specs.Mount{{Destination: "/data/deep", Type: "bind", Source: "/b", Options: []string{"rbind"}}, {Destination: "/data", Type: "bind", Source: "/a", Options: []string{"rbind", "ro"}}}
	in.Hooks = &specs.Hooks{CreateRuntime: []specs.Hook{{Path: "/bin/helper", Args: []string{"helper", "hook"}}}}
	in.Request.Config = &container.Config{
		Entrypoint: []string{"/init"}, Cmd: []string{"-x"}, Env: []string{"A=1", "PATH=/mine", "http_proxy=mine"},
		WorkingDir: "/srv/", Tty: true, OpenStdin: true, Domainname: "lan",
	}
	in.Request.HostConfig = &container.HostConfig{
		NetworkMode: "bridge", ReadonlyRootfs: true, CapAdd: []string{"net_admin"}, CapDrop: []string{"MKNOD"}, ShmSize: 128 << 20,
		SecurityOpt: []string{"no-new-privileges"}, Sysctls: map[string]string{"net.core.somaxconn": "1024"}, OomScoreAdj: 100,
		Annotations: map[string]string{"com.example": "x"}, Umask: &umask, ConsoleSize: [2]uint{24, 80}, CgroupnsMode: "private",
		Resources: container.Resources{
			Memory: 64 << 20, MemoryReservation: 32 << 20, MemorySwappiness: &swappiness, OomKillDisable: &yes, NanoCPUs: 500_000_000,
			CPUShares: 512, CpusetCpus: "0", CpusetMems: "0", PidsLimit: &pids, Ulimits: []*units.Ulimit{{Name: "nofile", Soft: 1024, Hard: 2048}},
		},
	}
	return in
}

// What nerdctl was seen to make of the same on a real system.
func TestPlainIsAsNerdctlMakesIt(t *testing.T) {
	s := build(t, plain())
	caps := strings.Fields("CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE")
	for i := range caps {
		caps[i] = "CAP_" + caps[i]
	}
	c := s.Process.Capabilities
	if !slices.Equal(c.Bounding, caps) || !slices.Equal(c.Effective, caps) || !slices.Equal(c.Permitted, caps) || c.Ambient != nil || c.Inheritable != nil {
		t.Errorf("capabilities %+v", c)
	}
	if got := namespaces(s); got != "pid ipc uts mount network" {
		t.Errorf("namespaces %s", got)
	}
	for _, p := range []string{"/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
		"/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap"} {
		if !slices.Contains(s.Linux.MaskedPaths, p) {
			t.Errorf("%s is not masked", p)
		}
	}
	if want := []string{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}; !slices.Equal(s.Linux.ReadonlyPaths, want) {
		t.Errorf("read-only %v", s.Linux.ReadonlyPaths)
	}
	if s.Process.NoNewPrivileges || s.Process.Rlimits != nil || s.Root.Readonly || s.Process.Terminal || s.Process.ApparmorProfile != "" {
		t.Errorf("stricter than Docker: %+v", s.Process)
	}
	if got := strings.Join(s.Process.Env, " "); got != "PATH=/bin HOSTNAME=0a1b2c3d4e5f" {
		t.Errorf("env %s", got)
	}
	if s.Linux.Sysctl["net.ipv4.ip_unprivileged_port_start"] != "0" || s.Linux.CgroupsPath != "/default/ID" || *s.Process.OOMScoreAdj != 0 {
		t.Error("sysctl, cgroup or OOM score")
	}
	if want := map[string]string{"nerdctl/name": "made", "nerdctl/domainname": ""}; !cmp.Equal(s.Annotations, want) {
		t.Errorf("annotations %v", s.Annotations)
	}
	if !HasSeccomp(s) || !slices.Contains(s.Linux.Seccomp.Architectures, specs.ArchX86) {
		t.Error("no seccomp profile, or not for all architectures")
	}
}

func namespaces(s *specs.Spec) string {
	var out []string
	for _, n := range s.Linux.Namespaces {
		out = append(out, string(n.Type))
		if n.Path != "" {
			out[len(out)-1] += "=" + n.Path
		}
	}
	return strings.Join(out, " ")
}

func mountOf(s *specs.Spec, dst string) string {
	for _, m := range s.Mounts {
		if m.Destination == dst {
			return m.Type + " " + m.Source + " " + strings.Join(m.Options, ",")
		}
	}
	return "none"
}

func TestPrivileged(t *testing.T) {
	in := plain()
	in.Host.AppArmor, in.AppArmor = true, AppArmorProfile
	in.Request.HostConfig.Privileged = true
	in.Request.HostConfig.CapDrop = []string{"ALL"}
	s := build(t, in)
	if !slices.Equal(s.Process.Capabilities.Bounding, allCaps()) {
		t.Errorf("capabilities %v", s.Process.Capabilities.Bounding)
	}
	if s.Linux.Seccomp != nil || s.Linux.MaskedPaths != nil || s.Linux.ReadonlyPaths != nil || s.Process.ApparmorProfile != unconfined {
		t.Error("still confined")
	}
	if d := s.Linux.Resources.Devices; len(d) != 1 || !d[0].Allow || d[0].Type != "" || d[0].Access != "rwm" || len(s.Linux.Devices) != 1 {
		t.Errorf("devices %+v, %+v", d, s.Linux.Devices)
	}
	for dst, want := range map[string]string{"/sys": "nosuid,noexec,nodev,rw", "/sys/fs/cgroup": "rw,nosuid,noexec,nodev"} {
		if got := mountOf(s, dst); !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s", dst, got)
		}
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	in := plain()
	in.Image = ocispec.ImageConfig{}
	in.Request.Config.WorkingDir = "srv"
	h := in.Request.HostConfig
	h.CapAdd, h.CapDrop = []string{"CHOWN", "FLY"}, []string{"SWIM"}
	h.PidMode, h.SecurityOpt = "container:x", []string{"magic=1"}
	_, err := Build(in)
	fields, ok := errors.AsType[api.FieldErrors](err)
	var got []string
	for _, f := range fields {
		got = append(got, f.Field)
	}
	if want := "args workdir cap-add cap-drop pid security-opt"; !ok || strings.Join(got, " ") != want {
		t.Errorf("got %v (%v), want %s", got, err, want)
	}
	if fields[0].Reason != "no command specified" || fields[2].Index != 1 {
		t.Errorf("%+v", fields)
	}
}

// The profile is computed from the capabilities, so it must come after them.
func TestSeccompFollowsCapabilities(t *testing.T) {
	allows := func(add ...string) bool {
		in := plain()
		in.Request.HostConfig.CapAdd = add
		for _, c := range build(t, in).Linux.Seccomp.Syscalls {
			if slices.Contains(c.Names, "mount") && c.Action == specs.ActAllow {
				return true
			}
		}
		return false
	}
	if allows() || !allows("SYS_ADMIN") {
		t.Error("mount is allowed without CAP_SYS_ADMIN, or refused with it")
	}
}

func TestABuildSharesNothing(t *testing.T) {
	in := full()
	before, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	s := build(t, in)
	s.Mounts[0].Options[0], s.Process.Env[0], s.Annotations["x"], s.Linux.Sysctl["x"] = "x", "x", "x", "x"
	*s.Linux.Resources.Memory.Limit, *s.Process.OOMScoreAdj, *s.Linux.Resources.CPU.Quota = 1, 1, 1
	if after, err := json.Marshal(in); err != nil || string(after) != string(before) {
		t.Error("the input was changed")
	}
}
