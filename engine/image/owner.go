package image

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// thisProcess is a mark by which another gantry can tell later whether this one still
// lives: its number, when it began, and in which namespace that number counts.
func thisProcess() string { return mark(os.Getpid()) }

func mark(pid int) string {
	began, err := began(pid)
	if err != nil {
		return ""
	}
	ns, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d %s %s", pid, began, ns)
}

// began is the start time of a process in the kernel's own count.
func began(pid int) (string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	// The name, in parentheses, may have anything in it.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 20 {
		return "", fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	return fields[19], nil
}

// ended reports whether the process of a mark is known to be gone. One of another
// namespace cannot be seen from here, so it is not.
func ended(owner string) bool {
	parts := strings.SplitN(owner, " ", 3)
	if len(parts) != 3 {
		return false
	}
	pid, err := strconv.Atoi(parts[0])
	here := strings.SplitN(thisProcess(), " ", 3)
	return err == nil && len(here) == 3 && parts[2] == here[2] && mark(pid) != owner
}
