package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"gantry/engine/api"
	"gantry/engine/bundle"
	"gantry/engine/daemon"
)

// ground is a data root whose engine ends with the test.
func ground(t *testing.T) daemon.Config {
	t.Helper()
	if os.Geteuid() != 0 || !bundle.Present() {
		if os.Getenv("GANTRY_TEST_ENGINE") == "require" {
			t.Fatal("the engine is to be tested, and that needs root and the payload of go generate")
		}
		t.Skip("needs root and the payload of go generate")
	}
	cfg := alone(place(t))
	cfg.RunRoot = place(t)
	for _, dir := range []string{cfg.DataRoot, cfg.RunRoot} {
		if err := os.Chmod(dir, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	cfg.Mode = daemon.Embedded
	t.Cleanup(func() {
		ep, err := daemon.Choose(context.Background(), cfg)
		if err := errors.Join(err, daemon.Down(context.Background(), cfg, ep)); err != nil {
			t.Error(err)
		}
	})
	return cfg
}

func up(t *testing.T, cfg daemon.Config) daemon.Status {
	t.Helper()
	ep, err := daemon.Choose(t.Context(), cfg)
	if err == nil {
		err = daemon.Up(t.Context(), cfg, ep)
	}
	if err != nil {
		t.Fatal(err)
	}
	st, err := daemon.Current(t.Context(), cfg)
	if err != nil || !st.Running {
		t.Fatalf("%+v, %v", st, err)
	}
	return st
}

func TestAnEngineThatRunsAndIsKilled(t *testing.T) {
	cfg := ground(t)
	st := up(t, cfg)
	cfg.Mode = daemon.Auto
	look := func() []api.Finding { return Examine(t.Context(), Config{Daemon: cfg, DockerConfigDir: cfg.RunRoot}) }
	found := look()
	want(t, find(t, found, "engine"), api.FindingOK, "embedded, as last time: containerd "+st.Version, "pid ")
	want(t, find(t, found, "socket"), api.FindingOK, "root:root 06")
	want(t, find(t, found, "for nerdctl"), api.FindingOK, "nerdctl --address "+st.Endpoint.Address+" --data-root "+st.Endpoint.RecordRoot)
	want(t, find(t, found, "leftovers"), api.FindingOK)

	// What a kill -9 between two steps of create leaves.
	write(t, st.Endpoint.RecordStore, map[string]string{"containers/default/0123abcd/gantry-request.json": "{}"})
	want(t, find(t, look(), "leftovers"), api.FindingNote, "state dirs 1, names 0")

	// The same engine as somebody else's.
	other := alone(place(t))
	other.SystemSockets = []daemon.Candidate{{Name: "k3s", Address: st.Endpoint.Address}}
	found = Examine(t.Context(), Config{Daemon: other, DockerConfigDir: cfg.RunRoot})
	want(t, find(t, found, "other engines"), api.FindingNote, "containerd "+st.Version+" serves", "--address "+st.Endpoint.Address)

	signal(t, st.Keeper)
	signal(t, st.PID)
	found = look()
	want(t, find(t, found, "engine"), api.FindingNote, "not running")
	want(t, find(t, found, "socket"), api.FindingNote, "killed", "replaces it")
	want(t, find(t, found, "leftovers"), api.FindingNote, "cannot be asked")
}

// A user without rights gets what can be told, and no guess for a fact.
func TestAnotherUser(t *testing.T) {
	cfg := ground(t)
	up(t, cfg)
	program := filepath.Join(cfg.RunRoot, "doctor.test")
	copyFile(t, "/proc/self/exe", program)
	cmd := exec.Command(program, "doctor", cfg.DataRoot)
	cmd.Env, cmd.Dir = []string{"HOME=/"}, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, errOut.String())
	}
	var found []api.Finding
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	want(t, find(t, found, "user"), api.FindingWarn, "65534", "not root")
	want(t, find(t, found, "engine"), api.FindingBad, "a guess", "sudo")
	want(t, find(t, found, "engine log"), api.FindingNote, "cannot be read")
	want(t, find(t, found, "data root"), api.FindingNote, "not for this user")
	want(t, find(t, found, "for nerdctl"), api.FindingNote, "as root")
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if err := errors.Join(err, out.Close()); err != nil {
		t.Fatal(err)
	}
}
