package stdio

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// parent is the parent of a process, from /proc/PID/stat.
func parent(pid uint32) (string, error) {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(int(pid)), "stat"))
	if err != nil {
		return "", err
	}
	// The name in parentheses may hold anything, so count from its end: state, parent.
	s := string(b)
	if f := strings.Fields(s[strings.LastIndexByte(s, ')')+1:]); len(f) > 1 {
		return f[1], nil
	}
	return "", fmt.Errorf("process %d has no parent", pid)
}
