package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const socketVariable = "ORPHANS_TEST_SOCKET"

// TestMain lets this test binary be a shim.
func TestMain(m *testing.M) {
	if strings.HasPrefix(filepath.Base(os.Args[0]), "containerd-shim-") {
		os.Exit(actAsShim())
	}
	os.Exit(m.Run())
}

// actAsShim listens, starts a container, tells that by its number, and stays until it is ended.
func actAsShim() int {
	if at := os.Getenv(socketVariable); at != "" {
		l, err := net.Listen("unix", at)
		if err != nil {
			fmt.Println(err)
			return 1
		}
		defer l.Close()
	}
	box := exec.Command("/bin/sleep", "600")
	box.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	if err := box.Start(); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(box.Process.Pid)
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// player is a shim that the test has started, and its container.
type player struct {
	cmd *exec.Cmd
	box int
}

// play starts a shim that listens at a socket, for the container of an ID.
func play(t *testing.T, address, socket, id string, more ...string) player {
	t.Helper()
	program := filepath.Join(t.TempDir(), "containerd-shim-runc-v2")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, append([]string{"-namespace", "default", "-id", id, "-address", address}, more...)...)
	cmd.Env = append(os.Environ(), socketVariable+"="+socket)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := player{cmd: cmd}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
		if p.box > 1 {
			_ = unix.Kill(p.box, unix.SIGKILL)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, serr := fmt.Sscan(line, &p.box); err != nil || serr != nil {
		t.Fatalf("the shim says %q, %v", line, err)
	}
	return p
}

// over says whether a process has ended; a zombie has.
func over(t *testing.T, pid int) bool {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return true
	}
	defer unix.Close(fd)
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return n > 0
}

// Only shims are ended that nobody can know any more: ending another one ends containers.
func TestOrphansAreEnded(t *testing.T) {
	// Sockets have little room for their names.
	dir, err := os.MkdirTemp("", "orphans with space")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	address := filepath.Join(dir, "containerd.sock")
	at := func(name string) string { return filepath.Join(dir, name) }
	write := func(id, socket string) {
		name := filepath.Join(dir, "state", bundles, "default", id, "bootstrap.json")
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, fmt.Appendf(nil, `{"version":3,"address":"unix://%s","protocol":"ttrpc"}`, socket), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("known", at("known"))
	write("member", at("group"))
	write("moved", at("elsewhere"))
	if err := os.MkdirAll(filepath.Join(dir, "state", bundles, "default", "half"), 0o700); err != nil {
		t.Fatal(err)
	}
	stay := map[string]player{
		"one that is written down":                       play(t, address, at("known"), "known"),
		"one that is written down for another container": play(t, address, at("group"), "gone"),
		"one whose container is written down":            play(t, address, at("moved"), "moved"),
		"one of another containerd":                      play(t, at("other.sock"), at("other"), "other"),
		"one whose socket cannot be seen":                play(t, address, "", "unseen"),
		"one that clears up":                             play(t, address, at("delete"), "dead", "delete"),
	}
	ended := map[string]player{
		"one that was not written down":     play(t, address, at("half"), "half"),
		"one whose container has no bundle": play(t, address, at("lost"), "lost"),
		"one that starts another one":       play(t, address, at("start"), "next", "start"),
	}
	began := time.Now()
	if err := endOrphans(address, filepath.Join(dir, "state")); err != nil {
		t.Fatal(err)
	}
	t.Logf("took %s", time.Since(began).Round(time.Microsecond))
	for what, p := range stay {
		if over(t, p.cmd.Process.Pid) || over(t, p.box) {
			t.Errorf("%s was ended, or its container", what)
		}
	}
	for what, p := range ended {
		if !over(t, p.cmd.Process.Pid) {
			t.Errorf("%s is still there", what)
		}
		if what != "one that starts another one" && !over(t, p.box) {
			t.Errorf("the container of %s is still there", what)
		}
	}
}
