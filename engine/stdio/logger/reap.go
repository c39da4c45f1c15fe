package logger

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"gantry/engine/stdio/wire"
)

// The rules for having a container removed that is to go at its end.
const (
	// reapGrace is what those who watch are given to do it: they are quicker, and starting
	// a program for each of their containers would be waste.
	reapGrace = 300 * time.Millisecond
	// reapMost is how long somebody who is still attached is waited for. He would be cut
	// off, and removes it himself when he leaves, if he is not killed.
	reapMost = time.Minute
)

// reap starts the gantry that removes a container which is to go at its end, unless
// somebody does it meanwhile: then this process is told to leave, or the state directory
// goes. The other program looks again, under the container's lock, whether it has ended.
func reap(ctx context.Context, cfg Config) {
	if !exists(filepath.Join(cfg.StateDir, wire.ReapFile)) || !exists(cfg.Reaper) {
		return
	}
	for late := time.Now().Add(reapMost); time.Now().Before(late); {
		select {
		case <-ctx.Done():
			return
		case <-time.After(reapGrace):
		}
		switch {
		case !exists(cfg.StateDir):
			return
		case !wire.Attached(cfg.StateDir):
			startReaper(cfg)
			return
		}
	}
}

// startReaper starts it as a process of its own, which outlives the shim.
func startReaper(cfg Config) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer null.Close()
	p, err := os.StartProcess(cfg.Reaper, append([]string{cfg.Reaper}, wire.ReapCommand(cfg.StateDir)...), &os.ProcAttr{
		Dir:   "/",
		Env:   []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
		Files: []*os.File{null, null, null},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err == nil {
		p.Release()
	}
}
