package option

import (
	"strconv"

	"github.com/docker/go-units"

	"gantry/engine/api"
)

// memory are the rows about memory beyond its limit.
func memory() []row {
	return []row{
		{
			Option: Option{
				Key: KeyMemorySwap, Label: "Memory+swap", Section: SectionResources, Kind: KindBytes, Form: true,
				Value: "bytes", Example: "1g", Help: "Limit of memory and swap together; -1 for no limit of swap, twice the memory when not given",
			},
			put: putMemorySwap,
			take: func(r *api.CreateRequest) []string {
				if r.HostConfig.MemorySwap == -1 {
					return []string{"-1"}
				}
				return text(bytesText(r.HostConfig.MemorySwap))
			},
		},
		{
			Option: Option{
				Key: KeyMemoryReservation, Label: "Soft limit", Section: SectionResources, Kind: KindBytes, Form: true,
				Value: "bytes", Example: "256m", Help: "Memory that it is pushed back to when the host runs short",
			},
			put:  putMemoryReservation,
			take: func(r *api.CreateRequest) []string { return text(bytesText(r.HostConfig.MemoryReservation)) },
		},
		{
			Option: Option{
				Key: KeyMemorySwappiness, Label: "Swappiness", Section: SectionAdvanced, Kind: KindNumber, Form: true,
				Value: "int", Example: "10", Help: "How readily its memory is swapped out, 0 to 100; cgroup v1 only",
			},
			put:  putMemorySwappiness,
			take: takeMemorySwappiness,
		},
		{
			Option: Option{
				Key: KeyOOMKillDisable, Label: "No OOM kill", Note: "processes wait for memory instead", Section: SectionAdvanced, Kind: KindBool,
				Default: "false", Form: true, Help: "Have processes wait for memory at the limit instead of killing them; cgroup v1 only",
			},
			put: putOOMKillDisable,
			take: func(r *api.CreateRequest) []string {
				return on(r.HostConfig.OomKillDisable != nil && *r.HostConfig.OomKillDisable)
			},
		},
		{
			Option: Option{
				Key: KeyOOMScoreAdj, Label: "OOM score", Section: SectionAdvanced, Kind: KindNumber, Form: true,
				Value: "int", Example: "500", Help: "How readily it is killed when the host runs out of memory, -1000 (never) to 1000 (first)",
			},
			put: putOOMScoreAdj,
			take: func(r *api.CreateRequest) []string {
				if r.HostConfig.OomScoreAdj == 0 {
					return nil
				}
				return []string{strconv.Itoa(r.HostConfig.OomScoreAdj)}
			},
		},
		{
			Option: Option{
				Key: KeyShmSize, Label: "/dev/shm", Section: SectionResources, Kind: KindBytes, Form: true,
				Value: "bytes", Example: "256m", Help: "Size of /dev/shm; 64m when not given",
			},
			put: func(b *build, v string) {
				if n, ok := b.size(v); ok {
					b.host.ShmSize = n
				}
			},
			take: func(r *api.CreateRequest) []string { return text(bytesText(r.HostConfig.ShmSize)) },
		},
	}
}

// size reads a number of bytes, or says what is wrong with it.
func (b *build) size(v string) (int64, bool) {
	n, err := units.RAMInBytes(v)
	switch {
	case err != nil:
		b.refuse("is not a size", "write a number and a unit, such as 512m or 2g")
		return 0, false
	case n < 0 || n > maxMemory:
		b.refuse("is more than any host has", "")
		return 0, false
	}
	return n, true
}

// number reads a whole number, or says that it is none.
func (b *build) number(v, example string) (int64, bool) {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		b.refuse("is not a whole number", "write a number such as "+example)
		return 0, false
	}
	return n, true
}

// discarded warns that this host cannot carry the option out, in Docker's words, and reports so.
func (b *build) discarded(can bool, what string) bool {
	if !can {
		b.warn("this kernel does not support "+what+" or the cgroup is not mounted: discarded", "")
	}
	return !can
}

// lacks reports that this host's kernel or cgroup version has no such limit; see host.Facts.
func (b *build) lacks(knob string) bool {
	return b.facts.Host.Knobs != nil && !b.facts.Host.Knobs[knob]
}

func putMemorySwap(b *build, v string) {
	n := int64(-1)
	if v != "-1" {
		var ok bool
		if n, ok = b.size(v); !ok {
			return
		}
	}
	if n != 0 && b.discarded(!b.without("memory") && (b.facts.Host.Controllers == nil || b.facts.Host.SwapLimit), "swap limits") {
		return
	}
	b.host.MemorySwap = n
}

func putMemoryReservation(b *build, v string) {
	n, ok := b.size(v)
	switch {
	case !ok:
	case n != 0 && n < minMemory:
		b.refuse("minimum memory reservation allowed is 6MB", "write 6m or more")
	case n != 0 && b.discarded(!b.without("memory"), "a soft limit of memory"):
	default:
		b.host.MemoryReservation = n
	}
}

func putMemorySwappiness(b *build, v string) {
	n, ok := b.number(v, "10")
	switch {
	case !ok:
	case n < -1 || n > 100:
		b.refuse("valid memory swappiness range is 0-100", "write -1 for the kernel's own")
	case n == -1 || b.discarded(!b.lacks("memory-swappiness"), "memory swappiness"):
		b.host.MemorySwappiness = nil
	default:
		b.host.MemorySwappiness = &n
	}
}

func takeMemorySwappiness(r *api.CreateRequest) []string {
	if s := r.HostConfig.MemorySwappiness; s != nil && *s >= 0 {
		return []string{strconv.FormatInt(*s, 10)}
	}
	return nil
}

func putOOMKillDisable(b *build, v string) {
	var off bool
	b.putBool(v, &off)
	b.host.OomKillDisable = nil
	if off && !b.discarded(!b.lacks("oom-kill-disable"), "disabling the OOM killer") {
		b.host.OomKillDisable = &off
	}
}

func putOOMScoreAdj(b *build, v string) {
	n, ok := b.number(v, "500")
	switch {
	case !ok:
	case n < -1000 || n > 1000:
		b.refuse("range for oom score adj is [-1000, 1000]", "")
	default:
		b.host.OomScoreAdj = int(n)
	}
}

// acrossMemory holds the limits of memory against each other.
func (b *build) acrossMemory(d Draft) {
	h := b.host
	if swap := d.Get(KeyMemorySwap); h.MemorySwap > 0 {
		switch {
		case h.Memory == 0 && !b.refused(KeyMemory):
			b.refuseAt(KeyMemorySwap, 0, swap, "you should always set the memory limit when using a memory swap limit", "add --memory")
		case h.Memory > 0 && h.MemorySwap < h.Memory:
			b.refuseAt(KeyMemorySwap, 0, swap, "minimum memory swap limit should be larger than memory limit", "it is memory and swap together: write "+bytesText(h.Memory)+" or more")
		}
	}
	if h.Memory > 0 && h.MemoryReservation > h.Memory {
		b.refuseAt(KeyMemoryReservation, 0, d.Get(KeyMemoryReservation), "memory limit can not be less than memory reservation limit", "write "+bytesText(h.Memory)+" or less")
	}
	if h.OomKillDisable != nil && h.Memory == 0 {
		b.warnAt(KeyOOMKillDisable, 0, d.Get(KeyOOMKillDisable), "without a memory limit this can result in the system running out of resources", "add --memory")
	}
}
