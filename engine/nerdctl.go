package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/network/names"
	"gantry/engine/network/plugin"
	"gantry/engine/network/wire"
)

// nerdctlRun is where nerdctl keeps the numbers of its helpers.
const nerdctlRun = "/run/nerdctl"

// nerdctlNetworks are the networks of a container of nerdctl's as a lease: its hook sets them
// up by plugins, and writes down what came of it.
func (e *Engine) nerdctlNetworks(l *link, c api.Container) (wire.Lease, error) {
	lease := wire.Lease{ID: c.ID, Owner: e.cfg.Namespace + "-" + c.ID, Instance: l.networks.Instance()}
	lease.Instance.ConfDir = l.end.NetworkDir()
	var err error
	if lease.Endpoints, err = names.Noted(l.records.HostsRoot(), c.ID); err != nil {
		return lease, fmt.Errorf("read its addresses: %w", err)
	}
	for _, p := range c.Ports {
		lease.Ports = append(lease.Ports, wire.Port{Host: p.HostPort, Container: p.ContainerPort, Protocol: p.Protocol})
	}
	return lease, nil
}

// releaseNerdctl gives back what a stopped container of nerdctl's holds: nerdctl's own hook
// would do so only when the task is deleted, and with it the exit code. nerdctl stop does the
// same. That it fails is no reason for the stop to fail.
func (e *Engine) releaseNerdctl(ctx context.Context, l *link, c api.Container) {
	if c.Owner != api.OwnerNerdctl {
		return
	}
	lease, err := e.nerdctlNetworks(l, c)
	for _, p := range lease.Endpoints {
		err = errors.Join(err, plugin.Runner{}.Del(ctx, lease, p))
	}
	err = errors.Join(err, endReserver(filepath.Join(nerdctlRun, e.cfg.Namespace, c.ID, "port-reserver.pid")))
	if err != nil {
		e.log.Warn("release what nerdctl's container holds", "id", c.ID, "err", err)
	}
}

// endReserver ends the process with which nerdctl's hook holds published ports: a sleep.
func endReserver(file string) error {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || pid < 2 {
		return fmt.Errorf("%s holds no number of a process", file)
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err == nil {
		defer unix.Close(fd)
		// The number may have gone to another process; this one cannot change any more.
		if argv, rerr := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); rerr == nil && strings.HasPrefix(string(argv), "sleep\x00infinity") {
			err = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
		}
	}
	if err != nil && !errors.Is(err, unix.ESRCH) {
		return err
	}
	return os.Remove(file)
}
