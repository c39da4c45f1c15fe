package wire

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Start tells one start of a container from the next one.
type Start struct {
	Boot  string `json:"boot,omitempty"` // of the kernel
	Pid   int    `json:"pid"`            // of the container's first process, on the host
	Ticks uint64 `json:"ticks"`          // when that process began, in clock ticks since boot; 0 is not known
}

// StartOf is the start that a live process belongs to. Of a process that is gone only the
// number is known.
func StartOf(pid int) Start {
	s := Start{Pid: pid, Ticks: ticks(pid)}
	if b, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		s.Boot, _, _ = strings.Cut(string(b), "-")
	}
	return s
}

// String is short and stays the same for one start.
func (s Start) String() string { return fmt.Sprintf("%s-%d-%d", s.Boot, s.Pid, s.Ticks) }

// Same reports whether two are one start, as far as they are known.
func (s Start) Same(o Start) bool {
	return s.Pid == o.Pid && (s.Ticks == o.Ticks || s.Ticks == 0 || o.Ticks == 0) &&
		(s.Boot == o.Boot || s.Boot == "" || o.Boot == "")
}

// Alive reports whether the start's first process still is there.
func (s Start) Alive() bool {
	now := StartOf(s.Pid)
	return s.Pid > 0 && now.Ticks != 0 && s.Same(now)
}

// ticks is the 22nd field of stat; the second one may hold blanks and brackets. A zombie
// has ended.
func ticks(pid int) uint64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	f := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:])
	if len(f) < 20 || string(f[0]) == "Z" || string(f[0]) == "X" {
		return 0
	}
	n, _ := strconv.ParseUint(string(f[19]), 10, 64)
	return n
}
