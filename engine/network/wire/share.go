package wire

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The files of a state dir by which containers share a network.
const (
	ShareFile = "gantry-share.json"
	spaceFile = "gantry-netns"
)

// Share says whose network a container has. Its spec names the link at SpacePath, which leads
// to that of the other one, so that the spec stays right when that one is started anew.
type Share struct {
	Version  int    `json:"version"`
	ID       string `json:"id"`       // of the container whose network it is
	Name     string `json:"name"`     // for messages
	StateDir string `json:"stateDir"` // of that one
	Start    Start  `json:"start"`    // of that one, when this one was started by the engine
}

// SpacePath is the link to a container's network namespace.
func SpacePath(stateDir string) string { return filepath.Join(stateDir, spaceFile) }

// LinkSpace has SpacePath lead to the namespace of a process, or to another link.
func LinkSpace(stateDir, to string) error {
	path := SpacePath(stateDir)
	if old, err := os.Readlink(path); err == nil && old == to {
		return nil
	}
	tmp := path + ".new"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Symlink(to, tmp); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// Space is the network namespace of a process.
func Space(pid int) string { return fmt.Sprintf("/proc/%d/ns/net", pid) }

// ReadShare reads whose network a container has. The error is fs.ErrNotExist when it has its
// own, or none.
func ReadShare(stateDir string) (s Share, err error) {
	err = read(filepath.Join(stateDir, ShareFile), &s)
	if err == nil && s.Version > Version {
		err = fmt.Errorf("the format %d of %s is newer than this program, which reads up to %d", s.Version, ShareFile, Version)
	}
	return s, err
}

// WriteShare replaces it in one step. The caller holds the container's lock.
func WriteShare(stateDir string, s Share) error {
	s.Version = Version
	return write(filepath.Join(stateDir, ShareFile), s)
}

// Verify makes sure, while a container is being started, that the namespace it has got is that
// of the container it was to share it with: a link may lead to a process that has the number of
// one that has ended, which could be any.
func (s Share) Verify(pid int) error {
	other := s.Start
	if l, err := ReadLease(s.StateDir); err == nil && l.Done && l.Start.Alive() {
		other = l.Start // started anew meanwhile, by whatever restarts it
	}
	if other.Alive() {
		theirs, err := os.Stat(Space(other.Pid))
		if err != nil {
			return fmt.Errorf("the network namespace of the container %s: %w", s.Name, err)
		}
		own, err := os.Stat(Space(pid))
		if err != nil {
			return fmt.Errorf("the container's network namespace: %w", err)
		}
		if os.SameFile(theirs, own) {
			return nil
		}
	}
	return fmt.Errorf("the container %s, whose network it shares, is not running", s.Name)
}
