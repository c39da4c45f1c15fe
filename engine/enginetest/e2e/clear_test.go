package e2e

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/pkg/namespaces"
	"github.com/containerd/errdefs"
	"github.com/google/nftables"
	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"

	"gantry/engine/daemon"
	"gantry/engine/network"
)

// clearContainers kills and removes the containers of all namespaces.
func clearContainers(c *containerd.Client) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	all, err := c.NamespaceService().List(ctx)
	if err != nil {
		return err
	}
	for _, ns := range all {
		boxes, lerr := c.Containers(namespaces.WithNamespace(ctx, ns))
		err = errors.Join(err, lerr)
		for _, box := range boxes {
			err = errors.Join(err, clearContainer(namespaces.WithNamespace(ctx, ns), box))
		}
	}
	return err
}

func clearContainer(ctx context.Context, box containerd.Container) error {
	task, err := box.Task(ctx, nil)
	if err == nil {
		_, err = task.Delete(ctx, containerd.WithProcessKill)
	}
	if err != nil && !errdefs.IsNotFound(err) {
		return err
	}
	if err = box.Delete(ctx, containerd.WithSnapshotCleanup); errdefs.IsNotFound(err) {
		err = box.Delete(ctx)
	}
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}

// nothingOf looks for what an engine that is down has left running or mounted. Shims end
// a moment after their task, and tell nobody.
func nothingOf(root string, ep daemon.Endpoint) error {
	var left []string
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		left = left[:0]
		for _, pid := range processesBelow(root) {
			left = append(left, fmt.Sprintf("process %d %s", pid, exe(pid)))
		}
		for _, dir := range []string{root, ep.StateDir} {
			for _, p := range mountsBelow(dir) {
				left = append(left, "mount "+p)
			}
		}
		for _, pid := range cgroupProcesses(ep.CgroupParent) {
			left = append(left, fmt.Sprintf("process %d in the engine's cgroup", pid))
		}
		more, err := networksOf(root)
		if err != nil {
			return err
		}
		if left = append(left, more...); len(left) == 0 {
			return nil
		}
	}
	return errors.New("left after the engine went down: " + strings.Join(left, ", "))
}

// networksOf are the bridge and the rules of an engine that are on the host.
func networksOf(root string) (left []string, err error) {
	name := network.TableName(root)
	if _, err := net.InterfaceByName(name); err == nil {
		left = append(left, "bridge "+name)
	}
	c, err := nftables.New()
	if err != nil {
		return left, err
	}
	tables, err := c.ListTables()
	for _, t := range tables {
		if t.Name == name {
			left = append(left, "rules of "+name)
		}
	}
	return left, err
}

// clearRoot ends what runs from below a world's folder, and removes it. It goes by what
// it finds, so that it works on a world that was killed.
func clearRoot(root string) error {
	var errs []error
	for _, pid := range processesBelow(root) {
		errs = append(errs, kill(pid))
	}
	roots, err := filepath.Glob(filepath.Join(root, "*"))
	for _, data := range append(roots, root) {
		ep, cerr := daemon.Choose(context.Background(), daemon.Config{DataRoot: data, Mode: daemon.Embedded, SystemSockets: []daemon.Candidate{}})
		if cerr != nil {
			continue // not a data root
		}
		for _, pid := range cgroupProcesses(ep.CgroupParent) {
			errs = append(errs, kill(pid))
		}
		for _, dir := range []string{data, ep.StateDir} {
			for _, p := range mountsBelow(dir) {
				errs = append(errs, unix.Unmount(p, unix.MNT_DETACH))
			}
		}
		errs = append(errs, os.RemoveAll(ep.StateDir))
	}
	return errors.Join(append(errs, err, os.RemoveAll(root))...)
}

// kill ends one process. 0, 1 and negative numbers mean others than one of ours.
func kill(pid int) error {
	if pid <= 1 {
		return fmt.Errorf("%d is not the number of a process of ours", pid)
	}
	if err := unix.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, unix.ESRCH) {
		return err
	}
	return nil
}

// processesBelow are the processes whose program is in a folder: gantry, its daemon, its
// shims, its helpers.
func processesBelow(dir string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var found []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err == nil && pid != os.Getpid() && strings.HasPrefix(exe(pid), dir+"/") {
			found = append(found, pid)
		}
	}
	return found
}

// exe is the program of a process, "" when it has ended or is the kernel's.
func exe(pid int) string {
	name, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return ""
	}
	return name
}

// mountsBelow are the mount points under a folder, the last mounted first.
func mountsBelow(dir string) []string {
	infos, err := mountinfo.GetMounts(mountinfo.PrefixFilter(dir))
	if err != nil {
		return nil
	}
	var points []string
	for _, m := range infos {
		points = append(points, m.Mountpoint)
	}
	slices.Reverse(points)
	return points
}

// cgroupProcesses are the processes in an engine's cgroups, in all hierarchies.
func cgroupProcesses(parent string) []int {
	var found []int
	for _, pattern := range []string{"/sys/fs/cgroup" + parent, "/sys/fs/cgroup/*" + parent} {
		tops, err := filepath.Glob(pattern)
		if err != nil {
			continue
		}
		for _, top := range tops {
			_ = filepath.WalkDir(top, func(name string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() || d.Name() != "cgroup.procs" {
					return nil
				}
				raw, _ := os.ReadFile(name)
				for _, f := range strings.Fields(string(raw)) {
					if pid, err := strconv.Atoi(f); err == nil && pid > 1 && !slices.Contains(found, pid) {
						found = append(found, pid)
					}
				}
				return nil
			})
		}
	}
	return found
}
