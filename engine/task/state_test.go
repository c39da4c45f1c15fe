package task

import (
	"os"
	"testing"
	"time"

	"github.com/containerd/containerd/v2/client"

	"gantry/engine/api"
)

func TestDerive(t *testing.T) {
	began := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	ended := began.Add(time.Minute)
	process := func(s client.ProcessStatus, code int, at time.Time) *Process {
		return &Process{Pid: 41, Status: s, ExitCode: code, ExitedAt: at}
	}
	for name, c := range map[string]struct {
		e    Evidence
		want api.Container // only what Derive decides
	}{
		"never started": {Evidence{}, api.Container{State: api.StateCreated}},
		"runs": {
			Evidence{Task: process(client.Running, 0, time.Time{}), StartedAt: began},
			api.Container{State: api.StateRunning, Pid: 41, StartedAt: began},
		},
		"runs again after an exit": {
			Evidence{Task: process(client.Running, 0, time.Time{}), StartedAt: ended.Add(time.Second), Last: &Exit{Code: 3, At: ended}},
			api.Container{State: api.StateRunning, Pid: 41, StartedAt: ended.Add(time.Second)},
		},
		"paused":  {Evidence{Task: process(client.Paused, 0, time.Time{})}, api.Container{State: api.StatePaused, Pid: 41}},
		"pausing": {Evidence{Task: process(client.Pausing, 0, time.Time{})}, api.Container{State: api.StatePaused, Pid: 41}},
		"a task that was never started": {
			Evidence{Task: process(client.Created, 0, time.Time{})},
			api.Container{State: api.StateCreated},
		},
		"a task made after an earlier run": {
			Evidence{Task: process(client.Created, 0, time.Time{}), StartedAt: began, Last: &Exit{Code: 3, At: ended}},
			api.Container{State: api.StateExited, ExitCode: 3, ExitKnown: true, StartedAt: began, FinishedAt: ended},
		},
		"ended": {
			Evidence{Task: process(client.Stopped, 7, ended), StartedAt: began},
			api.Container{State: api.StateExited, ExitCode: 7, ExitKnown: true, StartedAt: began, FinishedAt: ended},
		},
		"ended for want of memory": {
			Evidence{Task: process(client.Stopped, 137, ended), StartedAt: began, Last: &Exit{Code: 137, At: ended, OOM: true}},
			api.Container{State: api.StateExited, ExitCode: 137, ExitKnown: true, OOMKilled: true, StartedAt: began, FinishedAt: ended},
		},
		"the OOM was of an earlier run": {
			Evidence{Task: process(client.Stopped, 0, ended), StartedAt: began, Last: &Exit{Code: 137, At: began, OOM: true}},
			api.Container{State: api.StateExited, ExitKnown: true, StartedAt: began, FinishedAt: ended},
		},
		"will be started again": {
			Evidence{Task: process(client.Stopped, 1, ended), StartedAt: began, WillReturn: true},
			api.Container{State: api.StateRestarting, ExitCode: 1, ExitKnown: true, StartedAt: began, FinishedAt: ended},
		},
		"its shim was killed and took the code with it": {
			Evidence{StartedAt: began, Last: &Exit{At: ended, Unknown: true}},
			api.Container{State: api.StateExited, StartedAt: began, FinishedAt: ended},
		},
		"containerd has forgotten the task": {
			Evidence{StartedAt: began, Last: &Exit{Code: 7, At: ended}},
			api.Container{State: api.StateExited, ExitCode: 7, ExitKnown: true, StartedAt: began, FinishedAt: ended},
		},
		"it ran and nobody saw it end": {
			Evidence{StartedAt: began},
			api.Container{State: api.StateExited, StartedAt: began},
		},
		"the recorded exit is of an earlier run": {
			Evidence{StartedAt: ended, Last: &Exit{Code: 7, At: began}},
			api.Container{State: api.StateExited, StartedAt: ended},
		},
		"a state that is not known": {Evidence{Task: process(client.Unknown, 0, time.Time{})}, api.Container{State: api.StateUnknown}},
	} {
		// What was there before must not shine through.
		got := api.Container{State: api.StateDead, Pid: 9, ExitCode: 9, ExitKnown: true, OOMKilled: true, StartedAt: began.Add(-time.Hour), FinishedAt: began.Add(-time.Hour)}
		Derive(&got, c.e)
		if got.State != c.want.State || got.Pid != c.want.Pid || got.ExitCode != c.want.ExitCode || got.ExitKnown != c.want.ExitKnown ||
			got.OOMKilled != c.want.OOMKilled || !got.StartedAt.Equal(c.want.StartedAt) || !got.FinishedAt.Equal(c.want.FinishedAt) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, c.want)
		}
	}
}

func TestStartTimeOfAProcess(t *testing.T) {
	boot, err := BootTime()
	if err != nil {
		t.Fatal(err)
	}
	at := StartTime(uint32(os.Getpid()), boot)
	// The kernel gives the boot time in whole seconds.
	if d := time.Since(at); d < -2*time.Second || d > 10*time.Minute {
		t.Errorf("this process began %s ago", d)
	}
	if at := StartTime(1<<31-1, boot); !at.IsZero() {
		t.Errorf("a process that is not there began at %s", at)
	}
}
