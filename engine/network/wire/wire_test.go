package wire

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
)

func TestAStartIsToldFromTheNext(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	s := StartOf(cmd.Process.Pid)
	if !s.Alive() || s.Ticks == 0 || s.Boot == "" {
		t.Errorf("%+v of a live process", s)
	}
	reused := s
	reused.Ticks++
	if s.Same(reused) || reused.Alive() {
		t.Error("a number used again is taken for the same start")
	}
	if unknown := (Start{Pid: s.Pid}); !s.Same(unknown) {
		t.Error("of a process that is gone only the number is known")
	}
	cmd.Process.Kill()
	cmd.Wait()
	if s.Alive() {
		t.Error("alive after its end")
	}
	if rebooted := (Start{Boot: "0", Pid: os.Getpid(), Ticks: StartOf(os.Getpid()).Ticks}); rebooted.Alive() {
		t.Error("a start before a reboot is taken for alive")
	}
}

func TestAPlanIsReadAsItWasWritten(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadPlan(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none yet: %v", err)
	}
	p := Plan{Version: Version, ID: "a", Namespace: "n", Ports: []Port{{HostIP: netip.MustParseAddr("::1"), Host: 1, Container: 2, Protocol: "udp"}},
		Networks: []Network{{Name: "x", Driver: Bridge, Sets: []Set{{{Subnet: netip.MustParsePrefix("10.0.0.0/24"), Start: netip.MustParseAddr("10.0.0.1")}}}}}}
	if err := WritePlan(dir, p); err != nil {
		t.Fatal(err)
	}
	got, err := ReadPlan(dir)
	if err != nil || !reflect.DeepEqual(got, p) {
		t.Errorf("%+v, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(dir, PlanFile), []byte(`{"version":2}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadPlan(dir); err == nil {
		t.Error("a newer format was read")
	}
}
