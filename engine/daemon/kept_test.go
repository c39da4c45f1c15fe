package daemon

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/containerd/containerd/v2/pkg/namespaces"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/bundle"
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
		if took > 10*time.Second {
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
	waitCtx, cancel := contextFor(t, 20*time.Second)
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
	eventually(t, "the end of all keepers but one", func() bool { return keepers(t, cfg) == 1 })
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

// moody is a daemon that starts only while a file is there.
func moody(t *testing.T, cfg *Config) (mood string) {
	t.Helper()
	mood = filepath.Join(t.TempDir(), "mood")
	good(t, mood)
	daemon := filepath.Join(bundle.Home(filepath.Join(cfg.DataRoot, "bin")), bundle.Daemon)
	cfg.Program = []string{"/bin/sh", "-c", `[ -e "$0" ] || { echo out of luck >&2; exit 3; }; exec "$1" "$2" "$3"`, mood, daemon}
	return mood
}

func good(t *testing.T, mood string) {
	t.Helper()
	if err := os.WriteFile(mood, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Whoever comes while the keeper pauses has it try at once, and is told how that went.
func TestAKeeperThatPausesIsUrged(t *testing.T) {
	cfg := ground(t)
	mood := moody(t, &cfg)
	ep, _ := up(t, cfg)
	if err := os.Remove(mood); err != nil {
		t.Fatal(err)
	}
	kill(t, keeper.Daemon(ep.DataRoot))
	eventually(t, "a pause", func() bool {
		st, _ := keeper.ReadStatus(ep.StateDir)
		return st.Phase == keeper.Waiting && st.Failures >= 5
	})
	k := keptBy(t, ep)
	err := Up(t.Context(), cfg, ep)
	if cause(err) != api.EngineDying || !strings.Contains(err.Error(), "times in a row, last: out of luck") {
		t.Errorf("%v", err)
	}
	st, err := Current(t.Context(), cfg)
	if err != nil || cause(st.Err) != api.EngineDying || !strings.Contains(st.Kept(), "out of luck") {
		t.Errorf("%v, %v, %s", err, st.Err, st.Kept())
	}
	good(t, mood)
	up(t, cfg)
	if now := keptBy(t, ep); now != k {
		t.Errorf("the keeper was %d and is %d", k, now)
	}
}

// Data that was damaged under a running engine is not tried for ever.
func TestAKeeperGivesUpOnDamagedDataAndSaysSo(t *testing.T) {
	cfg := ground(t)
	ep, _ := up(t, cfg)
	k, old := keptBy(t, ep), keeper.Daemon(ep.DataRoot)
	if err := os.Remove(filepath.Join(cfg.DataRoot, metadata)); err != nil {
		t.Fatal(err)
	}
	litter(t, &cfg, metadata, strings.Repeat("garbage", 10_000))
	kill(t, old)
	eventually(t, "the keeper's end", func() bool { return keeper.Of(ep.DataRoot) == 0 })
	if ended, how := keeper.Reap(k); ended && how.ExitStatus() != 3 {
		t.Errorf("its unit would start it again: %s", keeper.Ending(how))
	}
	st, err := Current(t.Context(), cfg)
	if err != nil || cause(st.Err) != api.EngineDamaged || !strings.Contains(st.Err.Error(), "meta.db is damaged") {
		t.Errorf("%v, %v", err, st.Err)
	}
	if err := Up(t.Context(), cfg, ep); cause(err) != api.EngineDamaged {
		t.Errorf("%v", err)
	}
	if keeper.Locked(ep.DataRoot) || keepers(t, cfg) != 0 {
		t.Error("something is left")
	}
}

// A containerd whose folder is closed to a user may not even be there.
func TestWhatMayNotBeSeenIsNotWhatIsDenied(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root to be somebody else")
	}
	dir, err := os.MkdirTemp("/tmp", "gt")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	program, closed := filepath.Join(dir, "test"), filepath.Join(dir, "closed")
	raw, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{os.Chmod(dir, 0o711), os.WriteFile(program, raw, 0o755), os.Mkdir(closed, 0o700)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	open := listen(t, filepath.Join(dir, "open.sock"))
	if err := os.Chmod(open, 0o600); err != nil {
		t.Fatal(err)
	}
	for socket, want := range map[string]api.UnavailableCause{filepath.Join(closed, "c.sock"): api.NotRoot, open: api.Denied} {
		cmd := exec.Command(program, "choose", filepath.Join(dir, "data"), socket)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		if out, err := cmd.Output(); err != nil || string(out) != string(want) {
			t.Errorf("%s: %q, %v; want %q", socket, out, err, want)
		}
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
