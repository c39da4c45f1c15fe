package spec

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/opencontainers/runtime-spec/specs-go"
)

// beyond are the rules behind the usual ones, and the devices.
func beyond(s *specs.Spec) string {
	rules, _ := json.Marshal(s.Linux.Resources.Devices[min(len(s.Linux.Resources.Devices), len(allowList())):])
	var paths []string
	for _, d := range s.Linux.Devices {
		paths = append(paths, d.Path)
	}
	return string(rules) + " " + strings.Join(paths, " ")
}

func TestDevices(t *testing.T) {
	stat := func(path string) (specs.LinuxDevice, error) {
		if path == "/dev/file" {
			return specs.LinuxDevice{}, nil
		}
		return specs.LinuxDevice{Path: path, Type: "c", Major: 10, Minor: 229}, nil
	}
	for _, tt := range []struct {
		what string
		set  func(h *container.HostConfig)
		want string
	}{
		{"one, at another place and only to read", func(h *container.HostConfig) {
			h.Devices = []container.DeviceMapping{{PathOnHost: "/dev/fuse", PathInContainer: "/dev/mine", CgroupPermissions: "r"}}
		}, `[{"allow":true,"type":"c","major":10,"minor":229,"access":"r"}] /dev/mine`},
		{"rules by number", func(h *container.HostConfig) { h.DeviceCgroupRules = []string{"c 10:* rw", "a *:* m"} },
			`[{"allow":true,"type":"c","major":10,"access":"rw"},{"allow":true,"type":"a","access":"m"}] `},
		{"a privileged container and one at another place", func(h *container.HostConfig) {
			h.Privileged = true
			h.Devices = []container.DeviceMapping{{PathOnHost: "/dev/kvm", PathInContainer: "/dev/kvm2", CgroupPermissions: "rwm"}}
		}, `[] /dev/kvm /dev/kvm2`},
		{"privileged without the host's", func(h *container.HostConfig) {
			h.Privileged, h.SecurityOpt = true, []string{"privileged-without-host-devices"}
		}, `[] `},
	} {
		in := plain()
		in.Stat = stat
		tt.set(in.Request.HostConfig)
		if got := beyond(build(t, in)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.what, got, tt.want)
		}
	}
	in := plain()
	in.Stat = stat
	in.Request.HostConfig.Devices = []container.DeviceMapping{{PathOnHost: "/dev/file", PathInContainer: "/x"}}
	if _, err := Build(in); err == nil || err.Error() != "--device: /dev/file is not a device" {
		t.Errorf("a file: %v", err)
	}
}

// A link leads to its device, a directory gives all that are in it.
func TestDevicesOfThisHost(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("/dev/null", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	in := plain()
	in.Request.HostConfig.Devices = []container.DeviceMapping{
		{PathOnHost: filepath.Join(dir, "link"), PathInContainer: "/dev/nothing", CgroupPermissions: "rwm"},
		{PathOnHost: "/dev/net", PathInContainer: "/dev/mynet", CgroupPermissions: "rwm"},
	}
	if _, err := os.Stat("/dev/net/tun"); err != nil {
		in.Request.HostConfig.Devices = in.Request.HostConfig.Devices[:1]
	}
	got := beyond(build(t, in))
	if !strings.Contains(got, `"type":"c","major":1,"minor":3`) || !strings.Contains(got, " /dev/nothing") {
		t.Errorf("%s", got)
	}
	if len(in.Request.HostConfig.Devices) > 1 && !strings.Contains(got, "/dev/mynet/tun") {
		t.Errorf("%s", got)
	}
	in.Request.HostConfig.Devices = []container.DeviceMapping{{PathOnHost: filepath.Join(dir, "none"), PathInContainer: "/x"}}
	if _, err := Build(in); err == nil || !strings.HasPrefix(err.Error(), "--device: this host has no "+dir+"/none") {
		t.Errorf("none: %v", err)
	}
}

func TestSecurityOptions(t *testing.T) {
	in := plain()
	in.Request.HostConfig.SecurityOpt = []string{"seccomp=native", "writable-cgroups"}
	s := build(t, in)
	if !HasSeccomp(s) || len(s.Linux.Seccomp.Architectures) != 1 {
		t.Errorf("architectures %v", s.Linux.Seccomp.Architectures)
	}
	if got := mountOf(s, "/sys/fs/cgroup"); got != "cgroup cgroup rw,nosuid,noexec,nodev" {
		t.Errorf("cgroups are %s", got)
	}
	in.Request.HostConfig.SecurityOpt = []string{"writable-cgroups", "writable-cgroups=false"}
	if got := mountOf(build(t, in), "/sys/fs/cgroup"); got != "cgroup cgroup ro,nosuid,noexec,nodev" {
		t.Errorf("switched off they are %s", got)
	}
}
