package spec

import (
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/opencontainers/runtime-spec/specs-go"
)

// Recover is the way back from a spec of anybody's: what it says of limits, capabilities and the
// like goes into a request's HostConfig, but for what a container has that nothing was asked for.
func Recover(s *specs.Spec, h *container.HostConfig) {
	if s.Root != nil {
		h.ReadonlyRootfs = s.Root.Readonly
	}
	if p := s.Process; p != nil {
		if p.OOMScoreAdj != nil {
			h.OomScoreAdj = *p.OOMScoreAdj
		}
		if p.NoNewPrivileges {
			h.SecurityOpt = append(h.SecurityOpt, "no-new-privileges")
		}
		for _, l := range p.Rlimits {
			h.Ulimits = append(h.Ulimits, &container.Ulimit{
				Name: strings.ToLower(strings.TrimPrefix(l.Type, "RLIMIT_")), Soft: rlimit(l.Soft), Hard: rlimit(l.Hard),
			})
		}
		if p.Capabilities != nil {
			recoverCaps(p.Capabilities.Bounding, h)
		}
	}
	if s.Linux == nil {
		return
	}
	h.Sysctls = maps.Clone(s.Linux.Sysctl)
	// These two are given to whoever has a network of its own.
	for _, k := range []string{"net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range"} {
		delete(h.Sysctls, k)
	}
	if r := s.Linux.Resources; r != nil {
		recoverLimits(r, h)
	}
}

func rlimit(n uint64) int64 {
	if n > math.MaxInt64 {
		return -1 // unlimited
	}
	return int64(n)
}

// recoverCaps finds what was added to Docker's fourteen and what was taken from them. All of
// the kernel's are a privileged container's.
func recoverCaps(have []string, h *container.HostConfig) {
	if h.Privileged {
		return
	}
	if len(have) == 0 {
		h.CapDrop = []string{"ALL"}
		return
	}
	std := defaultCaps()
	less := slices.DeleteFunc(slices.Clone(std), func(c string) bool { return slices.Contains(have, c) })
	more := slices.DeleteFunc(slices.Clone(have), func(c string) bool { return slices.Contains(std, c) })
	switch {
	case len(less) > len(std)/2: // shorter the other way round
		h.CapDrop, h.CapAdd = []string{"ALL"}, slices.Clone(have)
	case len(more) > len(std):
		h.CapDrop, h.CapAdd = less, []string{"ALL"}
	default:
		h.CapDrop, h.CapAdd = less, more
	}
}

func recoverLimits(r *specs.LinuxResources, h *container.HostConfig) {
	if m := r.Memory; m != nil {
		h.Memory = positive(m.Limit)
		h.MemoryReservation = positive(m.Reservation)
		if h.Memory > 0 && m.Swap != nil && *m.Swap != 2*h.Memory {
			h.MemorySwap = *m.Swap
		}
		if m.Swappiness != nil && *m.Swappiness <= 100 {
			n := int64(*m.Swappiness)
			h.MemorySwappiness = &n
		}
		h.OomKillDisable = m.DisableOOMKiller
	}
	if c := r.CPU; c != nil {
		if c.Shares != nil && *c.Shares != 1024 {
			h.CPUShares = int64(*c.Shares)
		}
		switch quota := positive(c.Quota); {
		case quota > 0 && c.Period != nil && *c.Period == 100_000:
			h.NanoCPUs = quota * 10_000 // as --cpus writes it
		case quota > 0:
			h.CPUQuota = quota
			if c.Period != nil {
				h.CPUPeriod = int64(*c.Period)
			}
		}
		h.CpusetCpus, h.CpusetMems = c.Cpus, c.Mems
	}
	if p := r.Pids; p != nil && p.Limit != nil && *p.Limit > 0 {
		n := *p.Limit
		h.PidsLimit = &n
	}
	if b := r.BlockIO; b != nil && b.Weight != nil {
		h.BlkioWeight = *b.Weight
	}
}

func positive(n *int64) int64 {
	if n == nil || *n < 0 {
		return 0
	}
	return *n
}
