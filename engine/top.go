package engine

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/engine/task"
)

// Top is the processes of a running container as ps shows them. Without options no ps is
// needed; with some it is this host's that is asked.
func (e *Engine) Top(ctx context.Context, id string, options []string) (*container.TopResponse, error) {
	l, err := e.need(ctx)
	if err != nil {
		return nil, err
	}
	ctx = e.in(ctx)
	if _, err := e.alive(ctx, l, "show the processes of", id); err != nil {
		return nil, err
	}
	pids, err := task.Pids(ctx, l.client, id)
	if err != nil {
		return nil, err
	}
	if len(options) > 0 {
		return hostPs(ctx, pids, options)
	}
	top := &container.TopResponse{Titles: task.Titles(), Processes: [][]string{}}
	for _, pid := range pids {
		if row, ok := task.Row(pid, e.boot, e.cfg.Now()); ok {
			top.Processes = append(top.Processes, row)
		}
	}
	return top, nil
}

// hostPs asks this host's ps, and keeps the lines of the container.
func hostPs(ctx context.Context, pids []int, options []string) (*container.TopResponse, error) {
	out, err := exec.CommandContext(ctx, "ps", options...).Output()
	var failed *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, &api.UnsupportedError{What: "ps with options", Reason: "this host has no ps"}
	case errors.As(err, &failed):
		return nil, api.FieldErrors{{Field: "ps", Value: strings.Join(options, " "), Reason: strings.TrimSpace(string(failed.Stderr))}}
	case err != nil:
		return nil, fmt.Errorf("run ps: %w", err)
	}
	return ofPids(string(out), pids)
}

// ofPids keeps the lines of ps that are about these processes.
func ofPids(out string, pids []int) (*container.TopResponse, error) {
	head, rest, _ := strings.Cut(out, "\n")
	top := &container.TopResponse{Titles: strings.Fields(head), Processes: [][]string{}}
	at := slices.Index(top.Titles, "PID")
	if at < 0 {
		return nil, api.FieldErrors{{Field: "ps", Reason: "what ps prints has no column PID", Fix: "ask for it, as in -o pid,args"}}
	}
	for line := range strings.Lines(rest) {
		f := strings.Fields(line)
		if len(f) <= at {
			continue
		}
		if pid, err := strconv.Atoi(f[at]); err != nil || !slices.Contains(pids, pid) {
			continue
		}
		if last := len(top.Titles) - 1; len(f) > last {
			f = append(f[:last:last], strings.Join(f[last:], " ")) // only the last may have blanks
		}
		top.Processes = append(top.Processes, f)
	}
	return top, nil
}

// alive is a container that has processes, paused or not, for an action that needs them.
func (e *Engine) alive(ctx context.Context, l *link, action, id string) (api.Container, error) {
	c, ok, err := e.load(ctx, l, id)
	switch {
	case err != nil:
		return c, err
	case !ok:
		return c, &api.NotFoundError{Kind: "container", Name: id}
	case c.State != api.StateRunning && c.State != api.StatePaused:
		return c, &api.StateError{Action: action, Name: c.DisplayName(), State: c.State, Fix: "start it"}
	}
	return c, nil
}
