// Package linked is the containerd daemon as a part of this program.
//
// Only main programs (and tests) import it: it brings the whole daemon along. It is
// run in a process of its own, as `gantry containerd --config FILE`.
package linked

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/containerd/containerd/v2/cmd/containerd/command"
	"github.com/containerd/containerd/v2/version"

	"gantry/engine/daemon/inherit"
)

const module = "github.com/containerd/containerd/v2"

// Main runs the daemon with the arguments that follow the word containerd, until it is
// told to end by SIGTERM or SIGINT. It returns the process's exit code.
func Main(args []string) int {
	lock, err := inherit.Lock()
	if err != nil {
		return fail(err)
	}
	defer runtime.KeepAlive(lock)
	if err := checkData(args); err != nil {
		return fail(err)
	}
	if _, state := foldersOf(args); clearBundles(state) != nil {
		fmt.Fprintln(os.Stderr, "gantry: what a killed containerd was deleting could not be removed below", state)
	}
	version.Version = moduleVersion()
	if err := command.App().Run(context.Background(), append([]string{"containerd"}, args...)); err != nil {
		return fail(err)
	}
	return 0
}

func fail(err error) int {
	fmt.Fprintln(os.Stderr, "containerd:", err)
	return 1
}

// moduleVersion is the version that this program was built with; containerd's own
// build would stamp it in. A test binary does not know its modules: there, the version
// that the source names is taken without its mark of not having been stamped.
func moduleVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == module {
				return strings.TrimPrefix(m.Version, "v")
			}
		}
	}
	return strings.TrimSuffix(version.Version, "+unknown")
}
