package daemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// oneProcess says whether a number names a single process that can be the daemon. To
// the kernel 0 and negative numbers mean groups, -1 all there are; 1 is the host's init.
func oneProcess(pid int) bool { return pid > 1 }

// watch opens a handle on one process. Signals go through such handles only: unlike a
// number, a handle cannot mean a group, nor a process that came later. It is -1, without
// an error, when the process is gone.
func watch(pid int) (int, error) {
	if !oneProcess(pid) {
		return -1, fmt.Errorf("%d is not the number of an engine", pid)
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return -1, nil
	}
	if err != nil {
		return -1, fmt.Errorf("watch the engine (pid %d): %w", pid, err)
	}
	return fd, nil
}

// end sends each signal in turn, and waits up to limit after each for the end.
func end(ctx context.Context, pid, pidfd int, limit time.Duration, signals ...unix.Signal) error {
	for _, sig := range signals {
		if err := unix.PidfdSendSignal(pidfd, sig, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("stop the engine (pid %d): %w", pid, err)
		}
		gone, err := await(ctx, pidfd, limit)
		if err != nil {
			return fmt.Errorf("wait for the engine (pid %d) to end: %w", pid, err)
		}
		if gone {
			reap(pid)
			return nil
		}
	}
	return fmt.Errorf("the engine (pid %d) does not end, not even by SIGKILL", pid)
}

// await waits until the process has ended; a pidfd becomes readable then.
func await(ctx context.Context, pidfd int, limit time.Duration) (bool, error) {
	const slice = 50 // milliseconds, so that an ended ctx is noticed
	for until := time.Now().Add(limit); time.Now().Before(until); {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, slice)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return false, err
		}
		if n > 0 {
			return true, nil
		}
	}
	return false, nil
}
