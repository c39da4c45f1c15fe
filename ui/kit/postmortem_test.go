package kit

import (
	"testing"
	"time"

	"gantry/engine/api"
)

func TestExamine(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ran := func(d time.Duration, code int, c api.Container) api.Container {
		c.Name, c.State, c.StartedAt, c.FinishedAt, c.ExitCode, c.ExitKnown = "web", api.StateExited, at, at.Add(d), code, true
		return c
	}
	lost := ran(time.Hour, 0, api.Container{})
	lost.ExitKnown = false
	const short = 100 * time.Millisecond
	for _, c := range []struct {
		name              string
		c                 api.Container
		short, full, news string
		hint              bool
	}{
		{"a shell without a terminal", ran(short, 0, api.Container{Command: []string{"/bin/sh"}}), "after 0.1 s: sh had no terminal",
			"Exited 0 after 0.1 s: sh had no terminal to read from", "web: Exited 0 after 0.1 s: sh had no terminal", true},
		{"a shell with a terminal", ran(short, 0, api.Container{Command: []string{"sh"}, Tty: true}), "after 0.1 s", "Exited 0 after 0.1 s", "web: Exited 0 after 0.1 s", false},
		{"a shell with something to do", ran(time.Second, 0, api.Container{Command: []string{"sh", "-c", "true"}}), "after 1.0 s", "Exited 0 after 1.0 s", "web: Exited 0 after 1.0 s", false},
		{"done", ran(2*time.Hour, 0, api.Container{}), "", "Exited 0 after 2h 00m", "", false},
		{"out of its memory", ran(time.Hour, 137, api.Container{OOMKilled: true, MemoryLimit: 64 << 20}), "out of memory (64M)",
			"Killed by SIGKILL (137) after 1h 00m: it ran out of memory, its limit is 64M", "", true},
		{"out of the host's memory", ran(12*time.Second, 137, api.Container{OOMKilled: true}), "out of memory", "Killed by SIGKILL (137) after 12 s: the host ran out of memory", "", true},
		{"a child out of memory", ran(time.Hour, 1, api.Container{OOMKilled: true, MemoryLimit: 1 << 30}), "out of memory (1G)", "Exited 1 after 1h 00m: it ran out of memory, its limit is 1G", "", true},
		{"killed", ran(65*time.Second, 137, api.Container{}), "killed by SIGKILL", "Killed by SIGKILL (137) after 1m 05s", "", true},
		{"killed at once", ran(time.Millisecond, 137, api.Container{}), "killed by SIGKILL", "Killed by SIGKILL (137) after 0.1 s", "web: Exited 137 after 0.1 s: killed by SIGKILL", true},
		{"stopped", ran(time.Minute, 143, api.Container{}), "ended by SIGTERM", "Ended by SIGTERM (143) after 1m 00s", "", false},
		{"interrupted", ran(3*time.Second, 130, api.Container{}), "ended by SIGINT", "Ended by SIGINT (130) after 3.0 s", "", false},
		{"crashed", ran(time.Hour, 139, api.Container{}), "crashed: bad memory access", "Crashed with SIGSEGV (139) after 1h 00m: bad memory access", "", true},
		{"aborted", ran(time.Hour, 134, api.Container{}), "crashed: it aborted itself", "Crashed with SIGABRT (134) after 1h 00m: it aborted itself", "", true},
		{"by seccomp", ran(time.Hour, 159, api.Container{}), "crashed: forbidden system call", "Crashed with SIGSYS (159) after 1h 00m: forbidden system call", "", true},
		{"a realtime signal", ran(time.Hour, 128+35, api.Container{}), "ended by SIGRTMIN+1", "Ended by SIGRTMIN+1 (163) after 1h 00m", "", false},
		{"a code beyond the signals", ran(time.Hour, 255, api.Container{}), "", "Exited 255 after 1h 00m", "", true},
		{"not executable", ran(short, 126, api.Container{}), "a command could not be run", "Exited 126 after 0.1 s: a command in it could not be run", "web: Exited 126 after 0.1 s: a command could not be run", true},
		{"not found", ran(time.Hour, 127, api.Container{}), "a command was not found", "Exited 127 after 1h 00m: a command in it was not found", "", true},
		{"a code of its own", ran(time.Hour, 3, api.Container{}), "", "Exited 3 after 1h 00m", "", true},
		{"its code lost", lost, "its exit code was lost", "Ended after 1h 00m; its exit code was lost with its task", "", false},
		{"a clock that went back", ran(-time.Hour, 3, api.Container{}), "", "Exited 3", "", true},
		{"times that are not known", api.Container{State: api.StateExited, ExitKnown: true}, "", "Exited 0", "", false},
		{"a start that failed", api.Container{State: api.StateCreated, Error: "port 80 is taken"}, "not started: port 80 is taken", "It did not start: port 80 is taken", "", false},
		{"a hostile error", api.Container{State: api.StateCreated, Error: "a\x1b[31mb"}, "not started: ab", "It did not start: ab", "", false},
		{"running", api.Container{State: api.StateRunning, ExitCode: 1}, "", "", "", false},
		{"created", api.Container{State: api.StateCreated}, "", "", "", false},
	} {
		got := Examine(c.c)
		if got.Short != c.short || got.Full != c.full || (got.Hint != "") != c.hint {
			t.Errorf("%s: %+v\nwant short %q, full %q, hint %v", c.name, got, c.short, c.full, c.hint)
		}
		if news := got.News(c.c); news != c.news {
			t.Errorf("%s: the news is %q, want %q", c.name, news, c.news)
		}
	}
}

func TestOnlyWhatEndedWellIsFine(t *testing.T) {
	for code, want := range map[int]bool{0: true, 1: false, 137: false} {
		if got := Examine(api.Container{State: api.StateExited, ExitKnown: true, ExitCode: code}).Fine; got != want {
			t.Errorf("%d: fine is %v", code, got)
		}
	}
}
