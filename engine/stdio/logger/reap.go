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

// reap has a container removed that is to go at its end, unless somebody does it meanwhile:
// then its state directory goes, or this process is told to leave. That it is told can also
// be the work of a containerd that was away at the end, and removes nothing but the task: an
// heir waits on then, since a shim waits for its logger.
func reap(ctx context.Context, cfg Config) {
	if !exists(filepath.Join(cfg.StateDir, wire.ReapFile)) || !exists(cfg.Reaper) {
		return
	}
	if !due(ctx, cfg.StateDir) {
		return
	}
	if ctx.Err() != nil {
		start(cfg.Heir, wire.HeirKey+"1", cfg.StateDir)
		return
	}
	start(cfg.Reaper, wire.ReapCommand(cfg.StateDir)...)
}

// Inherit is what an heir does: it goes on where a logger that was told to leave has waited.
func Inherit(stateDir, reaper string) {
	if exists(filepath.Join(stateDir, wire.ReapFile)) && exists(reaper) && due(context.Background(), stateDir) {
		start(reaper, wire.ReapCommand(stateDir)...)
	}
}

// due waits until nobody else can be expected to remove the container, and is false if
// somebody has. The end of ctx ends the waiting. Whoever removes it then looks again, under
// the container's lock, whether it has ended.
func due(ctx context.Context, stateDir string) bool {
	for late := time.Now().Add(reapMost); time.Now().Before(late); {
		select {
		case <-ctx.Done():
			return exists(stateDir)
		case <-time.After(reapGrace):
		}
		switch {
		case !exists(stateDir):
			return false
		case !wire.Attached(stateDir):
			return true
		}
	}
	return false
}

// start starts a program as a process of its own, which outlives the shim.
func start(program string, args ...string) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer null.Close()
	p, err := os.StartProcess(program, append([]string{program}, args...), &os.ProcAttr{
		Dir:   "/",
		Env:   []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
		Files: []*os.File{null, null, null},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	if err == nil {
		p.Release()
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
