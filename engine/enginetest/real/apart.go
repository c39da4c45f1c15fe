package real

import (
	"errors"
	"fmt"
	"io"
	"math"
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
func Apart(hide ...string) { apart([][]string{os.Args[1:]}, hide) }

// apart is Apart for one run or several.
func apart(runs [][]string, hide []string) {
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
	made, err := makeAll(hide)
	code := 1
	if err == nil {
		code, err = again(runs, len(hide) > 0)
	}
	for _, dir := range made {
		_ = os.Remove(dir) // it stays if somebody has come to use it
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// again runs this program once with each list of arguments, all at the same time and each in a
// place of its own. What those after the first say comes when the first has ended. The exit
// code is the worst of theirs.
func again(runs [][]string, hides bool) (code int, err error) {
	type part struct {
		cmd  *exec.Cmd
		said *os.File
	}
	var all []part
	for i, args := range runs {
		p := part{exec.Command("/proc/self/exe", args...), os.Stdout}
		p.cmd.Env = append(os.Environ(), apartEnv+"=1")
		p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		if i > 0 {
			// A file: a pipe would be waited for until the last daemon has closed it.
			if p.said, err = os.CreateTemp("", ""); err != nil {
				break
			}
			defer p.said.Close()
			_ = os.Remove(p.said.Name())
			p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = nil, p.said, p.said
		}
		p.cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
		if hides {
			p.cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWNS
		}
		if err = p.cmd.Start(); err != nil {
			break
		}
		all = append(all, p)
	}
	if err != nil {
		code = 1
	}
	for i, p := range all {
		werr := p.cmd.Wait()
		if i > 0 {
			_, cerr := io.Copy(os.Stdout, io.NewSectionReader(p.said, 0, math.MaxInt64))
			err = errors.Join(err, cerr)
		}
		if exit, ok := errors.AsType[*exec.ExitError](werr); ok && exit.ExitCode() > 0 {
			code = max(code, exit.ExitCode())
		} else if werr != nil {
			code, err = max(code, 1), errors.Join(err, werr)
		}
	}
	return code, err
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
