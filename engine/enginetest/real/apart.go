package real

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// apartEnv says that this process is in a network namespace of its own already.
const apartEnv = "GANTRY_TEST_APART"

// Outside reports whether this process is the one that Apart has yet to run again, and so has
// the host's network.
func Outside() bool {
	called := len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") // as the gantry that it stands for
	return !called && os.Getenv(apartEnv) == "" && os.Geteuid() == 0
}

// Apart runs this program again in a network namespace of its own, in which there is only a
// loopback, and ends with its exit code. In place of each folder to be hidden it sees an empty
// one that goes with it. Apart returns in the one that is there, and where there can be none:
// without root.
func Apart(hide ...string) {
	if os.Geteuid() != 0 {
		return
	}
	if os.Getenv(apartEnv) != "" {
		lo, err := netlink.LinkByName("lo")
		if err == nil {
			err = netlink.LinkSetUp(lo)
		}
		if err == nil {
			err = cover(hide)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "a place apart for the tests:", err)
			os.Exit(1)
		}
		return
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), apartEnv+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if len(hide) > 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWNS
	}
	made, err := makeAll(hide)
	if err == nil {
		err = cmd.Run()
	}
	for _, dir := range made {
		_ = os.Remove(dir) // it stays if somebody has come to use it
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		os.Exit(exit.ExitCode())
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// makeAll makes the folders that are missing, and tells which those were, the deepest first.
func makeAll(dirs []string) (made []string, err error) {
	for _, dir := range dirs {
		for d := dir; ; d = filepath.Dir(d) {
			if _, err := os.Lstat(d); err == nil {
				break
			}
			made = append(made, d)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return made, err
		}
	}
	return made, nil
}

// cover mounts empty folders over some, in this process's mount namespace alone.
func cover(dirs []string) error {
	if len(dirs) == 0 {
		return nil
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	for _, dir := range dirs {
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=755"); err != nil {
			return fmt.Errorf("hide %s: %w", dir, err)
		}
	}
	return nil
}
