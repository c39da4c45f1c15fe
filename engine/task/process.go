// Package task is what gantry does with containerd's tasks: which there are, what state
// that puts a container in, why one could not be started, and how one is stopped.
package task

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/containerd/containerd/api/services/tasks/v1"
	taskapi "github.com/containerd/containerd/api/types/task"
	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/errdefs"
	"github.com/containerd/errdefs/pkg/errgrpc"
)

// Process is a container's init process as containerd knows it.
type Process struct {
	ContainerID string
	Pid         uint32
	Status      client.ProcessStatus
	ExitCode    int
	ExitedAt    time.Time
}

// List is every task of ctx's namespace by container ID, in one call.
func List(ctx context.Context, c *client.Client) (map[string]Process, error) {
	resp, err := c.TaskService().List(ctx, &tasks.ListTasksRequest{})
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", errgrpc.ToNative(err))
	}
	all := make(map[string]Process, len(resp.Tasks))
	for _, t := range resp.Tasks {
		p := fromAPI(t)
		all[p.ContainerID] = p
	}
	return all, nil
}

// Get is the task of one container; ok is false when it has none.
func Get(ctx context.Context, c *client.Client, id string) (p Process, ok bool, err error) {
	resp, err := c.TaskService().Get(ctx, &tasks.GetRequest{ContainerID: id})
	if err != nil {
		err = errgrpc.ToNative(err)
		if errdefs.IsNotFound(err) {
			return Process{}, false, nil
		}
		return Process{}, false, fmt.Errorf("get task: %w", err)
	}
	return fromAPI(resp.Process), true, nil
}

func fromAPI(t *taskapi.Process) Process {
	p := Process{
		// List answers with the container's ID in ID, Get in ContainerID too.
		ContainerID: t.ID,
		Pid:         t.Pid,
		Status:      client.ProcessStatus(strings.ToLower(t.Status.String())),
		ExitCode:    int(t.ExitStatus),
	}
	if t.ExitedAt != nil && t.ExitedAt.IsValid() && t.ExitedAt.Seconds > 0 {
		p.ExitedAt = t.ExitedAt.AsTime()
	}
	return p
}

// clockTick is USER_HZ: the unit of times in /proc/PID/stat, 100 on every Linux that Go runs on.
const clockTick = 100

// StartTime is when a process of this host began, from /proc/PID/stat field 22; zero if
// it is gone. It holds for any container, whoever started it.
func StartTime(pid uint32, boot time.Time) time.Time {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(int(pid)) + "/stat")
	if err != nil {
		return time.Time{}
	}
	// The command name in parentheses may hold anything, so count from its end.
	s := string(raw)
	fields := strings.Fields(s[strings.LastIndexByte(s, ')')+1:])
	const startField = 22 - 3
	if len(fields) <= startField {
		return time.Time{}
	}
	ticks, err := strconv.ParseInt(fields[startField], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return boot.Add(time.Duration(ticks) * time.Second / clockTick)
}

// BootTime is when this host was booted, from /proc/stat.
func BootTime() (time.Time, error) {
	raw, err := os.ReadFile("/proc/stat")
	if err != nil {
		return time.Time{}, err
	}
	for line := range strings.Lines(string(raw)) {
		if v, ok := strings.CutPrefix(line, "btime "); ok {
			sec, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
			if err != nil {
				return time.Time{}, err
			}
			return time.Unix(sec, 0), nil
		}
	}
	return time.Time{}, fmt.Errorf("/proc/stat has no btime")
}
