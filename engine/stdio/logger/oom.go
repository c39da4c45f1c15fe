package logger

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The places where the memory controller is mounted.
const (
	procRoot   = "/proc"
	cgroupRoot = "/sys/fs/cgroup"
)

// oomFile finds the file that counts the processes which the kernel killed for want of
// memory in the cgroup of a process; "" when there is none. It must be asked for while
// the process lives; the file stays until the task is deleted.
func oomFile(proc, cgroups string, pid uint32) string {
	f, err := os.Open(filepath.Join(proc, strconv.Itoa(int(pid)), "cgroup"))
	if err != nil {
		return ""
	}
	defer f.Close()
	found := ""
	for sc := bufio.NewScanner(f); sc.Scan(); {
		// hierarchy:controllers:path
		part := strings.SplitN(sc.Text(), ":", 3)
		if len(part) != 3 {
			continue
		}
		for _, c := range strings.Split(part[1], ",") {
			if c == "memory" {
				return filepath.Join(cgroups, "memory", part[2], "memory.oom_control")
			}
		}
		if part[0] == "0" && part[1] == "" {
			found = filepath.Join(cgroups, part[2], "memory.events")
		}
	}
	return found
}

// oomKilled reports whether the file counts at least one such process.
func oomKilled(file string) bool {
	b, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	for _, line := range strings.Split(string(b), "\n") {
		if n, ok := strings.CutPrefix(line, "oom_kill "); ok && n != "0" {
			return true
		}
	}
	return false
}
