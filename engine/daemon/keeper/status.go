package keeper

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// Phase is what a keeper is doing.
type Phase string

// The phases of a keeper.
const (
	Starting Phase = "starting" // the daemon was started and does not serve yet
	Serving  Phase = "serving"
	Waiting  Phase = "waiting" // the daemon ended too often; it is started again at Next
	Failed   Phase = "failed"  // the keeper gave up and ended
)

// Status is what a keeper says of itself. It stands in the engine's state dir.
type Status struct {
	PID      int       `json:"pid"`
	Phase    Phase     `json:"phase"`
	Daemon   int       `json:"daemon"`            // process ID, 0 while there is none
	Starts   int       `json:"starts"`            // of the daemon, by this keeper
	Failures int       `json:"failures"`          // ends of the daemon in a row, each soon after its start
	Why      string    `json:"why,omitempty"`     // how the daemon last ended
	Ended    time.Time `json:"ended,omitzero"`    // when
	Next     time.Time `json:"next,omitzero"`     // with Waiting
	Trouble  Trouble   `json:"trouble,omitempty"` // the kind of Why
}

func statusFile(stateDir string) string { return filepath.Join(stateDir, "keeper.status") }

// ReadStatus is what the keeper of a state dir last said; ok is false if nothing.
func ReadStatus(stateDir string) (st Status, ok bool) {
	raw, err := os.ReadFile(statusFile(stateDir))
	if err != nil || json.Unmarshal(raw, &st) != nil {
		return Status{}, false
	}
	return st, true
}

// Forget removes what the keeper of a state dir said.
func Forget(stateDir string) { os.Remove(statusFile(stateDir)) }

// write is best effort: a keeper that cannot say how it is keeps its daemon all the same.
func (st Status) write(stateDir string) {
	raw, err := json.Marshal(st)
	if err != nil {
		return
	}
	tmp := statusFile(stateDir) + ".new"
	if os.WriteFile(tmp, append(raw, '\n'), 0o600) == nil {
		os.Rename(tmp, statusFile(stateDir))
	}
}
