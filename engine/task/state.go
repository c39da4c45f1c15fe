package task

import (
	"time"

	"github.com/containerd/containerd/v2/client"

	"gantry/engine/api"
)

// Exit is how a container's process ended, as far as it was written down: containerd
// forgets ended tasks when it restarts.
type Exit struct {
	Code int
	At   time.Time
	OOM  bool
	// Unknown: it has ended, and its code was lost with its shim.
	Unknown bool
}

// Evidence is everything that a container's state is derived from.
type Evidence struct {
	Task       *Process  // nil: containerd has no task
	Last       *Exit     // the recorded exit; nil: none
	StartedAt  time.Time // the recorded start; zero: it never ran, or nobody wrote it down
	WillReturn bool      // a restart policy is on and the monitor will start it again
}

// Derive puts the state and what goes with it into c. The order of the rules is that of
// Docker's State: what runs wins over what was recorded.
func Derive(c *api.Container, e Evidence) {
	c.StartedAt = e.StartedAt
	c.Pid, c.ExitCode, c.ExitKnown, c.OOMKilled, c.FinishedAt = 0, 0, false, false, time.Time{}
	if e.Task != nil {
		switch e.Task.Status {
		case client.Running:
			c.State, c.Pid = api.StateRunning, e.Task.Pid
			return
		case client.Paused, client.Pausing:
			c.State, c.Pid = api.StatePaused, e.Task.Pid
			return
		case client.Created:
			// runc waits for the start; a start that is under way looks the same, so nothing is said of it.
			c.State = api.StateCreated
			if e.Last != nil {
				ended(c, *e.Last)
			}
			return
		case client.Stopped:
			x := Exit{Code: e.Task.ExitCode, At: e.Task.ExitedAt}
			// The record knows of OOM. It may be of an earlier run, so the codes must agree.
			if e.Last != nil && e.Last.Code == x.Code {
				x.OOM = e.Last.OOM
				if x.At.IsZero() {
					x.At = e.Last.At
				}
			}
			ended(c, x)
			if e.WillReturn {
				c.State = api.StateRestarting
			}
			return
		default:
			c.State = api.StateUnknown
			return
		}
	}
	switch {
	case e.Last != nil && !e.Last.At.Before(e.StartedAt):
		ended(c, *e.Last)
	case !e.StartedAt.IsZero():
		// It ran, and nobody saw it end: the host or the logger died with it.
		c.State = api.StateExited
	default:
		c.State = api.StateCreated
	}
}

func ended(c *api.Container, x Exit) {
	c.State = api.StateExited
	c.ExitCode, c.ExitKnown, c.FinishedAt, c.OOMKilled = x.Code, !x.Unknown, x.At, x.OOM
}
