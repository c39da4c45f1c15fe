package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/containerd/containerd/v2/client"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/bundle"
	"gantry/engine/daemon/keeper"
	"gantry/engine/path"
)

// TestMain lets this test binary be another gantry, that brings the engine up.
func TestMain(m *testing.M) {
	if len(os.Args) > 3 && os.Args[1] == "up" {
		os.Exit(upMain(os.Args[2], os.Args[3]))
	}
	if len(os.Args) > 3 && os.Args[1] == "choose" {
		_, err := Choose(context.Background(), Config{DataRoot: os.Args[2], Getenv: func(string) string { return "" },
			SystemSockets: []Candidate{{Name: "containerd", Address: os.Args[3], Auto: true}}})
		fmt.Print(cause(err))
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// upMain is another gantry: it brings the engine up and prints the steps it took.
func upMain(dataRoot, runRoot string) int {
	var last path.Trace
	cfg := Config{DataRoot: dataRoot, RunRoot: runRoot, Mode: Embedded, Report: func(t path.Trace) { last = t }}
	ctx := context.Background()
	ep, err := Choose(ctx, cfg)
	if err == nil {
		err = Up(ctx, cfg, ep)
	}
	for _, s := range last.Steps {
		fmt.Println(s.Name, s.State)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// ground is a data root of its own with an engine that ends with the test. The run root
// is short: socket paths have little room.
func ground(t testing.TB) Config {
	t.Helper()
	if os.Getuid() != 0 || !bundle.Present() {
		if os.Getenv("GANTRY_TEST_ENGINE") == "require" {
			t.Fatal("the engine is to be tested, and that needs root and the payload of go generate")
		}
		t.Skip("needs root and the payload of go generate")
	}
	run, err := os.MkdirTemp("/run", "gt")
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{DataRoot: t.TempDir(), RunRoot: run, Mode: Embedded, SystemSockets: []Candidate{}, Getenv: func(string) string { return "" }}
	t.Cleanup(func() {
		ep, err := Choose(context.Background(), cfg)
		if err := errors.Join(err, Down(context.Background(), cfg, ep), os.RemoveAll(run)); err != nil {
			t.Error(err)
		}
	})
	return cfg
}

func up(t testing.TB, cfg Config) (Endpoint, path.Trace) {
	t.Helper()
	var last path.Trace
	cfg.Report = func(tr path.Trace) { last = tr }
	ep, err := Choose(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := Up(t.Context(), cfg, ep); err != nil {
		t.Fatal(err)
	}
	return ep, last
}

func dial(t testing.TB, ep Endpoint) *client.Client {
	t.Helper()
	c, err := Dial(t.Context(), ep)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func states(tr path.Trace) string {
	var s []string
	for _, step := range tr.Steps {
		s = append(s, step.Name+" "+string(step.State))
	}
	return strings.Join(s, ", ")
}

func TestEngineComesUpAndTellsWhatItCan(t *testing.T) {
	cfg := ground(t)
	ep, tr := up(t, cfg)
	if got := states(tr); got != "unpack done, lock done, start done, serve done" {
		t.Errorf("steps: %s", got)
	}
	if tr.Operation != "engine" || tr.Ended.IsZero() || tr.Error != "" {
		t.Errorf("trace %+v", tr)
	}
	c := dial(t, ep)
	caps, err := Probe(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if caps.Version != "2.4.2" {
		t.Errorf("version %q", caps.Version)
	}
	if caps.Snapshotter != "overlayfs" && caps.Snapshotter != "native" {
		t.Errorf("snapshotter %q of %v", caps.Snapshotter, caps.Snapshotters)
	}
	if got := strings.Join(caps.RestartPolicies, " "); got != "no always on-failure unless-stopped" {
		t.Errorf("restart policies %q", got)
	}
	if !caps.Transfer || !caps.Restart {
		t.Errorf("caps %+v", caps)
	}
	rt, err := ProbeRuntime(t.Context(), c)
	if err != nil || rt.Version != "1.5.2" || rt.Seccomp == nil || !*rt.Seccomp {
		t.Errorf("runtime %+v, %v", rt, err)
	}
	noPluginFailed(t, c)
	staysHome(t, ep)
}

// noPluginFailed finds a plugin that the import list lacks something for.
func noPluginFailed(t *testing.T, c *client.Client) {
	t.Helper()
	resp, err := c.IntrospectionService().Plugins(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range resp.Plugins {
		if p.InitErr != nil && !strings.Contains(p.InitErr.Message, "skip plugin") {
			t.Errorf("plugin %s %s: %s", p.Type, p.ID, p.InitErr.Message)
		}
	}
}

// staysHome makes sure that the engine keeps to its own folders.
func staysHome(t *testing.T, ep Endpoint) {
	t.Helper()
	for _, dir := range []string{filepath.Join(ep.DataRoot, "containerd"), filepath.Join(ep.StateDir, "containerd")} {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("the engine does not use %s: %v", dir, err)
		}
	}
	pid := keeper.Daemon(ep.DataRoot)
	fds, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil || len(fds) == 0 {
		t.Fatalf("the lock's holder, pid %d: %v", pid, err)
	}
	for _, fd := range fds {
		to, err := os.Readlink(fd)
		if err == nil && strings.HasPrefix(to, "/var/lib/containerd") {
			t.Errorf("the engine has %s open", to)
		}
	}
	env, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	if err != nil || strings.Contains(string(env), "HOME=") || !strings.HasPrefix(string(env), "PATH="+ep.DataRoot) {
		t.Errorf("its environment is %q, %v", env, err)
	}
}

func TestSecondUpFindsItRunning(t *testing.T) {
	cfg := ground(t)
	ep, _ := up(t, cfg)
	pid := keeper.Daemon(ep.DataRoot)
	_, tr := up(t, cfg)
	if got := states(tr); got != "unpack done, lock done, start skipped, serve done" {
		t.Errorf("steps: %s", got)
	}
	if keeper.Daemon(ep.DataRoot) != pid || pid == 0 {
		t.Errorf("pid %d, then %d", pid, keeper.Daemon(ep.DataRoot))
	}
}

// kill ends a process at once and waits until it is gone.
func kill(t *testing.T, pid int) {
	t.Helper()
	pidfd, err := keeper.Watch(pid)
	if err != nil || pidfd < 0 {
		t.Fatalf("pid %d: %v", pid, err)
	}
	defer unix.Close(pidfd)
	if err := unix.PidfdSendSignal(pidfd, unix.SIGKILL, nil, 0); err != nil {
		t.Fatal(err)
	}
	if gone, err := keeper.Await(t.Context(), pidfd, 10*time.Second); !gone || err != nil {
		t.Fatalf("pid %d does not end: %v", pid, err)
	}
}

func cause(err error) api.UnavailableCause {
	var u *api.UnavailableError
	if errors.As(err, &u) {
		return u.Cause
	}
	return ""
}

func TestManyGantrysStartOneEngine(t *testing.T) {
	cfg := ground(t)
	const gantrys = 4
	out := make([]string, gantrys)
	var wg sync.WaitGroup
	for i := range out {
		wg.Go(func() {
			raw, err := exec.Command("/proc/self/exe", "up", cfg.DataRoot, cfg.RunRoot).CombinedOutput()
			if err != nil {
				t.Errorf("gantry %d: %v %s", i, err, raw)
			}
			out[i] = string(raw)
		})
	}
	wg.Wait()
	started := strings.Count(strings.Join(out, ""), "start done")
	if started != 1 {
		t.Errorf("%d engines were started:\n%s", started, strings.Join(out, "\n"))
	}
	if n := daemons(t, cfg); n != 1 {
		t.Errorf("%d daemons run", n)
	}
}

// daemons counts the processes that run with this data root's configuration.
func daemons(t *testing.T, cfg Config) int {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range all {
		raw, err := os.ReadFile(f)
		if err == nil && strings.Contains(string(raw), "containerd\x00--config\x00"+cfg.DataRoot+"/") {
			n++
		}
	}
	return n
}

func TestDownEndsItAndStatusSaysSo(t *testing.T) {
	cfg := ground(t)
	ep, _ := up(t, cfg)
	st, err := Current(t.Context(), cfg)
	if err != nil || !st.Running || st.Version != "2.4.2" || st.PID != keeper.Daemon(ep.DataRoot) || st.Uptime <= 0 || st.Uptime > time.Minute {
		t.Errorf("while up: %+v, %v", st, err)
	}
	if err := Down(t.Context(), cfg, ep); err != nil {
		t.Fatal(err)
	}
	if n := daemons(t, cfg); n != 0 {
		t.Errorf("%d daemons run after Down", n)
	}
	if _, err := os.Stat(filepath.Join("/proc", strconv.Itoa(st.PID))); err == nil {
		t.Error("a zombie is left")
	}
	st, err = Current(t.Context(), cfg)
	if err != nil || st.Running || st.Err != nil {
		t.Errorf("after Down: %+v, %v", st, err)
	}
	if err := Down(t.Context(), cfg, ep); err != nil {
		t.Errorf("Down of what is down: %v", err)
	}
	if _, tr := up(t, cfg); states(tr) != "unpack done, lock done, start done, serve done" {
		t.Errorf("up again: %s", states(tr))
	}
}
