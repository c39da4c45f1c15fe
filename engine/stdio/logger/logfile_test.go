package logger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestALineThatALoggerWasKilledInIsEnded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte(`{"log":"whole"}`+"\n"+`{"log":"ha`), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := openLog(path)
	if err != nil {
		t.Fatal(err)
	}
	l.write([]byte("next\n"))
	l.close()
	b, _ := os.ReadFile(path)
	if got := strings.Split(string(b), "\n"); len(got) != 4 || got[2] != "next" {
		t.Errorf("%q", b)
	}
}

func TestTheLogTellsWhatAFullDiskHasCost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l, err := openLog(path)
	if err != nil {
		t.Fatal(err)
	}
	good := l.f
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	l.f = full
	l.write([]byte("a\nb\n"))
	l.write([]byte("c\n"))
	full.Close()
	l.f = good
	l.write([]byte("d\n"))
	l.close()
	b, _ := os.ReadFile(path)
	if got := strings.Split(string(b), "\n"); len(got) != 3 || !strings.Contains(got[0], "3 lines could not be written") || got[1] != "d" {
		t.Errorf("%q", b)
	}
}

func TestOOMIsReadFromTheMemoryControllerOfEitherVersion(t *testing.T) {
	for name, c := range map[string]struct{ cgroup, file, content string }{
		"v2": {"0::/default/c1\n", "default/c1/memory.events", "low 0\noom 2\noom_kill 1\n"},
		"v1": {"12:pids:/default/c1\n4:cpu,memory:/default/c1\n0::/\n", "memory/default/c1/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n"},
	} {
		proc, root := t.TempDir(), t.TempDir()
		write(t, filepath.Join(proc, "42", "cgroup"), c.cgroup)
		write(t, filepath.Join(root, c.file), c.content)
		file := oomFile(proc, root, 42)
		if !oomKilled(file) {
			t.Errorf("%s: not seen in %q", name, file)
		}
		write(t, file, strings.Replace(c.content, "oom_kill 1", "oom_kill 0", 1))
		if oomKilled(file) {
			t.Errorf("%s: seen where there is none", name)
		}
		if got := oomFile(proc, root, 43); got != "" || oomKilled(got) {
			t.Errorf("%s: a process that is gone has %q", name, got)
		}
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
