package daemon

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/containerd/containerd/v2/pkg/namespaces"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
)

// eventually waits for what nobody tells of.
func eventually(t testing.TB, what string, so func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !so() {
		if time.Since(began) > 10*time.Second {
			t.Fatalf("%s does not come", what)
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(began)
}

// again waits until another daemon than the old one serves.
func again(t testing.TB, ep Endpoint, old int) time.Duration {
	t.Helper()
	return eventually(t, "another daemon", func() bool {
		pid := keeper.Daemon(ep.DataRoot)
		return pid != 0 && pid != old && keeper.Knock(ep.Address)
	})
}

func keptBy(t testing.TB, ep Endpoint) int {
	t.Helper()
	pid := keeper.Of(ep.DataRoot)
	if pid == 0 {
		t.Fatal("nobody keeps the engine")
	}
	return pid
}

// The daemon is killed while no gantry is there.
func TestKilledDaemonIsStartedAgainByItsKeeper(t *testing.T) {
	cfg := ground(t)
	ep, _ := up(t, cfg)
	c := dial(t, ep)
	ctx := namespaces.WithNamespace(t.Context(), "default")
	if err := c.NamespaceService().Create(ctx, "kept", nil); err != nil {
		t.Fatal(err)
	}
	k := keptBy(t, ep)
	for range 3 {
		old := keeper.Daemon(ep.DataRoot)
		kill(t, old)
		took := again(t, ep, old)
		t.Logf("serves again after %s", took.Round(time.Millisecond))
		if took > 3*time.Second {
			t.Errorf("only after %s", took)
		}
	}
	if now := keptBy(t, ep); now != k {
		t.Errorf("the keeper was %d and is %d", k, now)
	}
	if list, err := dial(t, ep).NamespaceService().List(ctx); err != nil || !strings.Contains(strings.Join(list, " "), "kept") {
		t.Errorf("after the restart: %v, %v", list, err)
	}
	eventually(t, "its word that it serves", func() bool { st, _ := keeper.ReadStatus(ep.StateDir); return st.Phase == keeper.Serving })
	st, err := Current(t.Context(), cfg)
	if err != nil || st.Keeper != k || st.Keeping.Starts != 4 || !strings.Contains(st.Keeping.Why, "SIGKILL") {
		t.Errorf("status %+v, %v", st, err)
	}
	log, err := os.ReadFile(keeper.LogFile(ep.DataRoot))
	if err != nil || strings.Count(string(log), "is gone: killed by SIGKILL") != 3 {
		t.Errorf("the log does not say it three times: %s, %v", log, err)
	}
	if words := LastWords(ep.DataRoot); words != "" {
		t.Errorf("the keeper's words are taken for the daemon's: %q", words)
	}
	for _, name := range []string{ep.Address, ep.Address + ".ttrpc"} {
		eventually(t, name+" for root only", func() bool { fi, err := os.Stat(name); return err == nil && fi.Mode().Perm() == 0o600 })
	}
	waitCtx, cancel := contextFor(t, 5*time.Second)
	defer cancel()
	if ok, err := c.IsServing(waitCtx); err != nil || !ok {
		t.Errorf("the old connection: %v, %v", ok, err)
	}
}

func TestAnEngineWithoutKeeperIsGivenOne(t *testing.T) {
	cfg := ground(t)
	ep, _ := up(t, cfg)
	daemon, first := keeper.Daemon(ep.DataRoot), keptBy(t, ep)
	kill(t, first)
	keeper.Reap(first)
	if !keeper.Knock(ep.Address) || keeper.Daemon(ep.DataRoot) != daemon {
		t.Fatal("the daemon went with its keeper")
	}
	// Several gantrys at once see it.
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if raw, err := exec.Command("/proc/self/exe", "up", cfg.DataRoot, cfg.RunRoot).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, raw)
			}
		})
	}
	wg.Wait()
	if n := keepers(t, cfg); n != 1 {
		t.Errorf("%d keepers", n)
	}
	if keeper.Daemon(ep.DataRoot) != daemon || keptBy(t, ep) == first {
		t.Errorf("daemon %d was %d, keeper %d was %d", keeper.Daemon(ep.DataRoot), daemon, keptBy(t, ep), first)
	}
	// What it did not start it looks after all the same.
	kill(t, daemon)
	t.Logf("serves again after %s", again(t, ep, daemon).Round(time.Millisecond))
	if n := daemons(t, cfg); n != 1 {
		t.Errorf("%d daemons", n)
	}
}

// keepers counts the keepers of a data root.
func keepers(t *testing.T, cfg Config) int {
	t.Helper()
	n := 0
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		raw, err := os.ReadFile(f)
		if err == nil && strings.HasSuffix(string(raw), "\x00keeper-1\x00"+cfg.DataRoot+"\x00") {
			n++
		}
	}
	return n
}

