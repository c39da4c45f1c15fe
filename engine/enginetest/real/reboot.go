package real

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"gantry/engine/daemon"
	"gantry/engine/daemon/keeper"
	"gantry/engine/network"
	"gantry/engine/network/nft"
)

// Reboot does to an embedded engine what the end of its host's power does, all of its processes
// at once and whatever lay in memory, and then starts it as its unit does at boot. No gantry
// need be there.
func (e *Env) Reboot(t testing.TB) {
	t.Helper()
	if err := e.powerOff(); err != nil {
		t.Fatalf("end the engine as a loss of power does: %v", err)
	}
	cmd := exec.Command(e.Endpoint.Helper, fmt.Sprintf("%s%d", keeper.Role, keeper.Format), e.Endpoint.DataRoot)
	cmd.Dir, cmd.Env = "/", []string{"PATH=" + os.Getenv("PATH")}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait() }() // it ends with the engine
	for late := time.Now().Add(30 * time.Second); !keeper.Knock(e.Endpoint.Address); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatal("the engine does not serve after the reboot")
		}
	}
}

// powerOff lets nobody write down anything: those who would go first.
func (e *Env) powerOff() error {
	ep := e.Endpoint
	st, err := daemon.Current(context.Background(), e.Config)
	if err != nil || st.PID < 2 || st.Keeper < 2 {
		return fmt.Errorf("the engine and its keeper do not run: %w", err)
	}
	err = errors.Join(kill(st.Keeper), kill(st.PID))
	helpers := processes(func(argv []string) bool {
		return argv[0] == ep.Helper || strings.HasPrefix(argv[0], filepath.Dir(ep.Helper)+"/")
	})
	for _, p := range append(helpers, shims(ep.Address, "")...) {
		err = errors.Join(err, kill(p.pid))
	}
	err = errors.Join(err, clearCgroups(ep.CgroupParent))
	for _, dir := range []string{ep.StateDir, filepath.Join(ep.DataRoot, "containerd"), ep.RecordRoot} {
		err = errors.Join(err, unmountBelow(dir))
	}
	err = errors.Join(err, os.RemoveAll(ep.StateDir), nft.Table{Name: network.TableName(ep.DataRoot)}.Remove())
	all, lerr := netlink.LinkList()
	for _, l := range all {
		if l.Type() == "bridge" || l.Type() == "veth" {
			_ = netlink.LinkDel(l) // the other end of a link goes with the first
		}
	}
	return errors.Join(err, lerr)
}
