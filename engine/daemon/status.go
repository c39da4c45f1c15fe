package daemon

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
)

// Status is how the engine of a data root stands.
type Status struct {
	Endpoint Endpoint
	Running  bool
	PID      int           // 0 if not known
	Version  string        // containerd's, while it runs
	Uptime   time.Duration // 0 if not known
	// Keeper is the process that keeps the embedded daemon up, 0 if there is none, and
	// Keeping what it says of itself.
	Keeper  int
	Keeping keeper.Status
	Skew    string // how the daemon that runs differs from this gantry; "" if it does not
	Boot    Boot
	Err     error // why it is not running, or cannot be told; nil for an embedded engine that is merely down
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
	cfg.withDefaults().kept(&st)
	c, err := Dial(ctx, ep)
	if err != nil {
		if ep.Kind == api.EngineSystem || keeper.Locked(ep.DataRoot) || st.Keeping.Phase == keeper.Failed {
			st.Err = ill(st, err)
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
	st.PID = keeper.Peer(ep.Address)
	st.Uptime = uptime(st.PID)
	st.Skew = Skew(ep)
	return st, nil
}

// Boot says whether the embedded engine is started at boot.
type Boot string

// What there is to say about a boot. BootUnknown is a host without systemd.
const (
	BootUnknown  Boot = ""
	BootEnabled  Boot = "enabled"
	BootDisabled Boot = "disabled"
)

// kept tells who keeps the embedded engine up, and what starts it at boot.
func (c Config) kept(st *Status) {
	ep := st.Endpoint
	if ep.Kind != api.EngineEmbedded {
		return
	}
	st.Keeper = keeper.Of(ep.DataRoot)
	// What a keeper said that is gone counts only when it gave up.
	if k, ok := keeper.ReadStatus(ep.StateDir); ok && (k.PID == st.Keeper || st.Keeper == 0 && k.Phase == keeper.Failed) {
		st.Keeping = k
	}
	switch on, known := Enabled(c, ep); {
	case on:
		st.Boot = BootEnabled
	case known:
		st.Boot = BootDisabled
	}
}

// ill words a daemon that does not serve by what its keeper says of it.
func ill(st Status, err error) error {
	if st.Keeping.Phase == keeper.Serving || st.Keeping.Why == "" {
		return err
	}
	return dying(st.Endpoint, st.Keeping)
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
