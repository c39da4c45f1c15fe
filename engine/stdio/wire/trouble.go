package wire

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// TroubleFile is where a logger says why it did not begin: a shim takes its silent end for
// its readiness, so whoever starts the container has to look.
const TroubleFile = "gantry-trouble"

// errNoLogger is said where a logger left no word.
var errNoLogger = errors.New("the container's logger did not begin, and its output would be lost (start it again)")

// WriteTrouble leaves the reason in a state directory.
func WriteTrouble(stateDir string, why error) error {
	return os.WriteFile(filepath.Join(stateDir, TroubleFile), []byte(why.Error()), 0o600)
}

// ReadTrouble is the reason for which the logger did not begin; it is never nil.
func ReadTrouble(stateDir string) error {
	b, err := os.ReadFile(filepath.Join(stateDir, TroubleFile))
	if err != nil || len(b) == 0 {
		return errNoLogger
	}
	return errors.New(string(b))
}

// ClearTrouble forgets what an earlier start said.
func ClearTrouble(stateDir string) error {
	err := os.Remove(filepath.Join(stateDir, TroubleFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
