package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

// newPrefix begins a state dir that is still being filled, gonePrefix one being removed.
const (
	newPrefix  = ".new-"
	gonePrefix = ".gone-"
)

// New is what a container's files are made from.
type New struct {
	ID         string
	Name       string
	Hostname   string
	Log        LogConfig
	Ports      []api.Port
	Request    api.CreateRequest
	ResolvConf []byte // nil: made from the request and the host's
	Hosts      []byte // nil: made from the request
}

// Create makes the container's state dir and its hosts file, and returns holding the
// container's lock: while it is held nobody takes the half-made container for a leftover
// nor its name from it. Call it before AcquireName. The state dir appears at once and
// whole; on an error nothing is left of it.
func (s *Store) Create(n New) (unlock func(), err error) {
	if n.ResolvConf == nil {
		n.ResolvConf = resolvFor(n.Request)
	}
	if n.Hosts == nil {
		n.Hosts = hostsFor(n.Request)
	}
	dir, tmp := s.Dir(n.ID), filepath.Join(s.containersDir(), newPrefix+n.ID)
	lock, err := s.prepare(tmp, n)
	if err == nil && fileExists(dir) {
		err = fmt.Errorf("%s: %w", dir, fs.ErrExist)
	}
	if err == nil {
		err = os.Rename(tmp, dir)
	}
	if err == nil {
		if err = s.createHosts(n); err == nil {
			return func() { _ = lock.Close() }, nil
		}
		err = errors.Join(err, os.RemoveAll(dir))
	}
	err = errors.Join(err, os.RemoveAll(tmp))
	if lock != nil {
		err = errors.Join(err, lock.Close())
	}
	return nil, fmt.Errorf("make the container's records: %w", err)
}

// prepare fills a directory that nobody looks at yet, and locks it.
func (s *Store) prepare(tmp string, n New) (*os.File, error) {
	early := filepath.Join(tmp, newPrefix+opLock)
	if err := os.MkdirAll(early, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.Open(early)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return lock, err
	}
	// Under its name the lock is there only once it is held: a sweep may go by that.
	if err := os.Rename(early, filepath.Join(tmp, opLock)); err != nil {
		return lock, err
	}
	d := StateDir(tmp)
	for _, write := range []func() error{
		func() error { return d.SetRequest(n.Request) },
		func() error { return writeJSON(d.file(logConfigFile), n.Log) },
		func() error { return writeJSON(d.file(networkFile), NetworkConfig{portMappings(n.Ports)}) },
		func() error { return writeInPlace(d.file(hostnameFile), []byte(n.Hostname+"\n"), 0o644) },
		func() error { return writeInPlace(d.file(resolvFile), n.ResolvConf, 0o644) },
		func() error { return writeInPlace(LogPath(tmp, n.ID), nil, 0o600) },
	} {
		if err := write(); err != nil {
			return lock, err
		}
	}
	return lock, nil
}

// createHosts makes the hosts file under the lock of the namespace's hosts files.
func (s *Store) createHosts(n New) error {
	return WithDirLock(s.HostsRoot(), func() error {
		dir := s.hostsDir(n.ID)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		if err := writeJSON(filepath.Join(dir, metaFile), newMeta(n)); err != nil {
			return err
		}
		return writeInPlace(filepath.Join(dir, hostsFile), n.Hosts, 0o644)
	})
}

// Remove frees the container's name and deletes its hosts file and state dir, in this
// order, so that after a crash the state dir still tells of the rest. The caller holds its
// lock and has deleted its containerd record. What is not there is not an error.
func (s *Store) Remove(id string) error {
	err := s.releaseNames(id)
	if fileExists(s.hostsDir(id)) {
		err = errors.Join(err, WithDirLock(s.HostsRoot(), func() error { return os.RemoveAll(s.hostsDir(id)) }))
	}
	// Renamed first, so that whoever waits for the lock cannot get in between.
	gone := filepath.Join(s.containersDir(), gonePrefix+id)
	switch rerr := os.Rename(s.Dir(id), gone); {
	case rerr == nil:
		err = errors.Join(err, os.RemoveAll(gone))
	case !errors.Is(rerr, fs.ErrNotExist):
		err = errors.Join(err, rerr)
	}
	if err != nil {
		return fmt.Errorf("remove the container's records: %w", err)
	}
	return nil
}

// SetStarted records when the container's process was started.
func (s *Store) SetStarted(id string, at time.Time) error {
	return s.State(id).SetLifecycle(Lifecycle{StartedAt: at.UTC()})
}
