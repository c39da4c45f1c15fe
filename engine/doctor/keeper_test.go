package doctor

import (
	"strconv"
	"testing"
	"time"

	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/containerd/v2/pkg/namespaces"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/daemon"
	"gantry/engine/daemon/keeper"
	"gantry/engine/record"
)

func TestKeeper(t *testing.T) {
	soon := time.Date(2026, 1, 1, 12, 30, 0, 0, time.UTC)
	for _, tc := range []struct {
		name  string
		st    daemon.Status
		level api.FindingLevel
		words []string
	}{
		{"well", daemon.Status{Running: true, Keeper: 12, Keeping: keeper.Status{Phase: keeper.Serving}}, api.FindingOK, []string{"pid 12"}},
		{"had work", daemon.Status{Running: true, Keeper: 12, Keeping: keeper.Status{Phase: keeper.Serving, Ended: soon, Why: "killed by SIGKILL"}}, api.FindingOK, []string{"12:30:00", "killed by SIGKILL"}},
		{"none", daemon.Status{Running: true}, api.FindingWarn, []string{"none", "gantry engine up"}},
		{"pauses", daemon.Status{Keeper: 12, Keeping: keeper.Status{Phase: keeper.Waiting, Failures: 4, Next: soon, Why: "out of luck"}}, api.FindingBad, []string{"4 failures", "out of luck", "12:30:00", "containerd.log"}},
		{"gave up", daemon.Status{Keeping: keeper.Status{Phase: keeper.Failed, Why: "meta.db is damaged"}}, api.FindingBad, []string{"meta.db is damaged", "gantry engine up"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := bench(t, t.TempDir(), nil)
			tc.st.Endpoint = e.status.Endpoint
			e.status = tc.st
			want(t, e.keeper(t.Context())[0], tc.level, tc.words...)
		})
	}
}

func TestWhatIsToBeDoneAboutAnIllEngine(t *testing.T) {
	for cause, words := range map[api.UnavailableCause][]string{
		api.EngineFull:     {"free some space below "},
		api.EngineReadOnly: {"writable"},
		api.EngineDamaged:  {"backup", "mv ", "/containerd.damaged"},
		api.EngineNewer:    {"gantry that wrote it"},
		api.EngineHung:     {"gantry engine restart"},
		api.EngineDying:    {"containerd.log"},
	} {
		e := bench(t, t.TempDir(), nil)
		e.status.Err = &api.UnavailableError{Cause: cause, Detail: "so it is"}
		want(t, e.engine(t.Context())[0], api.FindingBad, append(words, "so it is")...)
	}
}

func TestAnotherBuildIsAWarning(t *testing.T) {
	e := bench(t, t.TempDir(), nil)
	e.status.Running, e.status.Version, e.status.Skew = true, "2.4.2", "the engine was started by another build of gantry"
	want(t, e.engine(t.Context())[0], api.FindingWarn, "another build", "gantry engine restart")
}

func TestLoginsUnderSudo(t *testing.T) {
	e := bench(t, t.TempDir(), nil)
	env := map[string]string{}
	e.Daemon.Getenv = func(k string) string { return env[k] }
	if f := e.logins(t.Context()); f != nil {
		t.Errorf("without sudo: %+v", f)
	}
	env["SUDO_USER"], env["HOME"] = "ada", "/root"
	want(t, e.logins(t.Context())[0], api.FindingNote, "ada", "/root/.docker")
	env["HOME"] = ""
	want(t, e.logins(t.Context())[0], api.FindingNote, "no logins are read")
}

// A container with a restart policy needs somebody who honours it.
func TestRestartPoliciesNeedSomebody(t *testing.T) {
	cfg := ground(t)
	st := up(t, cfg)
	c, err := daemon.Dial(t.Context(), st.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx := namespaces.WithNamespace(t.Context(), "default")
	if _, err := c.ContainerService().Create(ctx, containers.Container{ID: "web", Labels: map[string]string{record.LabelRestartPolicy: "always"},
		Runtime: containers.RuntimeInfo{Name: "io.containerd.runc.v2"}}); err != nil {
		t.Fatal(err)
	}
	look := func() []api.Finding { return Examine(t.Context(), Config{Daemon: cfg, DockerConfigDir: cfg.RunRoot}) }
	found := look()
	want(t, find(t, found, "keeper"), api.FindingOK, "pid "+strconv.Itoa(st.Keeper))
	want(t, find(t, found, "restarts"), api.FindingOK, "restart policy: 1")
	want(t, find(t, found, "at boot"), api.FindingWarn, "restart policy are not either: 1")

	signal(t, st.Keeper)
	found = look()
	want(t, find(t, found, "keeper"), api.FindingWarn, "gantry engine up")
	want(t, find(t, found, "restarts"), api.FindingWarn, "nobody keeps up")
	if err := c.ContainerService().Delete(ctx, "web"); err != nil {
		t.Fatal(err)
	}
	want(t, find(t, look(), "at boot"), api.FindingNote)
}

// signal kills one process that is ours and waits until it is gone.
func signal(t *testing.T, pid int) {
	t.Helper()
	fd, err := keeper.Watch(pid)
	if err != nil || fd < 0 {
		t.Fatalf("pid %d: %v", pid, err)
	}
	defer unix.Close(fd)
	if err := unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0); err != nil {
		t.Fatal(err)
	}
	if gone, err := keeper.Await(t.Context(), fd, 10*time.Second); !gone {
		t.Fatalf("pid %d does not end: %v", pid, err)
	}
	keeper.Reap(pid)
}
