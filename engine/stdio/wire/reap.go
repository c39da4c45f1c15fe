package wire

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// ReaperName is the copy of gantry that lies beside gantry-helper.
const ReaperName = "gantry"

// HeirKey begins the argument that makes gantry-helper the heir of a logger; the format
// version follows it, and the state directory is the next argument.
const HeirKey = "_GANTRY_HEIR_"

// ReapCommand are its arguments to remove a container that is to go at its end.
func ReapCommand(stateDir string) []string { return []string{"internal", "reap", stateDir} }

// ReapVersion is the newest version of Reap. A reader refuses newer ones.
const ReapVersion = 1

// Reap is what whoever removes a container at its end must know, when nobody watches:
// which container, and on which containerd. It is written when the container is made.
type Reap struct {
	Version   int    `json:"version"`
	ID        string `json:"id"`
	Namespace string `json:"namespace"`
	Kind      string `json:"kind"`    // of the engine: embedded or system
	Address   string `json:"address"` // containerd's socket
	DataRoot  string `json:"dataRoot"`
	Store     string `json:"store"` // the record store of this containerd
}

// WriteReap leaves the note in a state directory that is still being made.
func WriteReap(stateDir string, r Reap) error {
	r.Version = ReapVersion
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(stateDir, ReapFile), b, 0o600)
}

// ReadReap reads the note. The error is fs.ErrNotExist for a container that stays.
func ReadReap(stateDir string) (r Reap, err error) {
	b, err := os.ReadFile(filepath.Join(stateDir, ReapFile))
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	return r, err
}
