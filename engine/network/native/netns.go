package native

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// space is a container's network namespace.
type space struct {
	file   *os.File
	handle *netlink.Handle // to the kernel from within it
}

// spaceOf opens the namespace of a process.
func spaceOf(pid int) (*space, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		return nil, fmt.Errorf("the container's network namespace: %w", err)
	}
	s := &space{file: f}
	if same(f, "/proc/thread-self/ns/net") {
		f.Close()
		return nil, errors.New("the container has the host's network namespace: nothing may be set up there")
	}
	s.handle, err = netlink.NewHandleAt(netns.NsHandle(f.Fd()), unix.NETLINK_ROUTE)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("enter the container's network namespace: %w", err)
	}
	return s, nil
}

func same(f *os.File, path string) bool {
	a, err := f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(path)
	return err == nil && os.SameFile(a, b)
}

func (s *space) close() {
	s.handle.Close()
	s.file.Close()
}

// enter runs fn on a thread that is in the namespace: settings below /proc/sys/net are
// those of the thread that writes. A thread that cannot be brought back is never used
// again.
func (s *space) enter(fn func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		back, err := os.Open("/proc/thread-self/ns/net")
		if err == nil {
			defer back.Close()
			err = unix.Setns(int(s.file.Fd()), unix.CLONE_NEWNET)
		}
		if err != nil {
			done <- fmt.Errorf("enter the container's network namespace: %w", err)
			return
		}
		err = fn()
		if unix.Setns(int(back.Fd()), unix.CLONE_NEWNET) == nil {
			runtime.UnlockOSThread()
		}
		done <- err
	}()
	return <-done
}
