package daemon

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

// Status is how the engine of a data root stands.
type Status struct {
	Endpoint Endpoint
	Running  bool
	PID      int           // 0 if not known
	Version  string        // containerd's, while it runs
	Uptime   time.Duration // 0 if not known
	Err      error         // why it is not running, or cannot be told; nil for an embedded engine that is merely down
}

// Current tells how the engine stands that would be chosen now. It starts nothing. An
// engine that cannot be used is no error of this call: it is in the Status.
func Current(ctx context.Context, cfg Config) (Status, error) {
	ep, err := Choose(ctx, cfg)
	st := Status{Endpoint: ep, Err: err}
	var u *api.UnavailableError
	if err != nil && !errors.As(err, &u) {
		return st, err
	}
	if err != nil {
		return st, nil
	}
	c, err := Dial(ctx, ep)
	if err != nil {
		if ep.Kind == api.EngineSystem || locked(ep.DataRoot) {
			st.Err = err
		}
		return st, nil
	}
	defer c.Close()
	st.Running = true
	v, err := c.Version(ctx)
	if err != nil {
		st.Err = err
		return st, nil
	}
	st.Version = v.Version
	st.PID = peer(ctx, ep.Address)
	st.Uptime = uptime(st.PID)
	return st, nil
}

// peer is the process that listens on a socket, as the kernel knows it; 0 if it is not
// visible from here.
func peer(ctx context.Context, address string) int {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", address)
	if err != nil {
		return 0
	}
	defer conn.Close()
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return 0
	}
	pid := 0
	err = raw.Control(func(fd uintptr) {
		if cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = int(cred.Pid)
		}
	})
	if err != nil {
		return 0
	}
	return pid
}

// userHZ is the unit of times in /proc; Linux fixes it for user space.
const userHZ = 100

// uptime is how long a process has run; 0 if it cannot be told.
func uptime(pid int) time.Duration {
	if pid == 0 {
		return 0
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	// The command's name, in parentheses, may hold anything; field 22 is the start.
	_, rest, ok := strings.Cut(string(stat[strings.LastIndexByte(string(stat), ')')+1:]), " ")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 20 {
		return 0
	}
	ticks, err := strconv.ParseInt(fields[19], 10, 64)
	if err != nil {
		return 0
	}
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return 0
	}
	return time.Duration(now.Nano()) - time.Duration(ticks)*time.Second/userHZ
}
