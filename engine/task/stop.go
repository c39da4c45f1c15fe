package task

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/containerd/containerd/api/services/tasks/v1"
	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/errdefs"
	"github.com/containerd/errdefs/pkg/errgrpc"
)

// deleteTime is how long a Delete may take: the shim drains its pipes for up to 10 s, and
// a client that gives up sooner leaves it behind.
const deleteTime = 60 * time.Second

// Signal sends a signal to the container's init process. That it has already ended is not
// an error: ok is false then.
func Signal(ctx context.Context, c *client.Client, id string, sig syscall.Signal) (ok bool, err error) {
	_, err = c.TaskService().Kill(ctx, &tasks.KillRequest{ContainerID: id, Signal: uint32(sig)})
	if err = errgrpc.ToNative(err); err == nil {
		return true, nil
	}
	if errdefs.IsNotFound(err) {
		return false, nil
	}
	return false, fmt.Errorf("send %s: %w", sig, err)
}

// Resume thaws a paused container. That it is not paused, or has ended, is not an error.
func Resume(ctx context.Context, c *client.Client, id string) error {
	_, err := c.TaskService().Resume(ctx, &tasks.ResumeTaskRequest{ContainerID: id})
	if err = errgrpc.ToNative(err); err == nil {
		return nil
	}
	if p, ok, gerr := Get(ctx, c, id); gerr == nil && (!ok || p.Status != client.Paused && p.Status != client.Pausing) {
		return nil
	}
	return fmt.Errorf("resume: %w", err)
}

// Wait blocks until the container's init process has ended. ok is false when there is no task.
func Wait(ctx context.Context, c *client.Client, id string) (code int, ok bool, err error) {
	resp, err := c.TaskService().Wait(ctx, &tasks.WaitRequest{ContainerID: id})
	if err != nil {
		err = errgrpc.ToNative(err)
		if errdefs.IsNotFound(err) {
			return 0, false, nil
		}
		return 0, false, fmt.Errorf("wait: %w", err)
	}
	return int(resp.ExitStatus), true, nil
}

// Delete removes a container's task and with it the shim, killing first what still runs or
// was never started. No task is no error. It goes on when ctx ends, for up to a minute.
func Delete(ctx context.Context, c *client.Client, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deleteTime)
	defer cancel()
	p, ok, err := Get(ctx, c, id)
	if err != nil || !ok {
		return err
	}
	if p.Status != client.Stopped {
		if alive, err := Signal(ctx, c, id, syscall.SIGKILL); err != nil {
			return err
		} else if alive {
			if _, _, err := Wait(ctx, c, id); err != nil {
				return err
			}
		}
	}
	_, err = c.TaskService().Delete(ctx, &tasks.DeleteTaskRequest{ContainerID: id})
	if err = errgrpc.ToNative(err); err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("delete task: %w", err)
	}
	return nil
}
