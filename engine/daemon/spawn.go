package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"gantry/engine/daemon/inherit"
)

// systemPath is where the daemon, its shims and their hooks find the host's programs.
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// passedOn are the variables that reach the daemon. It lives longer than the session
// that starts it, and its containers' hooks and loggers get its environment, so nothing
// else of that session goes along.
var passedOn = []string{
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "TZ",
}

// child is a daemon that was just started.
type child struct {
	pid   int
	logAt int64 // where its part of the log begins
}

// spawn starts the linked daemon in a session of its own, with the lock as its own. The
// caller holds the lock and closes its copy.
func (c Config) spawn(ep Endpoint, binDir string, lock *os.File) (child, error) {
	argv := c.Program
	if len(argv) == 0 {
		self, err := os.Executable()
		if err != nil {
			return child{}, fmt.Errorf("find this program: %w", err)
		}
		argv = []string{self, "containerd"}
	}
	conf := filepath.Join(ep.DataRoot, "containerd.toml")
	raw, err := renderConfig(ep)
	if err != nil {
		return child{}, err
	}
	if err := writeAtomic(conf, raw); err != nil {
		return child{}, err
	}
	if err := removeSockets(ep); err != nil {
		return child{}, err
	}
	log, at, err := openLog(ep.DataRoot)
	if err != nil {
		return child{}, err
	}
	cmd := exec.Command(argv[0], append(append([]string{}, argv[1:]...), "--config", conf)...)
	cmd.Dir = "/"
	cmd.Env = c.environment(binDir)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{lock}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	if err := errors.Join(err, log.Close()); err != nil {
		return child{}, fmt.Errorf("start the daemon: %w", err)
	}
	// Read before Release, which sets it to -1: that number means every process of the
	// host to kill, and any child to wait.
	pid := cmd.Process.Pid
	// Released, because it outlives this process; reap collects it if it does not.
	return child{pid: pid, logAt: at}, cmd.Process.Release()
}

func (c Config) environment(binDir string) []string {
	env := []string{"PATH=" + binDir + ":" + systemPath, inherit.LockVariable}
	for _, name := range passedOn {
		if v := c.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// removeSockets takes away what a killed daemon left: a first dial that fails would cost
// gRPC a second of waiting. Only the holder of the lock may do this.
func removeSockets(ep Endpoint) error {
	for _, name := range []string{ep.Address, ep.Address + ".ttrpc"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove a stale socket: %w", err)
		}
	}
	return nil
}
