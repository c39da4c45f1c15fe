package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/stdio/logger"
	"gantry/engine/stdio/wire"
)

// The descriptors that a shim gives to its logger.
const (
	fdStdout = 3
	fdStderr = 4
	fdReady  = 5
)

// calmAfter is how long after a container was made its start is over.
const calmAfter = time.Second

// The default lets the heap grow to 4 MB before it is looked at, and keeps what a burst of
// output has taken. gcPercent keeps it near what is in use; memoryLimit, in bytes, has the
// runtime give pages back at once rather than at leisure, and costs some speed near it.
const (
	gcPercent   = 20
	memoryLimit = 3 << 20
)

// logs is the role of a container's logger, run by its shim with the state directory as
// argument and the bundle as working directory.
func logs(args []string) int {
	id := os.Getenv("CONTAINER_ID")
	if len(args) != 1 || id == "" {
		return refuse("the logger needs a state directory, and CONTAINER_ID in its environment")
	}
	ctx, stop := longLived()
	defer stop()
	bundle, err := bundleDir()
	if err == nil {
		err = logger.Run(ctx, logger.Config{
			StateDir:  args[0],
			ID:        id,
			Namespace: os.Getenv("CONTAINER_NAMESPACE"),
			Bundle:    bundle,
			Stdout:    fdStdout,
			Stderr:    fdStderr,
			Ready:     func() { ready(fdReady) },
			Reaper:    reaper(),
			Heir:      os.Args[0],
			Guest:     &guest{stateDir: args[0]},
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gantry-helper: logger:", err)
		return 1
	}
	return 0
}

// longLived makes this process one that lives as long as a container.
func longLived() (context.Context, context.CancelFunc) {
	runtime.GOMAXPROCS(1)
	unix.Prctl(unix.PR_SET_THP_DISABLE, 1, 0, 0, 0)
	unix.Umask(0o077)
	// A hang-up or an interrupt is meant for others in the group.
	signal.Ignore(unix.SIGHUP, unix.SIGINT, unix.SIGPIPE)
	return signal.NotifyContext(context.Background(), unix.SIGTERM)
}

// reaper is the gantry beside this helper.
func reaper() string { return filepath.Join(filepath.Dir(os.Args[0]), wire.ReaperName) }

// deletedMark is what the kernel puts behind the name of a working directory that is gone.
const deletedMark = " (deleted)"

// bundleDir is the working directory by its name. A containerd that was killed while it
// started a shim takes that one's bundle away when it is back, and makes it anew for the
// same shim: the directory that it works in is gone then, and of its name there is another.
// Before it deletes a bundle it puts a dot in front of its name.
func bundleDir() (string, error) {
	dir, err := os.Getwd()
	if err == nil {
		return dir, nil
	}
	if dir, err = os.Readlink("/proc/self/cwd"); err != nil {
		return "", err
	}
	dir = strings.TrimSuffix(dir, deletedMark)
	dir = filepath.Join(filepath.Dir(dir), strings.TrimPrefix(filepath.Base(dir), "."))
	if _, err := os.Stat(dir); err != nil {
		return "", err
	}
	return dir, nil
}

// frugal keeps the memory of a process small of which there is one for every running
// container, beside that it has one thread of Go at a time and no huge pages: what was needed
// only to begin goes back to the kernel, and little garbage is kept from then on. While the
// container is being started it is others' time that this would take.
func frugal() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	debug.FreeOSMemory()
}

// ready lets the container begin: older shims wait for the end of the pipe, newer ones
// for a byte first.
func ready(fd uintptr) {
	f := os.NewFile(fd, "ready")
	f.Write([]byte{0})
	f.Close()
}
