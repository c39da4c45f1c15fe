package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/daemon/keeper"
)

// A killed containerd may leave a shim that it was just starting: how to reach it is written
// down only when it serves, so that no later containerd knows of it. It would stay for good,
// and be in the way of its container's next start.

// orphanPatience is how long an orphan may take to end.
const orphanPatience = 2 * time.Second

// shim is a process of a shim's program, of this containerd.
type shim struct {
	pid      int
	of       string // namespace and ID of the container that it was started for, as a path
	starting bool   // it only starts another one
}

// endOrphans ends the shims of the containerd at an address that are not written down below
// state, with what they run. Nothing else starts any meanwhile, so this must come before the
// daemon serves.
func endOrphans(address, state string) error {
	if address == "" || state == "" {
		return nil
	}
	all := shims(address)
	// First those that would bring forth more.
	var errs []error
	starting := func(s shim) bool { return s.starting }
	if slices.ContainsFunc(all, starting) {
		errs = append(errs, end(slices.DeleteFunc(all, func(s shim) bool { return !s.starting })))
		all = slices.DeleteFunc(shims(address), starting)
	}
	known, err := written(state)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	all = slices.DeleteFunc(all, func(s shim) bool { return known[s.of] })
	if len(all) == 0 {
		return errors.Join(errs...)
	}
	paths, err := socketPaths()
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	var orphans []shim
	for _, s := range all {
		// A shim may serve other containers than the one that it was started for. One without a
		// socket that can be seen is left alone: to end what is known would end containers.
		at := sockets(s.pid, paths)
		if len(at) == 0 || slices.ContainsFunc(at, known.has) {
			continue
		}
		orphans = append(orphans, s)
		for _, child := range children(s.pid) {
			orphans = append(orphans, shim{pid: child})
		}
	}
	return errors.Join(append(errs, end(orphans))...)
}

type set map[string]bool

func (s set) has(what string) bool { return s[what] }

// written are the sockets that the bundles below state name, and the namespace and ID of each.
func written(state string) (set, error) {
	names, err := filepath.Glob(filepath.Join(state, bundles, "*", "*", "bootstrap.json"))
	if err != nil {
		return nil, err
	}
	known := set{}
	for _, name := range names {
		if of, err := filepath.Rel(filepath.Join(state, bundles), filepath.Dir(name)); err == nil {
			known[of] = true
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var at struct {
			Address string `json:"address"`
		}
		if json.Unmarshal(raw, &at) == nil {
			known[strings.TrimPrefix(at.Address, "unix://")] = true
		}
	}
	return known, nil
}

// shims are the shims' processes that have containerd's address in their arguments.
func shims(address string) (found []shim) {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range all {
		raw, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		argv := strings.Split(strings.TrimSuffix(string(raw), "\x00"), "\x00")
		last := argv[len(argv)-1]
		if !strings.HasPrefix(filepath.Base(argv[0]), "containerd-shim-") || after(argv, "-address") != address ||
			last == "delete" { // which clears up, and ends by itself
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err == nil {
			found = append(found, shim{pid, filepath.Join(after(argv, "-namespace"), after(argv, "-id")), last == "start"})
		}
	}
	return found
}

// after is the argument that follows a flag.
func after(argv []string, flag string) string {
	if i := slices.Index(argv, flag); i >= 0 && i+1 < len(argv) {
		return argv[i+1]
	}
	return ""
}

// socketPaths are the paths of the host's unix sockets, by what /proc calls an open one.
func socketPaths() (map[string]string, error) {
	raw, err := os.ReadFile("/proc/net/unix")
	if err != nil {
		return nil, err
	}
	paths := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		// Num RefCount Protocol Flags Type St Inode Path, which may have spaces in it
		f := strings.Fields(line)
		if len(f) < 8 {
			continue
		}
		if _, path, ok := strings.Cut(line, " "+f[6]+" "); ok {
			paths["socket:["+f[6]+"]"] = strings.TrimSuffix(path, "\n")
		}
	}
	return paths, nil
}

// sockets are the paths of the sockets that a process has open.
func sockets(pid int, paths map[string]string) (open []string) {
	fds, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil && paths[to] != "" {
			open = append(open, paths[to])
		}
	}
	return open
}

// children are the processes that a process has started.
func children(pid int) (all []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, name := range lists {
		raw, _ := os.ReadFile(name)
		for _, f := range strings.Fields(string(raw)) {
			if n, err := strconv.Atoi(f); err == nil {
				all = append(all, n)
			}
		}
	}
	return all
}

// end kills processes and waits until they are gone.
func end(all []shim) error {
	var errs []error
	fds := make(map[int]int, len(all)) // by process: taken before any ends, and its number is another's
	for _, s := range all {
		fd, err := keeper.Watch(s.pid)
		if errs = append(errs, err); err == nil && fd >= 0 {
			fds[s.pid] = fd
		}
	}
	for _, fd := range fds {
		if err := unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
			errs = append(errs, err)
		}
	}
	for pid, fd := range fds {
		gone, err := keeper.Await(context.Background(), fd, orphanPatience)
		if err == nil && !gone {
			err = fmt.Errorf("process %d, of a shim that nobody knows, does not end", pid)
		}
		errs = append(errs, err, unix.Close(fd))
	}
	return errors.Join(errs...)
}
