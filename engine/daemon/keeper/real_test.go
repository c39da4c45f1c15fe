package keeper_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
	"gantry/engine/enginetest/real"
	"gantry/engine/option"
)

func TestMain(m *testing.M) { real.Main(m) }

// The daemon is killed while a container runs and no gantry is there: the keeper starts it
// again, and neither the container nor its shim notice.
func TestAContainerOutlivesItsDaemonWhileNobodyIsThere(t *testing.T) {
	env := real.Engine(t)
	id, pid := start(t, env)
	shim := parent(t, pid)
	old := keeper.Daemon(env.Endpoint.DataRoot)
	began := time.Now()
	kill(t, old)
	serves := func() bool {
		now := keeper.Daemon(env.Endpoint.DataRoot)
		return now != 0 && now != old && keeper.Knock(env.Endpoint.Address)
	}
	for !serves() {
		if time.Since(began) > 10*time.Second {
			t.Fatal("nobody has started the daemon again within 10 s")
		}
		time.Sleep(time.Millisecond)
	}
	t.Logf("serves again after %s", time.Since(began).Round(time.Millisecond))
	if now := parent(t, pid); now != shim {
		t.Errorf("the container's shim was %d and is %d", shim, now)
	}
	e := open(t, env)
	defer e.Close()
	c, err := e.Find(t.Context(), id)
	if err != nil || c.State != api.StateRunning || int(c.Pid) != pid {
		t.Errorf("%+v, %v", c, err)
	}
	if err := e.Remove(t.Context(), id, api.RemoveOptions{Force: true}, api.Observer{}); err != nil {
		t.Error(err)
	}
}

func open(t *testing.T, env *real.Env) *engine.Engine {
	t.Helper()
	e := engine.Open(engine.Config{Daemon: env.Config, Namespace: env.Namespace, Version: "test", DockerConfigDir: t.TempDir()})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := e.Ready(ctx); err != nil {
		e.Close()
		t.Fatal(err)
	}
	return e
}

// start runs a container by a gantry that is gone when it returns.
func start(t *testing.T, env *real.Env) (id string, pid int) {
	t.Helper()
	e := open(t, env)
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	d, err := option.FromArgs([]string{env.Registry.Image(t, real.Busybox), "sleep", "600"})
	if err != nil {
		t.Fatal(err)
	}
	facts, err := e.Facts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	parsed := d.Parse(facts)
	if len(parsed.Problems) > 0 {
		t.Fatal(parsed.Problems)
	}
	made, _, err := e.Run(t.Context(), parsed.Request, api.StartOptions{}, api.Observer{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Find(t.Context(), made.ID)
	if err != nil || c.Pid == 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	return made.ID, int(c.Pid)
}

func parent(t *testing.T, pid int) int {
	t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(raw[slices.Index(raw, ')')+1:]))
	var ppid int
	fmt.Sscan(fields[1], &ppid)
	return ppid
}

func kill(t *testing.T, pid int) {
	t.Helper()
	fd, err := keeper.Watch(pid)
	if err != nil || fd < 0 {
		t.Fatalf("pid %d: %v", pid, err)
	}
	defer unix.Close(fd)
	if err := unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0); err != nil {
		t.Fatal(err)
	}
}
