package wire

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// LastExit is how the last run of a container ended. containerd forgets that when it
// restarts or the task is deleted, so the logger writes it down.
type LastExit struct {
	Code int       `json:"code"` // 128 + the signal's number when a signal ended it
	At   time.Time `json:"at"`
	Pid  uint32    `json:"pid"`
	OOM  bool      `json:"oom,omitempty"` // the kernel killed a process of it for want of memory
}

// ReadLastExit reads the record in a state directory. The error is fs.ErrNotExist when
// no run has ended yet; a damaged record is a JSON error and means "not known".
func ReadLastExit(stateDir string) (LastExit, error) {
	var e LastExit
	b, err := os.ReadFile(filepath.Join(stateDir, LastExitFile))
	if err != nil {
		return e, err
	}
	err = json.Unmarshal(b, &e)
	return e, err
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
