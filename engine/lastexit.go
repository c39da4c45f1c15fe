package engine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"gantry/engine/stdio/wire"
)

// keepLastExit remembers how the last run ended, and returns what puts that back. Taking a
// task away whose process never began ends runc's own process in it; the logger writes that
// down like any exit, and the container would seem to have run.
func keepLastExit(stateDir string) (restore func() error) {
	past, err := wire.ReadLastExit(stateDir)
	known := err == nil
	return func() error {
		now, err := wire.ReadLastExit(stateDir)
		switch {
		case errors.Is(err, fs.ErrNotExist), known && err == nil && now == past:
			return nil
		case known:
			return wire.WriteLastExit(stateDir, past)
		}
		if err := os.Remove(filepath.Join(stateDir, wire.LastExitFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
}
