package logger

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// defaultRuncRoot is where containerd's shim has runc keep its state when the container
// names no other place.
const defaultRuncRoot = "/run/containerd/runc"

// How long a container that has ended while runc was starting it may seem not to have
// begun.
const (
	begunTries = 20
	begunPause = 5 * time.Millisecond
)

// execFIFO is the file by which runc holds a created container back. runc start takes it
// away just after it has let the process go.
func execFIFO(cfg Config) string {
	var opts struct {
		Root string `json:"root"`
	}
	if b, err := os.ReadFile(filepath.Join(cfg.Bundle, "options.json")); err == nil {
		_ = json.Unmarshal(b, &opts)
	}
	if opts.Root == "" {
		opts.Root = defaultRuncRoot
	}
	return filepath.Join(opts.Root, cfg.Namespace, cfg.ID, "exec.fifo")
}

// neverBegan reports whether a process that has ended was runc's own, still waiting to
// become the container's: a task was made and taken away without a start. That is no run,
// and its code says nothing about the container. Runtimes that have no such file are taken
// to have begun.
func neverBegan(fifo string) bool {
	if fifo == "" || !exists(fifo) {
		return false
	}
	for range begunTries {
		time.Sleep(begunPause)
		if exists(fifo) {
			continue
		}
		// Taken away by runc start, or with all the rest by runc delete.
		return !exists(filepath.Dir(fifo))
	}
	return true
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
