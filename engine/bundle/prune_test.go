package bundle

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestPruneKeepsWhatIsUsed(t *testing.T) {
	needPayload(t)
	dir, state := t.TempDir(), t.TempDir()
	files, err := Unpack(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	old := func(name string) string {
		home := filepath.Join(dir, name)
		if err := os.Mkdir(home, 0o755); err != nil {
			t.Fatal(err)
		}
		return home
	}
	unneeded, run, path, written := old("0123456789abcde0"), old("0123456789abcde1"), old("0123456789abcde2"), old("0123456789abcde3")
	planned := old("0123456789abcde4")
	other := old("not-a-digest")

	// One is run from, one is in a PATH, one is where a container's shim was started from, one is
	// where the engine is to be started from at boot.
	program := filepath.Join(run, "sleeper")
	raw, err := os.ReadFile("/bin/sleep")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, raw, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range []*exec.Cmd{exec.Command(program, "600"), exec.Command("/bin/sleep", "600")} {
		cmd.Env = []string{"PATH=/bin"}
		if cmd.Path == "/bin/sleep" {
			cmd.Env = []string{"PATH=" + path + ":/bin"}
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	}
	shim := filepath.Join(state, "containerd/io.containerd.runtime.v2.task/default/c1")
	if err := os.MkdirAll(shim, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(shim, "shim-binary-path"), []byte(filepath.Join(written, Shim)), 0o600); err != nil {
		t.Fatal(err)
	}

	plan := filepath.Join(state, "plan.json")
	if err := os.WriteFile(plan, []byte(`{"program":["`+filepath.Join(planned, Daemon)+`"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Prune(t.Context(), dir, state, plan); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(unneeded); err == nil {
		t.Error("what nobody uses is left")
	}
	for _, home := range []string{files.Dir, run, path, written, planned, other} {
		if _, err := os.Stat(home); err != nil {
			t.Errorf("what is used is gone: %v", err)
		}
	}
}
