package real

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/option"
)

// Eventually waits until something is so. What nothing tells of is looked at again and again.
func Eventually(t testing.TB, patience time.Duration, what string, so func() bool) {
	t.Helper()
	for late := time.Now().Add(patience); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("%s does not come", what)
		}
	}
}

// Signal sends a signal to one process and no other, whatever the number.
func Signal(t testing.TB, pid int, sig unix.Signal) {
	t.Helper()
	if pid < 2 {
		t.Fatalf("%d is not the number of a process to be signalled", pid)
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.PidfdSendSignal(fd, sig, nil, 0); err != nil {
		t.Fatal(err)
	}
}

// Request is what a docker run line asks for on a host.
func Request(facts option.Facts, words ...string) (api.CreateRequest, error) {
	d, err := option.FromArgs(words)
	if err != nil {
		return api.CreateRequest{}, err
	}
	parsed := d.Parse(facts)
	return parsed.Request, parsed.Err()
}
