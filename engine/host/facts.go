// Package host holds the facts of this host that options and specs depend on.
package host

// Facts are read once per connection; reading them changes nothing.
type Facts struct {
	OS, Arch    string
	NumCPU      int
	MemoryTotal int64 // bytes
	CgroupMode  CgroupMode
	Systemd     bool            // systemd is the init system, so it manages cgroups
	Journal     bool            // systemd's journal takes entries
	Controllers map[string]bool // cgroup controllers that can be used: "memory", "cpu", "pids", "cpuset", "io"
	SwapLimit   bool            // swap can be limited
	// Knobs are the limits that not every kernel and not every cgroup version has, by the option
	// that sets them: "memory-swappiness", "oom-kill-disable", "cpu-rt-runtime", "blkio-weight",
	// "blkio-weight-device", "blkio-throttle". nil where they were not looked for.
	Knobs map[string]bool
	// CPUs and MemoryNodes are those online, as the kernel lists them: "0-3,8"; "" when not known.
	CPUs, MemoryNodes string
	// ResourceControl is set where the kernel's resctrl is mounted: cache and memory bandwidth by class.
	ResourceControl bool
	Seccomp         bool
	// RecursiveReadOnly is set where mounts below a read-only one can be so too: Linux 5.12.
	RecursiveReadOnly bool
	AppArmor          bool
	SELinux           bool // enabled
	Root              bool
	Dir               string   // where the caller stands, for relative paths; "" when that is not known
	Env               []string // the caller's environment, for --env NAME
	// File reads a file that a person names, for --env-file: quickly or not at all. nil
	// where files cannot be read.
	File func(name string) ([]byte, error) `json:"-"`
}

// CgroupMode is how the cgroup hierarchy is mounted.
type CgroupMode string

// The modes. Hybrid is used as V1. A host that mounts no hierarchy has an empty mode.
const (
	CgroupV1     CgroupMode = "v1"
	CgroupHybrid CgroupMode = "hybrid"
	CgroupV2     CgroupMode = "v2"
)
