package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// nobody's number, on every Linux.
const nobody = 65534

// asNobody runs a command without root's rights.
func (g *gantry) asNobody(c *exec.Cmd) result {
	g.t.Helper()
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return g.begin(c).wait()
}

// cmdline is a process's arguments with spaces between them.
func cmdline(pid int) string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(string(raw), "\x00", " ")
}
