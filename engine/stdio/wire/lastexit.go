package wire

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/host/smallfile"
)

// LastExit is how the last run of a container ended. containerd forgets that when it
// restarts or the task is deleted, so the logger writes it down.
type LastExit struct {
	Code int       `json:"code"` // 128 + the signal's number when a signal ended it
	At   time.Time `json:"at"`
	Pid  uint32    `json:"pid"`
	OOM  bool      `json:"oom,omitempty"` // the kernel killed a process of it for want of memory
	// Began is when the logger of this run began, just before the process did: it tells
	// the runs of a container apart.
	Began time.Time `json:"began,omitzero"`
	// Unknown: the process has ended, and who could have told how, its shim, was dead by
	// then. Code means nothing; At is when it was seen to be gone.
	Unknown bool `json:"unknown,omitempty"`
}

// ReadLastExit reads the record in a state directory. The error is fs.ErrNotExist when
// no run has ended yet; a damaged record is a JSON error and means "not known".
func ReadLastExit(stateDir string) (LastExit, error) {
	var e LastExit
	b, err := smallfile.Read(filepath.Join(stateDir, LastExitFile))
	if err != nil {
		return e, err
	}
	err = json.Unmarshal(b, &e)
	return e, err
}

// RecordExit is WriteLastExit for the logger of one run, which may come late: the record
// of a run that began after this one stays.
func RecordExit(stateDir string, e LastExit) error {
	unlock := lockDir(stateDir)
	defer unlock()
	if was, err := ReadLastExit(stateDir); err == nil && was.Began.After(e.Began) {
		return nil
	}
	return WriteLastExit(stateDir, e)
}

// dirLockMax is how long the lock of a state directory is waited for. It is held for the
// writing of one small file; an exit must not be lost to somebody who hangs in that.
const dirLockMax = time.Second

// lockDir takes the lock that nerdctl, too, takes on a state directory to write a file of
// it; after dirLockMax it goes on without.
func lockDir(stateDir string) (unlock func()) {
	f, err := os.Open(stateDir)
	if err != nil {
		return func() {}
	}
	for late := time.Now().Add(dirLockMax); time.Now().Before(late); time.Sleep(lockPoll) {
		if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			break
		}
	}
	return func() { f.Close() }
}

// WriteLastExit replaces the record in one step: a reader sees the old or the new one.
func WriteLastExit(stateDir string, e LastExit) error {
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(stateDir, "."+LastExitFile+"-")
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(stateDir, LastExitFile))
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
