package real

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"
)

// process is one that was found in /proc.
type process struct {
	pid  int
	argv []string
}

// shims are the shim processes of an engine, in one namespace or, with "", in all.
func shims(address, namespace string) []process {
	return processes(func(argv []string) bool {
		return strings.HasPrefix(filepath.Base(argv[0]), "containerd-shim") &&
			flagValue(argv, "-address") == address &&
			(namespace == "" || flagValue(argv, "-namespace") == namespace)
	})
}

func flagValue(argv []string, name string) string {
	if i := slices.Index(argv, name); i >= 0 && i+1 < len(argv) {
		return argv[i+1]
	}
	return ""
}

func processes(want func(argv []string) bool) []process {
	var found []process
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		raw, err := os.ReadFile("/proc/" + e.Name() + "/cmdline")
		if err != nil || len(raw) == 0 {
			continue // it has ended, or is the kernel's
		}
		argv := strings.Split(strings.TrimRight(string(raw), "\x00"), "\x00")
		if want(argv) {
			found = append(found, process{pid, argv})
		}
	}
	return found
}

func kill(pid int) error {
	if err := unix.Kill(pid, unix.SIGKILL); err != nil && !errors.Is(err, unix.ESRCH) {
		return err
	}
	return nil
}

// cgroups are the folders below an engine's parent, in all hierarchies, deepest first.
func cgroups(parent string) []string {
	var dirs []string
	for _, pattern := range []string{"/sys/fs/cgroup" + parent, "/sys/fs/cgroup/*" + parent} {
		tops, err := filepath.Glob(pattern)
		if err != nil {
			continue
		}
		for _, top := range tops {
			_ = filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
				if err == nil && d.IsDir() {
					dirs = append(dirs, name)
				}
				return nil
			})
		}
	}
	slices.Reverse(dirs)
	return dirs
}

// clearCgroups kills what runs under the engine's parent and removes the folders.
func clearCgroups(parent string) error {
	var errs []error
	for _, dir := range cgroups(parent) {
		raw, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
		if err != nil {
			continue
		}
		for _, line := range strings.Fields(string(raw)) {
			if pid, err := strconv.Atoi(line); err == nil {
				errs = append(errs, kill(pid))
			}
		}
		// A group whose processes are still ending stays; it costs nothing.
		_ = os.Remove(dir)
	}
	return errors.Join(errs...)
}

// mountsBelow are the mount points under a folder, the last mounted first.
func mountsBelow(root string) ([]string, error) {
	infos, err := mountinfo.GetMounts(mountinfo.PrefixFilter(root))
	if err != nil {
		return nil, err
	}
	var points []string
	for _, m := range infos {
		points = append(points, m.Mountpoint)
	}
	slices.Reverse(points)
	return points, nil
}

// Clear removes a folder with all that is mounted below it.
func Clear(root string) error { return errors.Join(unmountBelow(root), os.RemoveAll(root)) }

func unmountBelow(root string) error {
	points, err := mountsBelow(root)
	for _, p := range points {
		err = errors.Join(err, unix.Unmount(p, unix.MNT_DETACH))
	}
	return err
}
