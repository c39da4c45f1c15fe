// Command gantry-helper is the one program that every container of gantry's needs while
// it starts and runs. The arguments say which of its roles it plays; each has a file
// here. Specs and labels of containers name it and its arguments for as long as those
// containers exist, so arguments carry the version of their format, and a newer helper
// reads all older ones.
//
// It has no use for a number of threads that fits its cgroup, to find which the Go runtime reads
// every mount of the host at the start, and once a second later on.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"gantry/engine/daemon/keeper"
	"gantry/engine/stdio/logger"
	"gantry/engine/stdio/wire"
)

// exitUsage is the exit code of a call that cannot be understood.
const exitUsage = 2

func main() {
	if filepath.Base(os.Args[0]) == initName {
		os.Exit(initial(os.Args[1:]))
	}
	os.Exit(dispatch(os.Args[1:]))
}

// dispatch plays the role that the arguments ask for and returns the exit code.
func dispatch(args []string) int {
	if len(args) == 0 {
		return refuse("it is run by containers, not by people")
	}
	if v, ok := strings.CutPrefix(args[0], wire.LoggerKey); ok {
		version, err := strconv.Atoi(v)
		if err != nil || version < 1 {
			return refuse("%q has no format version", args[0])
		}
		if version > wire.LoggerVersion {
			return refuse("the logger's format %d is newer than this helper, which reads up to %d", version, wire.LoggerVersion)
		}
		return logs(args[1:])
	}
	if args[0] == wire.HeirKey+"1" && len(args) == 2 {
		logger.Inherit(args[1], reaper())
		return 0
	}
	if args[0] == wire.HolderKey+"1" && len(args) == 2 {
		return startHolder(args[1])
	}
	if args[0] == wire.HeldKey+"1" && len(args) == 2 {
		return holds(args[1])
	}
	if args[0] == wire.HookKey+"1" && len(args) == 2 {
		return hook(args[1])
	}
	if format, ok := strings.CutPrefix(args[0], keeper.Role); ok {
		return keeps(format, args[1:])
	}
	if args[0] == "version" {
		fmt.Println(version())
		return 0
	}
	return refuse("it has no role called %q", args[0])
}

func refuse(format string, a ...any) int {
	fmt.Fprintf(os.Stderr, "gantry-helper: "+format+"\n", a...)
	return exitUsage
}

// version names the source that the helper was built from, and the formats it reads.
func version() string {
	built := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		built = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				built = s.Value
			}
		}
	}
	return fmt.Sprintf("gantry-helper %s (logger format %d)", built, wire.LoggerVersion)
}
