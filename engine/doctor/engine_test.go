package doctor

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gantry/engine/api"
	"gantry/engine/daemon"
)

// place is a short folder for sockets.
func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "gd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// stale makes a socket that nobody listens on.
func stale(t *testing.T, name string) string {
	t.Helper()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAnAddressThatDoesNotServe(t *testing.T) {
	dir := place(t)
	write(t, dir, map[string]string{"file": ""})
	left := stale(t, dir+"/left.sock")
	for _, tc := range []struct {
		name, address  string
		engine, socket []string
		socketLevel    api.FindingLevel // "" is no finding
	}{
		{"nothing there", dir + "/none.sock", []string{"by --address", "no containerd at", "leave --address out"}, nil, ""},
		{"stale", left, []string{"nobody listens", "start that containerd"}, []string{"killed"}, api.FindingNote},
		{"a file", dir + "/file", nil, []string{"not a socket"}, api.FindingBad},
		{"too long", dir + "/" + strings.Repeat("x", 108), []string{"too long"}, []string{"107 fit"}, api.FindingBad},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := alone(dir + "/root")
			cfg.Address = tc.address
			found := Examine(t.Context(), Config{Daemon: cfg, DockerConfigDir: dir})
			want(t, find(t, found, "engine"), api.FindingBad, tc.engine...)
			if tc.socketLevel != "" {
				want(t, find(t, found, "socket"), tc.socketLevel, tc.socket...)
			}
		})
	}
}

// The flag takes the variable as its default; who set none must not be told of the flag.
func TestTheVariableIsNamedWhenItDecides(t *testing.T) {
	dir := place(t)
	cfg := alone(dir + "/root")
	cfg.Getenv = func(k string) string { return map[string]string{addressEnv: dir + "/none.sock"}[k] }
	for _, address := range []string{"", dir + "/none.sock"} {
		cfg.Address = address
		found := Examine(t.Context(), Config{Daemon: cfg, DockerConfigDir: dir})
		want(t, find(t, found, "engine"), api.FindingBad, "by CONTAINERD_ADDRESS", "unset CONTAINERD_ADDRESS")
	}
}

func TestWhatDecidesBesides(t *testing.T) {
	dir := place(t)
	if os.Geteuid() != 0 {
		t.Skip("the embedded engine needs root")
	}
	cfg := alone(dir + "/root")
	cfg.RunRoot = dir + "/run"
	look := func() []api.Finding { return Examine(t.Context(), Config{Daemon: cfg, DockerConfigDir: dir}) }
	want(t, find(t, look(), "engine"), api.FindingNote, "since no containerd of the host serves", "not running")

	cfg.Mode = daemon.Embedded
	want(t, find(t, look(), "engine"), api.FindingNote, "by --engine")
	cfg.Mode = "both"
	want(t, find(t, look(), "engine"), api.FindingBad, `"both"`, "auto, system or embedded")

	cfg.Mode = daemon.Auto
	write(t, cfg.DataRoot, map[string]string{choiceFile: `{"version":1,"kind":"system","address":"` + dir + `/gone.sock"}`})
	want(t, find(t, look(), "engine"), api.FindingBad, "as last time", "is down", "start that containerd")
	write(t, cfg.DataRoot, map[string]string{choiceFile: "{"})
	want(t, find(t, look(), "engine"), api.FindingBad, "damaged", "rm "+filepath.Join(cfg.DataRoot, choiceFile))
}

func TestOthersAreKnockedAt(t *testing.T) {
	dir := place(t)
	cfg := alone(dir + "/root")
	cfg.RunRoot = dir + "/run"
	cfg.SystemSockets = []daemon.Candidate{
		{Name: "k3s", Address: stale(t, dir+"/k3s.sock")}, {Name: "microk8s", Address: dir + "/none.sock"},
	}
	found := Examine(t.Context(), Config{Daemon: cfg, DockerConfigDir: dir})
	want(t, find(t, found, "other engines"), api.FindingNote, "k3s at "+dir+"/k3s.sock", "nobody listens")

	cfg.Address = dir + "/k3s.sock" // chosen, so it is no other one
	found = Examine(t.Context(), Config{Daemon: cfg, DockerConfigDir: dir})
	want(t, find(t, found, "other engines"), api.FindingOK, "none found")
}

func TestAFailedStartIsRemembered(t *testing.T) {
	dir := place(t)
	write(t, dir, map[string]string{engineLogFile: strings.Repeat("x\n", logTail) + "containerd: no space left on device\n"})
	e := bench(t, dir, nil)
	want(t, e.engineLog(t.Context())[0], api.FindingWarn, "no space left on device", engineLogFile)
	e.status.Running = true
	if f := e.engineLog(t.Context()); f != nil {
		t.Errorf("while it runs: %+v", f)
	}
}
