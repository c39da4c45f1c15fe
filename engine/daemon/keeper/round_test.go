package keeper

import (
	"os"
	"path/filepath"
	"testing"
)

// A daemon that is killed the moment it serves is one that has served, and is started again; one
// that ends without having listened is not.
func TestADaemonThatLeavesItsSocketHasServed(t *testing.T) {
	for _, listened := range []bool{true, false} {
		dir := t.TempDir()
		k := &keeping{plan: Plan{StateDir: dir, Address: filepath.Join(dir, "socket")}}
		if listened {
			if err := os.WriteFile(k.plan.Address, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		ended := make(chan string, 1)
		ended <- "killed"
		if how, over := k.untilServing(t.Context(), ended); !over || how != "killed" || k.served != listened {
			t.Errorf("listened %t: %q, over %t, served %t", listened, how, over, k.served)
		}
	}
}
