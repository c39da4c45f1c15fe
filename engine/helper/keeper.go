package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"

	"golang.org/x/sys/unix"

	"gantry/engine/daemon/inherit"
	"gantry/engine/daemon/keeper"
)

// exitGaveUp is the exit code of a keeper that is not to be started again before somebody
// has done something; the unit file of systemd knows it.
const exitGaveUp = 3

// keeps is the role of the engine's keeper. Its arguments are the format and the data root.
func keeps(format string, args []string) int {
	version, err := strconv.Atoi(format)
	switch {
	case err != nil || version < 1:
		return refuse("%q is not a format of the keeper's", format)
	case version > keeper.Format:
		return refuse("the keeper's format %d is newer than this helper, which reads up to %d", version, keeper.Format)
	case len(args) != 1 || args[0] == "":
		return refuse("the keeper needs a data root")
	}
	// Small, as the logger is, but by means that stay here: a mask, an ignored signal or an
	// advice to the kernel would be handed down to the daemon and to every container.
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGTERM)
	defer stop()
	retry := make(chan struct{}, 1)
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, unix.SIGHUP)
	go func() {
		for range hup {
			select {
			case retry <- struct{}{}:
			default:
			}
		}
	}()
	lock, err := inherit.Take()
	if err == nil {
		err = keeper.Run(ctx, keeper.Config{DataRoot: args[0], Lock: lock, Retry: retry, Ready: debug.FreeOSMemory})
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, keeper.ErrGaveUp):
		return exitGaveUp
	}
	fmt.Fprintln(os.Stderr, "gantry-helper: keeper:", err)
	return 1
}
