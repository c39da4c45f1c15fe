package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/stdio"
)

type line = api.LogLine

func all() api.LogOptions { return api.LogOptions{Tail: -1} }

var exitTime = time.Date(2026, 11, 23, 12, 13, 29, 904685603, time.UTC)

func TestAHundredThousandLinesArriveWholeAndInOrder(t *testing.T) {
	r := newRig(t, testBinary())
	r.shim.Create(1, false)
	client := r.attach()
	var want strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&want, "line %d of the container's output\n", i)
	}
	began := time.Now()
	r.write(r.out, want.String())
	r.shim.Exit(7, exitTime) // the pipe stays open, as a shim leaves it
	client.wait(t)
	t.Logf("received after %v", time.Since(began))
	r.done()
	if client.out.String() != want.String() {
		t.Errorf("the client received %d bytes of %d, or others", client.out.Len(), want.Len())
	}
	if !client.known || client.code != 7 {
		t.Errorf("exit code %d, known %v", client.code, client.known)
	}
	if out, err := r.logged(); out != want.String() || err != "" {
		t.Errorf("the log has %d bytes of %d, or others", len(out), want.Len())
	}
}

func TestRawBytesReachEveryClient(t *testing.T) {
	r := newRig(t, testBinary())
	a, b := r.attach(), r.attach()
	out := "nul \x00 esc \x1b[31m bad \xff\xfe utf-8 \xe2\x82 cut\r\nno newline at the end"
	r.write(r.out, out)
	r.write(r.err, "\x80err\n")
	r.shim.Create(1, false)
	r.shim.Exit(0, exitTime)
	for i, s := range []*session{a, b} {
		s.wait(t)
		if s.out.String() != out || s.err.String() != "\x80err\n" {
			t.Errorf("client %d received %q and %q", i, s.out.String(), s.err.String())
		}
		if s.code != 0 || !s.known {
			t.Errorf("client %d: code %d, known %v", i, s.code, s.known)
		}
	}
	r.done()
	logged, _ := r.logged()
	if want := strings.ToValidUTF8(strings.ReplaceAll(out, "\xff\xfe", "\ufffd\ufffd"), "\ufffd\ufffd"); logged != want {
		t.Errorf("the log has %q, want %q", logged, want)
	}
}

func TestTheLastExitIsThereBeforeTheClientIsTold(t *testing.T) {
	r := newRig(t, testBinary())
	r.shim.Create(uint32(os.Getpid()), false)
	client := r.attach()
	r.shim.Exit(137, exitTime)
	client.wait(t)
	e, err := stdio.ReadLastExit(r.stateDir)
	if err != nil || e.Code != 137 || !e.At.Equal(exitTime) || e.Pid != uint32(os.Getpid()) {
		t.Errorf("last exit %+v, %v", e, err)
	}
	if stdio.Logging(r.stateDir) {
		t.Error("the lock is held although all was said")
	}
	r.done()
	if _, err := os.Stat(r.stateDir + "/attach.sock"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket was left behind: %v", err)
	}
}

func TestAClientThatComesLateCanHaveTheLastOutput(t *testing.T) {
	r := newRig(t, testBinary())
	first := r.attach()
	old := strings.Repeat("old ", 30_000)
	r.write(r.out, old)
	waitFor(t, func() bool { out, _ := r.logged(); return len(out) > 96<<10 }) // or the other stream overtakes it
	r.write(r.err, "warning\n")
	r.write(r.out, "prompt> ")
	waitFor(t, func() bool { _, err := r.logged(); return err != "" })
	r.shim.Create(1, false)
	// What is in the pipe was read when the next byte of either stream is.
	late := r.attach(stdio.WithReplay())
	blank := r.attach()
	r.shim.Exit(0, exitTime)
	for _, s := range []*session{first, late, blank} {
		s.wait(t)
	}
	got := late.out.String()
	if !strings.HasSuffix(first.out.String(), got) || len(got) < 50_000 || late.err.String() != "warning\n" {
		t.Errorf("replayed %d bytes ending in %q, and %q", len(got), got[max(0, len(got)-20):], late.err.String())
	}
	if blank.err.Len() > 0 {
		t.Errorf("not asked for, but replayed: %q", blank.err.String())
	}
}

func TestTheLoggerEndsWithoutAnExit(t *testing.T) {
	for name, end := range map[string]func(*rig){
		"create failed": func(r *rig) { r.out.Close(); r.err.Close() },
		"create failed, shim gone": func(r *rig) {
			<-r.shim.Asked()
			r.shim.Kill()
			r.out.Close()
			r.err.Close()
		},
		"told to leave": func(r *rig) { r.cmd.Process.Signal(syscall.SIGTERM) },
		"told to leave while the task runs": func(r *rig) {
			r.shim.Create(1, false)
			r.cmd.Process.Signal(syscall.SIGTERM)
		},
		"deleted without a start": func(r *rig) {
			r.shim.Create(1, false)
			r.shim.Kill()
			r.cmd.Process.Signal(syscall.SIGTERM)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, testBinary())
			client := r.attach()
			r.write(r.out, "last words")
			end(r)
			client.wait(t)
			r.done()
			if client.known || client.out.String() != "last words" {
				t.Errorf("code %d, known %v, output %q", client.code, client.known, client.out.String())
			}
			if out, _ := r.logged(); out != "last words" {
				t.Errorf("the log has %q", out)
			}
			if _, err := stdio.ReadLastExit(r.stateDir); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a last exit was made up: %v", err)
			}
		})
	}
}

