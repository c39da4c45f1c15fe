package keeper

import (
	"os"
	"testing"
)

// A number that means many processes must never come near kill or wait.
func TestOnlyOneProcessIsEverMeant(t *testing.T) {
	for _, pid := range []int{-1, 0, 1, -4711} {
		if fd, err := Watch(pid); err == nil || fd >= 0 {
			t.Errorf("Watch(%d) gives a handle: %d", pid, fd)
		}
		if ended, _ := Reap(pid); ended {
			t.Errorf("Reap(%d) collected something", pid)
		}
	}
	for _, content := range []string{"-1", "0", "1", "", "x", "999999999"} {
		dir := t.TempDir()
		if err := os.WriteFile(LockFile(dir), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if pid := Daemon(dir); pid != 0 {
			t.Errorf("a lock that says %q is held by %d", content, pid)
		}
	}
}
