package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// Read finds out the facts of this host. What could be read is there even with an error.
func Read(ctx context.Context) (Facts, error) { return ReadRoot(ctx, "/") }

// ReadRoot is Read with proc, sys and run below another root. The number of CPUs, the user
// and the environment are always this process's.
func ReadRoot(ctx context.Context, root string) (Facts, error) {
	f := Facts{
		OS:          runtime.GOOS,
		Arch:        runtime.GOARCH,
		NumCPU:      runtime.NumCPU(),
		Controllers: map[string]bool{},
		Root:        os.Geteuid() == 0,
		Env:         os.Environ(),
		File:        ReadFile,
		Dir:         workingDir(),
	}
	if err := ctx.Err(); err != nil {
		return f, err
	}
	t := tree(root)
	f.Systemd = t.isDir("run/systemd/system")
	f.Journal = t.exists("run/systemd/journal/socket")
	f.Seccomp = t.seccomp()
	f.AppArmor = t.appArmor()
	f.RecursiveReadOnly = t.kernel(5, 12)
	f.SELinux = t.exists("sys/fs/selinux/enforce")
	f.ResourceControl = t.exists("sys/fs/resctrl/schemata")
	f.CPUs = t.line("sys/devices/system/cpu/online")
	f.MemoryNodes = t.line("sys/devices/system/node/has_memory")
	total, memErr := t.memoryTotal()
	f.MemoryTotal = total
	cgErr := t.cgroups(&f)
	if err := errors.Join(memErr, cgErr); err != nil {
		return f, fmt.Errorf("facts of this host: %w", err)
	}
	return f, nil
}

// workingDir is "" where the directory was removed under the process.
func workingDir() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	return dir
}

// tree is a root directory; paths below it have no leading slash.
type tree string

func (t tree) path(name string) string { return filepath.Join(string(t), name) }

func (t tree) read(name string) (string, error) {
	b, err := os.ReadFile(t.path(name))
	return string(b), err
}

// line is the text of a file of one line; "" when there is none.
func (t tree) line(name string) string {
	s, err := t.read(name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(s)
}

func (t tree) exists(name string) bool {
	_, err := os.Stat(t.path(name))
	return err == nil
}

func (t tree) isDir(name string) bool {
	info, err := os.Stat(t.path(name))
	return err == nil && info.IsDir()
}

// kernel reports whether the kernel is of a version or a newer one.
func (t tree) kernel(major, minor int) bool {
	s, err := t.read("proc/sys/kernel/osrelease")
	if err != nil {
		return false
	}
	var x, y int
	if n, _ := fmt.Sscanf(s, "%d.%d", &x, &y); n != 2 {
		return false
	}
	return x > major || x == major && y >= minor
}

// seccomp: the kernel shows the mode of each process only where it was built with it.
func (t tree) seccomp() bool {
	status, err := t.read("proc/self/status")
	return err == nil && strings.Contains(status, "\nSeccomp:")
}

// appArmor is on when the module says so and its filesystem is there to load profiles.
func (t tree) appArmor() bool {
	enabled, err := t.read("sys/module/apparmor/parameters/enabled")
	return err == nil && strings.HasPrefix(enabled, "Y") && t.isDir("sys/kernel/security/apparmor")
}

// memoryTotal is MemTotal of /proc/meminfo in bytes; the kernel counts it in KiB.
func (t tree) memoryTotal() (int64, error) {
	info, err := t.read("proc/meminfo")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(info) {
		rest, ok := strings.CutPrefix(line, "MemTotal:")
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("MemTotal of /proc/meminfo: %w", err)
		}
		return n << 10, nil
	}
	return 0, fmt.Errorf("MemTotal of /proc/meminfo: %w", fs.ErrNotExist)
}
