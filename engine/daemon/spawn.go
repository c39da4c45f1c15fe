package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"gantry/engine/bundle"
	"gantry/engine/daemon/inherit"
	"gantry/engine/daemon/keeper"
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

// child is a keeper that was just started.
type child struct {
	pid   int   // 0 if it is systemd's child, and not ours
	unit  bool  // it is systemd's
	logAt int64 // where its part of the log begins
}

// plan writes down how the daemon is started, for its keeper; binDir has its programs.
func (c Config) plan(ep Endpoint, binDir string) error {
	program := c.Program
	if len(program) == 0 {
		program = []string{filepath.Join(binDir, bundle.Daemon)}
	}
	raw, err := renderConfig(ep)
	if err != nil {
		return err
	}
	conf := filepath.Join(ep.DataRoot, "containerd.toml")
	if err := keeper.Replace(conf, raw); err != nil {
		return err
	}
	return keeper.Plan{Program: program, Config: conf, Env: c.environment(binDir), Address: ep.Address, StateDir: ep.StateDir}.Write(ep.DataRoot)
}

// spawn starts a keeper, in a session of its own or as a unit of systemd's. A lock that is
// given is passed on to it, or given up for it to take: it is closed in any case.
func (c Config) spawn(ctx context.Context, ep Endpoint, lock *os.File) (_ child, err error) {
	log, at, err := keeper.OpenLog(ep.DataRoot)
	if err != nil {
		// A disk that is too full for a log is no reason not to run.
		if log, err = os.OpenFile(os.DevNull, os.O_WRONLY, 0); err != nil {
			return child{}, errors.Join(err, closeLock(lock))
		}
		at = -1
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	if c.hasSystemd() {
		if err := closeLock(lock); err != nil {
			return child{}, err
		}
		if err = c.runUnit(ctx, ep); err == nil {
			return child{unit: true, logAt: at}, nil
		}
		c.Log.Warn("the engine's keeper is not a unit of systemd's, it was started as a plain process", "err", err)
		lock = nil
	}
	cmd := exec.Command(ep.Helper, keeperRole(), ep.DataRoot)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + systemPath}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if lock != nil {
		cmd.ExtraFiles = []*os.File{lock}
		cmd.Env = append(cmd.Env, inherit.LockVariable)
	}
	if err := errors.Join(cmd.Start(), closeLock(lock)); err != nil {
		return child{}, fmt.Errorf("start the engine's keeper: %w", err)
	}
	// Read before Release, which sets it to -1: that number means every process of the
	// host to kill, and any child to wait.
	pid := cmd.Process.Pid
	// Released, because it outlives this process; reap collects it if it does not.
	return child{pid: pid, logAt: at}, cmd.Process.Release()
}

func closeLock(lock *os.File) error {
	if lock == nil {
		return nil
	}
	return lock.Close()
}

func (c Config) environment(binDir string) []string {
	env := []string{"PATH=" + binDir + ":" + systemPath}
	for _, name := range passedOn {
		if v := c.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// gantryIn is the copy of gantry that the engine's containers call.
func gantryIn(ep Endpoint) string { return filepath.Join(ep.DataRoot, "bin", "gantry") }
