package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gantry/engine/stdio"
	"gantry/engine/stdio/shim/shimtest"
	"gantry/engine/stdio/wire"
)

// asHelper makes the test binary be the helper, as a shim starts it.
const asHelper = "GANTRY_TEST_AS_HELPER"

func TestMain(m *testing.M) {
	role := len(os.Args) > 1 && slices.ContainsFunc([]string{wire.HeirKey, wire.HolderKey, wire.HeldKey}, func(k string) bool { return strings.HasPrefix(os.Args[1], k) })
	if role || os.Getenv(asHelper) != "" {
		main()
	}
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") {
		fmt.Fprintln(os.Stderr, "a test binary has no such role:", os.Args[1:])
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// patience bounds everything that a test waits for.
const patience = 30 * time.Second

// rig is a container without a container: a state directory, a shim, and a logger between
// two pipes that the test writes to as the container's process would.
type rig struct {
	t        *testing.T
	id       string
	stateDir string
	shim     *shimtest.Shim
	cmd      *exec.Cmd
	out, err *os.File
	ended    chan error // the logger has ended
}

// program is what is run as the helper: this test binary by default.
type program struct {
	path string
	env  []string
}

func testBinary() program { return program{os.Args[0], []string{asHelper + "=1"}} }

// newRig starts a logger and waits until it is ready.
func newRig(t *testing.T, p program) *rig {
	t.Helper()
	// As long as a state directory under a deep data root: longer than a socket's path may be.
	dir := filepath.Join(t.TempDir(), strings.Repeat("x", 40), strings.Repeat("0123456789abcdef", 4))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, id: filepath.Base(dir), stateDir: dir, shim: shimtest.Start(t, 3)}
	r.start(p)
	return r
}

// start runs a logger in the rig as a shim does; a second time is a restart.
func (r *rig) start(p program) {
	r.t.Helper()
	var ends [3][2]*os.File
	for i := range ends {
		var err error
		if ends[i][0], ends[i][1], err = os.Pipe(); err != nil {
			r.t.Fatal(err)
		}
	}
	r.cmd = exec.Command(p.path, wire.LoggerKey+"1", r.stateDir)
	r.cmd.Dir = r.shim.Bundle
	r.cmd.Env = append([]string{"CONTAINER_ID=" + r.id, "CONTAINER_NAMESPACE=default"}, p.env...)
	r.cmd.Stderr = os.Stderr
	r.cmd.ExtraFiles = []*os.File{ends[0][0], ends[1][0], ends[2][1]}
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	for _, f := range r.cmd.ExtraFiles {
		f.Close()
	}
	r.out, r.err = ends[0][1], ends[1][1]
	cmd, ended := r.cmd, make(chan error, 1)
	r.ended = ended
	go func() { ended <- cmd.Wait(); close(ended) }()
	r.t.Cleanup(func() { cmd.Process.Kill(); <-ended; ends[0][1].Close(); ends[1][1].Close() })

	ends[2][0].SetReadDeadline(time.Now().Add(patience))
	b := make([]byte, 1)
	if n, err := ends[2][0].Read(b); n != 1 {
		r.t.Fatalf("the logger did not say that it is ready: %v", err)
	}
	ends[2][0].Close()
}

// write is output of the container.
func (r *rig) write(f *os.File, s string) {
	r.t.Helper()
	if _, err := f.WriteString(s); err != nil {
		r.t.Fatal(err)
	}
}

// done waits for the logger's end.
func (r *rig) done() {
	r.t.Helper()
	select {
	case err := <-r.ended:
		if err != nil {
			r.t.Errorf("the logger ended with %v", err)
		}
	case <-time.After(patience):
		r.t.Fatal("the logger hangs")
	}
}

// session is what an attached client has received.
type session struct {
	out, err strings.Builder
	code     int
	known    bool
	fail     error
	ended    chan struct{}
}

// attach connects a client and copies in the background.
func (r *rig) attach(opts ...stdio.AttachOption) *session {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := stdio.Attach(ctx, r.stateDir, opts...)
	if err != nil {
		r.t.Fatal(err)
	}
	s := &session{ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		s.code, s.known, s.fail = c.Copy(&s.out, &s.err)
	}()
	r.t.Cleanup(func() { c.Close(); <-s.ended })
	return s
}

// wait returns when the session has ended.
func (s *session) wait(t *testing.T) {
	t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatal("the session does not end")
	}
	if s.fail != nil {
		t.Error(s.fail)
	}
}

// logged is the text of the log by stream.
func (r *rig) logged() (out, err string) {
	r.t.Helper()
	var o, e strings.Builder
	fail := stdio.Read(r.t.Context(), r.stateDir, r.id, all(), func(lines []line) error {
		for _, l := range lines {
			if l.Stderr {
				e.Write(l.Text)
			} else {
				o.Write(l.Text)
			}
		}
		return nil
	})
	if fail != nil && !errors.Is(fail, os.ErrNotExist) {
		r.t.Fatal(fail)
	}
	return o.String(), e.String()
}
