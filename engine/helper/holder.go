package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/stdio/logger"
	"gantry/engine/stdio/wire"
)

// startHolder makes the holder a process of nobody's, so that it outlives who wanted it: a
// container with input but no terminal needs somebody at its streams for as long as it runs,
// and its shim gives them to no logger. The holder has this process's stdin, which brings the
// task's bundle, and stdout, which says that it is ready.
func startHolder(stateDir string) int {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return refuse("%v", err)
	}
	defer null.Close()
	p, err := os.StartProcess(os.Args[0], []string{os.Args[0], wire.HeldKey + "1", stateDir}, &os.ProcAttr{
		Dir: "/", Env: os.Environ(), Files: []*os.File{os.Stdin, os.Stdout, null}, Sys: &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		return refuse("%v", err)
	}
	_ = p.Release()
	return 0
}

// holds is the role of the holder: a logger between three pipes in the state directory, for
// one run of a container.
func holds(stateDir string) int {
	id := os.Getenv("CONTAINER_ID")
	if id == "" {
		return refuse("the holder needs CONTAINER_ID in its environment")
	}
	ctx, stop := longLived()
	defer stop()
	cfg := logger.Config{
		StateDir:  stateDir,
		ID:        id,
		Namespace: os.Getenv("CONTAINER_NAMESPACE"),
		Ready:     func() { ready(uintptr(unix.Stdout)) },
		Locate:    bundleFrom(unix.Stdin),
		Reaper:    reaper(),
		Heir:      os.Args[0],
		Guest:     &guest{stateDir: stateDir},
	}
	err := openPipes(&cfg)
	if err == nil {
		err = logger.Run(ctx, cfg)
	}
	if err != nil {
		_ = wire.WriteTrouble(stateDir, err) // there is nobody else to tell
		return 1
	}
	return 0
}

// openPipes opens the ends to read from, and others that keep them from ending until the shim
// has its own.
func openPipes(cfg *logger.Config) error {
	for name, fd := range map[string]*int{wire.StdoutFile: &cfg.Stdout, wire.StderrFile: &cfg.Stderr} {
		path := filepath.Join(cfg.StateDir, name)
		var err error
		if *fd, err = unix.Open(path, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0); err != nil {
			return fmt.Errorf("open %s: %w", path, err)
		}
		held, err := os.OpenFile(path, os.O_WRONLY|unix.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		cfg.Held = append(cfg.Held, held)
	}
	return nil
}

// errNoTask says that whoever wanted the holder made no task.
var errNoTask = errors.New("no task was made")

// bundleFrom reads the bundle of the task, in a line, from a pipe.
func bundleFrom(fd int) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if err := unix.SetNonblock(fd, true); err != nil {
			return "", err
		}
		f := os.NewFile(uintptr(fd), "bundle")
		defer f.Close()
		defer context.AfterFunc(ctx, func() { f.SetReadDeadline(time.Unix(1, 0)) })()
		b, err := io.ReadAll(f)
		dir, whole := strings.CutSuffix(string(b), "\n")
		if err != nil || !whole {
			return "", errors.Join(errNoTask, err)
		}
		return dir, nil
	}
}
