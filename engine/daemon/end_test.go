package daemon

import (
	"os"
	"strings"
	"testing"
)

// A number that means many processes must never come near kill or wait.
func TestOnlyOneProcessIsEverMeant(t *testing.T) {
	for _, pid := range []int{-1, 0, 1, -4711} {
		if fd, err := watch(pid); err == nil || fd >= 0 {
			t.Errorf("watch(%d) gives a handle: %d", pid, fd)
		}
		if ended, _ := reap(pid); ended {
			t.Errorf("reap(%d) collected something", pid)
		}
	}
	for _, content := range []string{"-1", "0", "1", "", "x", "999999999"} {
		dir := t.TempDir()
		if err := os.WriteFile(lockFile(dir), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if pid := holder(dir); pid != 0 {
			t.Errorf("a lock that says %q is held by %d", content, pid)
		}
	}
}

// What spawn returns is used for signals, so it is checked against the process itself.
func TestSpawnKnowsItsChild(t *testing.T) {
	cfg := ground(t).withDefaults()
	cfg.Program = []string{"/bin/sh", "-c", "exit 0"}
	ep, err := Choose(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(ep.StateDir, 0o711); err != nil {
		t.Fatal(err)
	}
	lock, err := tryLock(ep.DataRoot)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	child, err := cfg.spawn(ep, "/nowhere", lock)
	if err != nil {
		t.Fatal(err)
	}
	if !oneProcess(child.pid) {
		t.Fatalf("the child's number is %d", child.pid)
	}
	for {
		if ended, how := reap(child.pid); ended {
			if !strings.Contains(ending(how), "code 0") {
				t.Errorf("it %s", ending(how))
			}
			return
		}
		if err := pause(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
