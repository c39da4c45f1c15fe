package spec

import (
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/opencontainers/runtime-spec/specs-go"
)

func TestCapabilitiesAreRecoveredAsTheyAreAskedFor(t *testing.T) {
	std := defaultCaps()
	for _, c := range []struct {
		what       string
		have       []string
		privileged bool
		add, drop  string
	}{
		{"Docker's fourteen", std, false, "", ""},
		{"one more", append(slices.Clone(std), "CAP_NET_ADMIN"), false, "CAP_NET_ADMIN", ""},
		{"one less", slices.DeleteFunc(slices.Clone(std), func(c string) bool { return c == "CAP_NET_RAW" }), false, "", "CAP_NET_RAW"},
		{"none", nil, false, "", "ALL"},
		{"one alone", []string{"CAP_CHOWN"}, false, "CAP_CHOWN", "ALL"},
		{"all there are", allCaps(), false, "ALL", ""},
		{"all but one of the fourteen", slices.DeleteFunc(allCaps(), func(c string) bool { return c == "CAP_KILL" }), false, "ALL", "CAP_KILL"},
		{"a privileged one's", allCaps(), true, "", ""},
	} {
		h := container.HostConfig{Privileged: c.privileged}
		Recover(&specs.Spec{Process: &specs.Process{Capabilities: &specs.LinuxCapabilities{Bounding: c.have}}}, &h)
		if add, drop := strings.Join(h.CapAdd, " "), strings.Join(h.CapDrop, " "); add != c.add || drop != c.drop {
			t.Errorf("%s: add %q, drop %q; want %q, %q", c.what, add, drop, c.add, c.drop)
		}
	}
}

// What a container has that nothing was asked for is not asked for either: the line of a duplicate
// says only what its owner said.
func TestLimitsAreRecoveredWithoutWhatNobodyAskedFor(t *testing.T) {
	num := func(n int64) *int64 { return &n }
	unum := func(n uint64) *uint64 { return &n }
	var h container.HostConfig
	Recover(&specs.Spec{Linux: &specs.Linux{
		Sysctl: map[string]string{"net.ipv4.ip_unprivileged_port_start": "0", "net.core.somaxconn": "9"},
		Resources: &specs.LinuxResources{
			Memory: &specs.LinuxMemory{Limit: num(64 << 20), Swap: num(128 << 20)},
			CPU:    &specs.LinuxCPU{Shares: unum(1024), Quota: num(50_000), Period: unum(100_000)},
			Pids:   &specs.LinuxPids{Limit: num(-1)},
		},
	}}, &h)
	if h.Memory != 64<<20 || h.MemorySwap != 0 || h.CPUShares != 0 || h.NanoCPUs != 500_000_000 || h.CPUQuota != 0 || h.PidsLimit != nil || len(h.Sysctls) != 1 {
		t.Errorf("%+v", h)
	}
	h = container.HostConfig{}
	Recover(&specs.Spec{
		Process: &specs.Process{Rlimits: []specs.POSIXRlimit{{Type: "RLIMIT_CORE", Soft: 1, Hard: 1<<64 - 1}}},
		Linux: &specs.Linux{Resources: &specs.LinuxResources{
			Memory: &specs.LinuxMemory{Limit: num(64 << 20), Swap: num(-1)},
			CPU:    &specs.LinuxCPU{Quota: num(10_000), Period: unum(50_000)},
		}},
	}, &h)
	if h.MemorySwap != -1 || h.CPUQuota != 10_000 || h.CPUPeriod != 50_000 || h.NanoCPUs != 0 {
		t.Errorf("%+v", h.Resources)
	}
	if u := h.Ulimits; len(u) != 1 || u[0].Name != "core" || u[0].Soft != 1 || u[0].Hard != -1 {
		t.Errorf("%+v", u)
	}
}
