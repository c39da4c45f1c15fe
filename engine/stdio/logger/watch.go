package logger

import (
	"context"
	"time"

	"gantry/engine/stdio/shim"
	"gantry/engine/stdio/wire"
)

// watch tells what the shim says about the container: at most one value on each channel,
// which have room for it.
type watch struct {
	made   chan shim.Init
	ending chan ending
	bundle chan string // for who has more to say to the shim of a task that is there
}

// ending is the container's end.
type ending struct {
	exit     *wire.LastExit // nil: it will not be learnt, or there was none
	terminal bool
}

func (w watch) run(ctx context.Context, cfg Config, began time.Time) {
	var init shim.Init
	var oom string
	var proc *process
	var door *gate
	if cfg.Locate != nil {
		bundle, err := cfg.Locate(ctx)
		if err != nil {
			w.ending <- ending{}
			return
		}
		cfg.Bundle = bundle
	}
	exit, err := shim.Watch(ctx, cfg.Bundle, cfg.ID, func(i shim.Init) {
		init, oom = i, oomFile(procRoot, cgroupRoot, i.Pid)
		proc, door = openProcess(i.Pid), openGate(execFIFO(cfg))
		w.made <- i
		w.bundle <- cfg.Bundle
	})
	defer proc.close()
	defer door.close()
	e := wire.LastExit{Code: exit.Code, At: exit.At, Pid: init.Pid, Began: began}
	end := ending{exit: &e, terminal: init.Terminal}
	switch {
	case err != nil && proc.wait(ctx):
		// The shim was killed, and with it went the code. That the container has ended,
		// and when, the kernel tells all the same.
		e.At, e.Unknown = time.Now().UTC(), true
	case err != nil || door.held():
		end.exit = nil
	}
	e.OOM = end.exit != nil && oomKilled(oom)
	w.ending <- end
}
