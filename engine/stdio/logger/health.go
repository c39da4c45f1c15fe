package logger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/stdio/shim"
	"gantry/engine/stdio/wire"
)

// healthPipe is the FIFO in the state directory by which a check's output comes.
const healthPipe = "health-output"

// lastOutput is how long output may still be under way once a check has ended.
const lastOutput = 20 * time.Millisecond

// health looks after the container's health while it runs. It runs the checks through the
// container's shim, as it learns the exit: containerd and gantry may be away.
type health struct {
	cfg     Config
	check   wire.HealthCheck
	process map[string]json.RawMessage // the container's own, as its spec has it
	told    string                     // the status that was last put into the label
	n       int
}

// newHealth is nil for a container without a check. That a run begins is written down at
// once: nobody must take it for as healthy as the last one was.
func newHealth(cfg Config) (*health, error) {
	check, ok, err := wire.ReadHealthCheck(cfg.StateDir)
	if err != nil || !ok {
		return nil, err
	}
	h := &health{cfg: cfg, check: check, told: wire.HealthStarting}
	return h, wire.WriteHealth(cfg.StateDir, wire.Health{Status: wire.HealthStarting})
}

// run checks until ctx ends. started is when the process began.
func (h *health) run(ctx context.Context, started time.Time) {
	if h == nil {
		return
	}
	now := wire.Health{Status: wire.HealthStarting}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(now.Pause(h.check, started, time.Now())):
		}
		r, err := h.probe(ctx)
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, shim.ErrNotRunning) {
			continue
		}
		now.Count(r, h.check, started)
		if err := wire.WriteHealth(h.cfg.StateDir, now); err != nil {
			return // the state directory is gone
		}
		if now.Status != h.told && exists(h.cfg.Reaper) {
			h.told = now.Status
			start(h.cfg.Reaper, wire.HealthCommand(h.cfg.StateDir)...)
		}
	}
}

// probe runs the check once. An error is also in the result, as Docker has it.
func (h *health) probe(ctx context.Context) (r wire.HealthResult, err error) {
	r = wire.HealthResult{Start: time.Now().UTC(), ExitCode: -1}
	defer func() {
		r.End = time.Now().UTC()
		if err != nil && r.ExitCode == -1 && r.Output == "" {
			r.Output = err.Error()
		}
	}()
	process, err := h.describe()
	if err != nil {
		return r, err
	}
	out, path, err := h.pipe()
	if err != nil {
		return r, err
	}
	text := make(chan string, 1)
	go func() { text <- firstOf(out) }()
	pctx, cancel := context.WithTimeout(ctx, h.check.Timeout)
	h.n++
	code, err := shim.Run(pctx, h.cfg.Bundle, h.cfg.ID, shim.Exec{ID: "health-" + strconv.FormatInt(time.Now().UnixNano(), 36) + strconv.Itoa(h.n), Process: process, Output: path})
	late := pctx.Err() != nil
	cancel()
	out.SetReadDeadline(time.Now().Add(lastOutput))
	r.Output = <-text
	out.Close()
	os.Remove(path)
	switch {
	case late:
		r.Output, err = fmt.Sprintf("Health check exceeded timeout (%s)", h.check.Timeout), nil
	case err == nil:
		r.ExitCode = code
	}
	return r, err
}

// pipe makes the FIFO anew and opens it both ways, so that opening does not wait.
func (h *health) pipe() (*os.File, string, error) {
	path := filepath.Join(h.cfg.StateDir, healthPipe)
	os.Remove(path)
	if err := unix.Mkfifo(path, 0o600); err != nil {
		return nil, "", err
	}
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_NONBLOCK, 0)
	return f, path, err
}

// firstOf reads to the end and keeps the beginning.
func firstOf(f *os.File) string {
	var kept []byte
	more := false
	b := make([]byte, wire.HealthOutputMax)
	for {
		n, err := f.Read(b)
		room := wire.HealthOutputMax - len(kept)
		kept = append(kept, b[:min(n, room)]...)
		more = more || n > room
		if err != nil {
			break
		}
	}
	if more {
		return string(kept[:wholeRunes(kept)]) + "..."
	}
	return string(kept)
}

// describe is the check's process: the container's own, with other arguments and without a
// terminal.
func (h *health) describe() ([]byte, error) {
	if h.process == nil {
		b, err := os.ReadFile(filepath.Join(h.cfg.Bundle, "config.json"))
		if err != nil {
			return nil, err
		}
		var spec struct {
			Process map[string]json.RawMessage `json:"process"`
		}
		if err := json.Unmarshal(b, &spec); err != nil {
			return nil, err
		}
		args, err := json.Marshal(h.check.Args)
		if err != nil {
			return nil, err
		}
		h.process = spec.Process
		h.process["args"] = args
		delete(h.process, "terminal")
		delete(h.process, "consoleSize")
	}
	return json.Marshal(h.process)
}
