package option

import (
	"fmt"
	"strconv"

	"github.com/docker/go-units"

	"gantry/engine/api"
)

// resources are the rows about limits.
func resources() []row {
	return []row{
		{
			Option: Option{
				Key: KeyMemory, Short: "m", Label: "Memory", Section: SectionResources, Kind: KindBytes, Form: true,
				Value: "bytes", Example: "512m", Help: "Memory limit; units b, k, m, g",
			},
			put: putMemory, brief: true,
			take: func(r *api.CreateRequest) []string { return text(bytesText(r.HostConfig.Memory)) },
		},
		{
			Option: Option{
				Key: KeyCPUs, Label: "CPUs", Section: SectionResources, Kind: KindDecimal, Unit: "CPUs", Form: true,
				Value: "decimal", Example: "1.5", Help: "How many CPUs' worth of time it may use",
			},
			put:  putCPUs,
			take: func(r *api.CreateRequest) []string { return text(nanoText(r.HostConfig.NanoCPUs)) },
		},
		{
			Option: Option{
				Key: KeyPidsLimit, Label: "Pids limit", Section: SectionResources, Kind: KindNumber, Unit: "processes", Form: true,
				Value: "int", Example: "200", Help: "How many processes and threads it may have; -1 for no limit",
			},
			put: putPidsLimit,
			take: func(r *api.CreateRequest) []string {
				if r.HostConfig.PidsLimit == nil {
					return nil
				}
				return []string{strconv.FormatInt(*r.HostConfig.PidsLimit, 10)}
			},
		},
	}
}

const (
	// minMemory is Docker's floor.
	minMemory = 6 << 20
	// maxMemory is what a size keeps exactly while it is read as a floating-point number.
	maxMemory = 1 << 53
)

func putMemory(b *build, v string) {
	n, err := units.RAMInBytes(v)
	total := b.facts.Host.MemoryTotal
	switch {
	case err != nil:
		b.refuse("is not a size", "write a number and a unit, such as 512m or 2g")
		return
	case n < 0 || n > maxMemory:
		b.refuse("is more than any host has", "")
		return
	case n != 0 && n < minMemory:
		b.refuse("minimum memory limit allowed is 6MB", "write 6m or more")
		return
	case n != 0 && b.without("memory"):
		b.warn("this kernel does not support memory limits or the cgroup is not mounted: limit discarded", "")
		return
	case total > 0 && n > total:
		b.warn("is more than this host has, "+units.BytesSize(float64(total)), "")
	case n != 0 && b.facts.Host.Controllers != nil && !b.facts.Host.SwapLimit:
		b.warn("this kernel does not support swap limits: memory is limited without swap", "")
	}
	b.host.Memory = n
}

const (
	nano = 1e9
	// minNanoCPUs is Docker's floor of a hundredth of a CPU.
	minNanoCPUs = nano / 100
)

func putCPUs(b *build, v string) {
	n, ok := parseNano(v)
	cpus := b.facts.Host.NumCPU
	switch {
	case !ok:
		b.refuse("is not a number of CPUs", "write a number such as 1.5")
	case n == 0:
		b.host.NanoCPUs = 0
	case cpus > 0 && (n < minNanoCPUs || n > int64(cpus)*nano):
		b.refuse(fmt.Sprintf("range of CPUs is from 0.01 to %d.00, as there are only %d CPUs available", cpus, cpus), "")
	case n < minNanoCPUs:
		b.refuse("range of CPUs begins at 0.01", "")
	case b.without("cpu"):
		// Docker refuses this one instead of dropping the limit.
		b.refuse("cannot be set: this kernel does not support the CPU CFS scheduler or the cgroup is not mounted", "leave it out")
	default:
		b.host.NanoCPUs = n
	}
}

func putPidsLimit(b *build, v string) {
	n, err := strconv.ParseInt(v, 10, 64)
	switch {
	case err != nil:
		b.refuse("is not a whole number", "write a number such as 200")
	case n < -1:
		b.refuse("cannot be negative", "write -1 for no limit")
	case n > 0 && b.without("pids"):
		b.warn("this kernel does not support pids limits or the cgroup is not mounted: limit discarded", "")
	default:
		b.host.PidsLimit = &n
	}
}
