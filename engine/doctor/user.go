package doctor

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

// user says who runs this, and whether that is a root with the rights of one.
func (e *examination) user(context.Context) []api.Finding {
	const what = "user"
	uid := e.euid()
	if uid != 0 {
		return one(warn(what, userName(uid)+", not root: containers cannot be made, and not all can be looked at", "run it with sudo"))
	}
	if in, err := e.read("proc/self/uid_map"); err == nil && !wholeMap(in) {
		return one(warn(what, "root of a user namespace, not of the host: mounts and devices may be refused", "run it as the host's root"))
	}
	if has, known := e.capable(unix.CAP_SYS_ADMIN); known && !has {
		return one(bad(what, "root without CAP_SYS_ADMIN: nothing can be mounted", "run it outside of this container, or make that --privileged"))
	}
	return one(ok(what, "root"))
}

func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return fmt.Sprintf("%s (%d)", u.Username, uid)
	}
	return fmt.Sprintf("user %d", uid)
}

// wholeMap recognises the initial user namespace: all IDs, as they are.
func wholeMap(uidMap string) bool {
	return strings.Join(strings.Fields(uidMap), " ") == "0 0 4294967295"
}

// capable reads this process's effective capabilities.
func (e *examination) capable(capability int) (has, known bool) {
	status, err := e.read("proc/self/status")
	if err != nil {
		return false, false
	}
	for line := range strings.Lines(status) {
		hex, found := strings.CutPrefix(line, "CapEff:")
		if !found {
			continue
		}
		set, err := strconv.ParseUint(strings.TrimSpace(hex), 16, 64)
		return set&(1<<capability) != 0, err == nil
	}
	return false, false
}

// read reads a file below the root of proc, sys, run and lib.
func (e *examination) read(name string) (string, error) {
	b, err := os.ReadFile(filepath.Join(e.root, name))
	return string(b), err
}
