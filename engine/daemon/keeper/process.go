package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// OneProcess says whether a number names a single process that can be an engine's. To
// the kernel 0 and negative numbers mean groups, -1 all there are; 1 is the host's init.
func OneProcess(pid int) bool { return pid > 1 }

// Watch opens a handle on one process. Signals go through such handles only: unlike a
// number, a handle cannot mean a group, nor a process that came later. It is -1, without
// an error, when the process is gone.
func Watch(pid int) (int, error) {
	if !OneProcess(pid) {
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

// End sends each signal in turn, and waits up to limit after each for the end. A process
// that was stopped goes on, so that it can hear the signal.
func End(ctx context.Context, pid, pidfd int, limit time.Duration, signals ...unix.Signal) error {
	for _, sig := range signals {
		for _, s := range []unix.Signal{sig, unix.SIGCONT} {
			if err := unix.PidfdSendSignal(pidfd, s, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
				return fmt.Errorf("stop the engine (pid %d): %w", pid, err)
			}
		}
		gone, err := Await(ctx, pidfd, limit)
		if err != nil {
			return fmt.Errorf("wait for the engine (pid %d) to end: %w", pid, err)
		}
		if gone {
			Reap(pid)
			return nil
		}
	}
	return fmt.Errorf("the engine (pid %d) does not end, not even by SIGKILL", pid)
}

// Await waits until the process has ended; a pidfd becomes readable then.
func Await(ctx context.Context, pidfd int, limit time.Duration) (bool, error) {
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

// Reap collects a process that this process started and that has ended. For any other
// process it does nothing.
func Reap(pid int) (ended bool, how unix.WaitStatus) {
	if !OneProcess(pid) {
		return false, 0
	}
	got, err := unix.Wait4(pid, &how, unix.WNOHANG, nil)
	return err == nil && got == pid, how
}

// endedByItself begins what is said of a process that was not killed.
const endedByItself = "ended with code "

// Ending words how a process ended.
func Ending(how unix.WaitStatus) string {
	if how.Signaled() {
		return "killed by " + unix.SignalName(how.Signal())
	}
	return endedByItself + strconv.Itoa(how.ExitStatus())
}

// Stopped says whether a process was stopped by a signal, and will not go on by itself.
func Stopped(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	// The command's name, in parentheses, may hold anything.
	after := string(stat[strings.LastIndexByte(string(stat), ')')+1:])
	return strings.HasPrefix(after, " T") || strings.HasPrefix(after, " t")
}
