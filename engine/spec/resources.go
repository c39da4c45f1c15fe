package spec

import (
	"github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/host"
)

// cpuPeriod is the length of a CFS period in microseconds that --cpus is counted in.
const cpuPeriod = 100_000

// resources are the limits. What needs a controller that the host does not have is left
// out: it was warned about when the request was checked, and the runtime would fail.
func (b *builder) resources() error {
	r := &specs.LinuxResources{}
	b.s.Linux.Resources = r
	if b.controls("memory") {
		r.Memory = b.memory()
	}
	r.CPU = b.cpu()
	if limit := b.host.PidsLimit; limit != nil && *limit != 0 && b.controls("pids") {
		r.Pids = &specs.LinuxPids{Limit: new(max(*limit, -1))}
	}
	if v2 := b.Host.CgroupMode == host.CgroupV2; v2 {
		r.Unified = b.Request.CgroupConf
	}
	if class := b.Request.RdtClass; class != "" {
		b.s.Linux.IntelRdt = &specs.LinuxIntelRdt{ClosID: class}
	}
	var err error
	r.BlockIO, err = b.blockIO()
	return err
}

// memory: swap is the sum of memory and swap, twice the memory when not given.
func (b *builder) memory() *specs.LinuxMemory {
	m, h := specs.LinuxMemory{}, b.host
	if h.Memory > 0 {
		m.Limit = new(h.Memory)
		swap := h.MemorySwap
		if swap == 0 {
			swap = 2 * h.Memory
		}
		if b.Host.SwapLimit { // -1 is written too: the parent may limit it
			m.Swap = &swap
		}
	}
	if h.MemoryReservation > 0 {
		m.Reservation = new(h.MemoryReservation)
	}
	if v1 := b.Host.CgroupMode != host.CgroupV2; v1 {
		if s := h.MemorySwappiness; s != nil && *s >= 0 {
			m.Swappiness = new(uint64(*s))
		}
		if h.OomKillDisable != nil && *h.OomKillDisable {
			m.DisableOOMKiller = new(true)
		}
	}
	if m == (specs.LinuxMemory{}) {
		return nil
	}
	return &m
}

func (b *builder) cpu() *specs.LinuxCPU {
	c, h := specs.LinuxCPU{}, b.host
	if b.controls("cpu") {
		if h.CPUShares > 0 {
			c.Shares = new(uint64(h.CPUShares))
		}
		if h.NanoCPUs > 0 {
			c.Period, c.Quota = new(uint64(cpuPeriod)), new(h.NanoCPUs*cpuPeriod/1e9)
		}
		if h.CPUPeriod > 0 {
			c.Period = new(uint64(h.CPUPeriod))
		}
		if h.CPUQuota > 0 {
			c.Quota = new(h.CPUQuota)
		}
		if h.CPURealtimePeriod > 0 {
			c.RealtimePeriod = new(uint64(h.CPURealtimePeriod))
		}
		if h.CPURealtimeRuntime > 0 {
			c.RealtimeRuntime = new(h.CPURealtimeRuntime)
		}
	}
	if b.controls("cpuset") {
		c.Cpus, c.Mems = h.CpusetCpus, h.CpusetMems
	}
	if c == (specs.LinuxCPU{}) {
		return nil
	}
	return &c
}

// controls reports whether a cgroup controller can be used; facts without a list know nothing.
func (b *builder) controls(controller string) bool {
	return b.Host.Controllers == nil || b.Host.Controllers[controller]
}
