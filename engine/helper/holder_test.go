package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"gantry/engine/stdio"
	"gantry/engine/stdio/shim/shimtest"
	"gantry/engine/stdio/wire"
)

// heldRun is one run of a container with input and no terminal: its process is cat, at the
// pipes that a holder has.
type heldRun struct {
	t        *testing.T
	stateDir string
	shim     *shimtest.Shim
	holder   *stdio.Holder
	input    *os.File // the shim's own end of the input
	cat      *exec.Cmd
}

func stateDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), strings.Repeat("0123456789abcdef", 4))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // also when the test has failed
		for _, pid := range holders(dir) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	return dir
}

func hold(t *testing.T, dir string) *stdio.Holder {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	h, err := stdio.Hold(ctx, os.Args[0], dir, "default", filepath.Base(dir))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// runHeld starts a run. The shell stands for the shim: it works in the bundle, and the process
// is its child.
func runHeld(t *testing.T, dir string) *heldRun {
	t.Helper()
	r := &heldRun{t: t, stateDir: dir, shim: shimtest.Start(t, 3), holder: hold(t, dir)}
	const script = `exec 3<"$1" 4>"$2" 5>"$3"; cat <&3 >&4 2>&5 & exec 3<&- 4>&- 5>&-; echo $!; wait $!`
	r.cat = exec.Command("sh", "-c", script, "sh", r.holder.Stdin, r.holder.Stdout, r.holder.Stderr)
	r.cat.Dir = r.shim.Bundle
	out, err := r.cat.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if r.input, err = os.OpenFile(r.holder.Stdin, os.O_WRONLY|syscall.O_NONBLOCK, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.input.Close() })
	if err := r.cat.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	pid, perr := strconv.Atoi(strings.TrimSpace(line))
	if err = errors.Join(err, perr); err != nil {
		t.Fatal(err)
	}
	r.shim.Create(uint32(pid), false)
	if err := errors.Join(r.holder.Made(uint32(pid)), r.holder.Close()); err != nil {
		t.Fatal(err)
	}
	return r
}

// ends waits for the end of the container's process, which its input's end brings, and tells it.
func (r *heldRun) ends() {
	r.t.Helper()
	<-r.shim.InputClosed()
	r.input.Close()
	if err := r.cat.Wait(); err != nil {
		r.t.Errorf("cat: %v", err)
	}
	r.shim.Exit(0, exitTime)
}

// client is somebody who is attached with input.
type client struct {
	*stdio.Client
	stdin *os.File
	mu    sync.Mutex
	out   bytes.Buffer
	ended chan struct{}
	code  int
	known bool
}

func (c *client) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.Write(b)
}

func (c *client) heard() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String()
}

func (r *heldRun) attach(opts ...stdio.AttachOption) *client {
	r.t.Helper()
	a, err := stdio.Attach(r.t.Context(), r.stateDir, opts...)
	if err != nil {
		r.t.Fatal(err)
	}
	c := &client{Client: a, ended: make(chan struct{})}
	if c.stdin, err = stdio.OpenStdin(r.stateDir); err != nil {
		r.t.Fatal(err)
	}
	go func() {
		defer close(c.ended)
		c.code, c.known, _ = a.Copy(c, c)
	}()
	r.t.Cleanup(func() { a.Close(); c.stdin.Close(); <-c.ended })
	return c
}

// says writes input, and waits for the answer.
func (c *client) says(t *testing.T, text string) {
	t.Helper()
	if _, err := c.stdin.WriteString(text); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { return strings.HasSuffix(c.heard(), text) })
}

// holders are the processes that hold a state directory's streams.
func holders(dir string) (pids []int) {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range all {
		b, err := os.ReadFile(file)
		argv := strings.Split(string(b), "\x00")
		if err == nil && len(argv) > 2 && strings.HasPrefix(argv[1], wire.HeldKey) && argv[2] == dir {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// over waits until a holder is gone, and looks at what it leaves.
func over(t *testing.T, dir string) {
	t.Helper()
	waitFor(t, func() bool { return len(holders(dir)) == 0 })
	for _, name := range []string{wire.StdinFile, wire.StdoutFile, wire.StderrFile, wire.SocketFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left: %v", name, err)
		}
	}
	if stdio.Logging(dir) {
		t.Error("the lock is still held")
	}
}

func TestInputEndsWithTheOneItIsOpenForAndNotWithOthers(t *testing.T) {
	r := runHeld(t, stateDir(t))
	first := r.attach()
	first.says(t, "x\n")
	first.stdin.Close()
	first.Close()
	<-first.ended

	second := r.attach(stdio.WithInput())
	second.says(t, "y\n")
	select {
	case <-r.shim.InputClosed():
		t.Fatal("the input ended with the first client")
	default:
	}
	second.stdin.Close()
	if err := second.EndInput(); err != nil {
		t.Fatal(err)
	}
	r.ends()
	<-second.ended
	if got := second.heard(); got != "y\n" || second.code != 0 || !second.known {
		t.Errorf("heard %q, code %d, known %v", got, second.code, second.known)
	}
	over(t, r.stateDir)
	var log strings.Builder
	err := stdio.Read(t.Context(), r.stateDir, filepath.Base(r.stateDir), all(), func(lines []line) error {
		for _, l := range lines {
			log.Write(l.Text)
		}
		return nil
	})
	if err != nil || log.String() != "x\ny\n" {
		t.Errorf("the log has %q, %v", log.String(), err)
	}
	if e, err := stdio.ReadLastExit(r.stateDir); err != nil || e.Code != 0 || !e.At.Equal(exitTime) {
		t.Errorf("the last exit is %+v, %v", e, err)
	}
}

func TestAfterAHolderWasKilledTheNextRunHasPipesOfItsOwn(t *testing.T) {
	dir := stateDir(t)
	r := runHeld(t, dir)
	c := r.attach()
	c.says(t, "x\n")
	pids := holders(dir)
	if len(pids) != 1 {
		t.Fatalf("the holders are %v", pids)
	}
	if err := syscall.Kill(pids[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-c.ended
	if c.known {
		t.Errorf("the client was told that it ended with %d", c.code)
	}
	// What it writes now nobody reads, as soon as all of the holder is gone: cat dies of that, and
	// some input stays where it is.
	died := make(chan error, 1)
	go func() { died <- r.cat.Wait() }()
	waitFor(t, func() bool {
		if _, err := c.stdin.WriteString("stale\n"); err != nil && !errors.Is(err, syscall.EPIPE) {
			t.Fatal(err)
		}
		select {
		case err := <-died:
			if err == nil {
				t.Error("cat ended well, with nobody to write to")
			}
			return true
		default:
			return false
		}
	})
	if _, err := r.input.WriteString("more of it\n"); err != nil && !errors.Is(err, syscall.EPIPE) {
		t.Fatal(err)
	}

	next := runHeld(t, dir)
	d := next.attach(stdio.WithInput())
	d.says(t, "new\n")
	d.stdin.Close()
	d.Close() // as a gantry that is killed: nobody has said that this was all
	next.ends()
	<-d.ended
	if got := d.heard(); got != "new\n" {
		t.Errorf("the next run had the input %q", got)
	}
	over(t, dir)
}

func TestAHolderGoesWhenNoTaskWasMade(t *testing.T) {
	dir := stateDir(t)
	if err := hold(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	over(t, dir)
}