func TestKeeperAndDaemonKilled(t *testing.T) {
	cfg := ground(t)
	ep, _ := up(t, cfg)
	daemon, first := keeper.Daemon(ep.DataRoot), keptBy(t, ep)
	kill(t, first)
	kill(t, daemon)
	if _, err := os.Stat(ep.Address); err != nil {
		t.Fatalf("a killed daemon should leave its socket: %v", err)
	}
	if _, err := Dial(t.Context(), ep); cause(err) != api.Refused {
		t.Errorf("dialling a stale socket: %v", err)
	}
	_, tr := up(t, cfg)
	if got := states(tr); got != "unpack done, lock done, start done, serve done" {
		t.Errorf("steps: %s", got)
	}
	if keepers(t, cfg) != 1 || daemons(t, cfg) != 1 {
		t.Errorf("%d keepers, %d daemons", keepers(t, cfg), daemons(t, cfg))
	}
}

// The keeper has design.md's budget of a helper.
func TestTheKeeperIsSmall(t *testing.T) {
	cfg := ground(t)
	ep, _ := up(t, cfg)
	k := keptBy(t, ep)
	eventually(t, "its word that it serves", func() bool { st, _ := keeper.ReadStatus(ep.StateDir); return st.Phase == keeper.Serving })
	for range 5 {
		old := keeper.Daemon(ep.DataRoot)
		kill(t, old)
		again(t, ep, old)
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", k))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "RssAnon:")
	var kib int
	fmt.Sscan(rest, &kib)
	t.Logf("RssAnon %d KiB", kib)
	if kib == 0 || kib > 3<<10 {
		t.Errorf("RssAnon %d KiB", kib)
	}
}

// What the keeper does to itself must not reach the daemon, and with it every container.
func TestTheDaemonInheritsNothingOfTheKeepers(t *testing.T) {
	cfg := ground(t)
	ep, _ := up(t, cfg)
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", keeper.Daemon(ep.DataRoot)))
	if err != nil {
		t.Fatal(err)
	}
	umask := fmt.Sprintf("Umask:\t%04o\n", mask())
	for _, want := range []string{"SigIgn:\t0000000000000000\n", "THP_enabled:\t1\n", umask} {
		if strings.Contains(string(raw), want[:7]) && !strings.Contains(string(raw), want) {
			t.Errorf("not %q: %s", want, raw)
		}
	}
}

func mask() int {
	m := unix.Umask(0o022)
	unix.Umask(m)
	return m
}

// A daemon that is killed whenever it serves is started ever more slowly, and that is said.
func TestADaemonThatEndsAgainAndAgain(t *testing.T) {
	cfg := ground(t)
	ep, _ := up(t, cfg)
	var why keeper.Status
	for why.Phase != keeper.Waiting {
		if pid := keeper.Daemon(ep.DataRoot); pid > 0 && keeper.Knock(ep.Address) {
			kill(t, pid)
		}
		why, _ = keeper.ReadStatus(ep.StateDir)
	}
	if why.Failures < 2 || why.Next.IsZero() || !strings.Contains(why.Why, "SIGKILL") {
		t.Errorf("it says %+v", why)
	}
}

func TestAHungDaemonIsNamed(t *testing.T) {
	cfg := ground(t)
	ep, _ := up(t, cfg)
	pid := keeper.Daemon(ep.DataRoot)
	fd, err := keeper.Watch(pid)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.PidfdSendSignal(fd, unix.SIGSTOP, nil, 0); err != nil {
		t.Fatal(err)
	}
	eventually(t, "that it is stopped", func() bool { return keeper.Stopped(pid) })
	_, err = Dial(t.Context(), ep)
	if cause(err) != api.EngineHung || !strings.Contains(err.Error(), fmt.Sprintf("pid %d", pid)) || !strings.Contains(err.Error(), "stopped by a signal") {
		t.Errorf("%v", err)
	}
	// A restart mends it.
	if err := Restart(t.Context(), cfg, ep); err != nil {
		t.Fatal(err)
	}
	dial(t, ep)
	if keeper.Daemon(ep.DataRoot) == pid {
		t.Error("it is the same daemon")
	}
}

func TestASocketOfSomethingElse(t *testing.T) {
	cfg := ground(t)
	ep, err := Choose(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(ep.StateDir, 0o711); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", ep.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("220 mail.example ESMTP\r\n"))
			c.Close()
		}
	}()
	if _, err := Dial(t.Context(), ep); cause(err) != api.NotContainerd {
		t.Errorf("%v", err)
	}
}