// Only a shim knows its container's code, but that it has ended the kernel tells too.
func TestTheLoggerLivesWhileTheContainerDoesAlsoWithoutItsShim(t *testing.T) {
	r := newRig(t, testBinary())
	box := newProcess(t)
	r.shim.Create(uint32(box.pid()), false)
	client := r.attach()
	<-r.shim.Waited()
	r.shim.Kill() // the shim alone: the container still writes
	r.write(r.out, "still here\n")
	waitFor(t, func() bool { out, _ := r.logged(); return out == "still here\n" })
	r.out.Close()
	r.err.Close()
	killed := time.Now()
	box.end()
	client.wait(t)
	r.done()
	if client.known {
		t.Errorf("code %d was made up", client.code)
	}
	e, err := stdio.ReadLastExit(r.stateDir)
	if err != nil || !e.Unknown || e.At.Before(killed) || e.At.After(time.Now()) || int(e.Pid) != box.pid() {
		t.Errorf("last exit %+v, %v", e, err)
	}
}

func TestATerminalsOutputIsReadToItsEnd(t *testing.T) {
	r := newRig(t, testBinary())
	r.shim.Create(1, true)
	client := r.attach()
	<-r.shim.Asked()
	r.shim.Exit(3, exitTime)
	// The shim has not copied everything yet when it tells of the exit; stderr stays open.
	waitFor(t, func() bool { return stdio.Logging(r.stateDir) })
	r.write(r.out, "bye\r\n")
	r.out.Close()
	client.wait(t)
	r.done()
	if client.out.String() != "bye\r\n" || client.code != 3 {
		t.Errorf("%q, code %d", client.out.String(), client.code)
	}
}

func TestInputOfATerminalHasNoEndWhenAClientLeaves(t *testing.T) {
	dir := t.TempDir()
	path, err := stdio.MakeStdin(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, id: "c1", stateDir: dir, shim: nil}
	r.shim = newShim(t)
	r.start(testBinary())
	container, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer container.Close()
	for _, word := range []string{"one", "two"} {
		in, err := stdio.OpenStdin(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.WriteString(word); err != nil {
			t.Fatal(err)
		}
		in.Close()
		b := make([]byte, 10)
		container.SetReadDeadline(time.Now().Add(patience))
		if n, err := container.Read(b); string(b[:n]) != word {
			t.Fatalf("read %q, %v", b[:n], err)
		}
	}
	container.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	if n, err := container.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after the clients left: %d, %v", n, err)
	}
}

func TestTheLoggerEndsAlsoWhenItsDirectoryIsGone(t *testing.T) {
	r := newRig(t, testBinary())
	r.shim.Create(1, false)
	client := r.attach()
	if err := os.RemoveAll(r.stateDir); err != nil {
		t.Fatal(err)
	}
	r.write(r.out, "into nothing\n")
	r.shim.Exit(0, exitTime)
	client.wait(t)
	r.done()
	if _, err := os.Stat(r.stateDir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("it was made again")
	}
}

func TestAClientThatPausesLosesNothing(t *testing.T) {
	r := newRig(t, testBinary())
	r.shim.Create(1, false)
	c, err := stdio.Attach(t.Context(), r.stateDir)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Repeat("0123456789abcdef\n", 200_000)
	written := make(chan struct{})
	go func() { defer close(written); r.out.WriteString(want) }()
	select {
	case <-written:
		t.Fatal("3 MB went somewhere although nobody read")
	case <-time.After(200 * time.Millisecond): // the container is held up
	}
	var got strings.Builder
	copied := make(chan int, 1)
	go func() { code, _, _ := c.Copy(&got, nil); copied <- code }()
	<-written
	r.shim.Exit(5, exitTime)
	if code := <-copied; code != 5 || got.String() != want {
		t.Errorf("code %d, %d bytes of %d", code, got.Len(), len(want))
	}
	r.done()
}

func TestARestartDoesNotWaitForAStoppedTerminal(t *testing.T) {
	r := newRig(t, testBinary())
	r.shim.Create(1, false)
	c, err := stdio.Attach(t.Context(), r.stateDir) // reads nothing
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r.write(r.out, strings.Repeat("x", 300<<10))
	r.shim.Exit(0, exitTime)
	waitFor(t, func() bool { return !stdio.Logging(r.stateDir) })
	first := r.cmd
	r.shim = newShim(t)
	began := time.Now()
	r.start(testBinary())
	if d := time.Since(began); d > 2*time.Second {
		t.Errorf("the next logger was ready after %v", d)
	}
	if err := first.Process.Signal(syscall.Signal(0)); err != nil {
		t.Error("the first one has not waited for its client")
	}
	if next := r.attach(); next == nil {
		t.Error("the next one does not listen")
	}
}

func TestCloseEndsACopy(t *testing.T) {
	r := newRig(t, testBinary())
	c, err := stdio.Attach(t.Context(), r.stateDir)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { _, _, err := c.Copy(nil, nil); ended <- err }()
	c.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// waitFor asks until it is so.
func waitFor(t *testing.T, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not happen")
		}
	}
}
