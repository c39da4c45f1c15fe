package logger

import (
	"context"
	"errors"

	"golang.org/x/sys/unix"
)

// processPoll is how often waiting for a process looks whether it is still wanted, in ms.
const processPoll = 250

// process is a container's init process, held by a descriptor of the kernel's, so that its
// number can not come to mean another. A nil one is not known.
type process struct{ fd int }

// openProcess takes hold of a process while its shim still answers for its number.
func openProcess(pid uint32) *process {
	fd, err := unix.PidfdOpen(int(pid), 0)
	if err != nil {
		return nil
	}
	return &process{fd}
}

// wait returns true when the process has ended; false if that can not be told, or ctx ended.
func (p *process) wait(ctx context.Context) bool {
	if p == nil {
		return false
	}
	for {
		over := ctx.Err() != nil // then one look more, which takes no time
		patience := processPoll
		if over {
			patience = 0
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}}, patience)
		if n > 0 {
			return true
		}
		if over || err != nil && !errors.Is(err, unix.EINTR) {
			return false
		}
	}
}

func (p *process) close() {
	if p != nil {
		unix.Close(p.fd)
	}
}
