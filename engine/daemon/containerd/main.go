// Command containerd is the embedded engine: the containerd daemon with the parts that
// gantry needs.
//
// It is a program of the payload and not a part of gantry, whose every command would pay
// for what a daemon sets up before its main: a fifth of the time of a create.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/containerd/containerd/v2/cmd/containerd/command"

	"gantry/engine/daemon/inherit"
	"gantry/engine/footprint"
)

// tidyAfter is when the start is over, and what only it needed can go.
const tidyAfter = 5 * time.Second

func main() {
	footprint.Settle()
	time.AfterFunc(tidyAfter, footprint.Release)
	if err := serve(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "containerd:", err)
		os.Exit(1)
	}
}

// serve runs the daemon with these arguments until it is told to end by SIGTERM or SIGINT.
func serve(args []string) error {
	lock, err := inherit.Lock()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(lock)
	conf := read(args)
	if err := checkData(conf.Root); err != nil {
		return err
	}
	if lock != nil { // else there may be another daemon, and its shims are not ours to judge
		if err := errors.Join(endOrphans(conf.address(), conf.State), clearBundles(conf.State)); err != nil {
			fmt.Fprintln(os.Stderr, "gantry: what a killed containerd left is not all gone:", err)
		}
	}
	return command.App().Run(context.Background(), append([]string{"containerd"}, args...))
}
