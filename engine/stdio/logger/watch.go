package logger

import (
	"context"

	"gantry/engine/stdio/shim"
	"gantry/engine/stdio/wire"
)

// watch tells what the shim says about the container: at most one value on each channel,
// which have room for it.
type watch struct {
	made   chan shim.Init
	ending chan ending
}

// ending is the container's end.
type ending struct {
	exit     wire.LastExit
	terminal bool
	err      error // the exit will not be learnt
}

func (w watch) run(ctx context.Context, cfg Config) {
	var init shim.Init
	var oom string
	exit, err := shim.Watch(ctx, cfg.Bundle, cfg.ID, func(i shim.Init) {
		init, oom = i, oomFile(procRoot, cgroupRoot, i.Pid)
		w.made <- i
	})
	w.ending <- ending{
		exit:     wire.LastExit{Code: exit.Code, At: exit.At, Pid: init.Pid, OOM: err == nil && oomKilled(oom)},
		terminal: init.Terminal,
		err:      err,
	}
}
