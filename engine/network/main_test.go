package network

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/network/conflist"
	"gantry/engine/network/wire"
)

const roleVar = "GANTRY_NETWORK_TEST_ROLE"

// The tests run in a network namespace of their own, since removing a network looks at
// bridges and tables.
func TestMain(m *testing.M) {
	if os.Getenv(roleVar) != "" {
		os.Exit(m.Run())
	}
	if os.Geteuid() != 0 {
		fmt.Fprintln(os.Stderr, "these tests need root for a network namespace of their own")
		if os.Getenv("GANTRY_TEST_ENGINE") == "require" {
			os.Exit(1)
		}
		return
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), roleVar+"=host")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		os.Exit(exit.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// engine is an engine's networks in a directory of their own, on a host that has the
// subnets given.
func engine(t *testing.T, taken ...string) *Networks {
	dir := t.TempDir()
	return Open(Config{
		Dir: conflist.Dir{Path: filepath.Join(dir, "net.d"), Namespace: "default"}, Namespace: "default", Bridge: "gtest0",
		Instance: wire.Instance{
			Table: TableName(dir), Addresses: filepath.Join(dir, "addresses"),
			Lock: filepath.Join(dir, "lock"), Hosts: filepath.Join(dir, "etchosts"),
		},
		Taken: func(string) (ps []netip.Prefix, err error) {
			for _, s := range taken {
				ps = append(ps, netip.MustParsePrefix(s))
			}
			return ps, nil
		},
		Now: func() time.Time { return time.Date(2026, 11, 23, 12, 13, 29, 0, time.UTC) },
	})
}
