package daemon

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
)

// choice is what a data root remembers about the engine used with it.
type choice struct {
	Version int            `json:"version"` // of this format: 1
	Kind    api.EngineKind `json:"kind"`
	Address string         `json:"address,omitempty"` // of a system engine; the embedded one's follows from the data root
}

func choiceFile(dataRoot string) string { return filepath.Join(dataRoot, "engine.json") }

// readChoice gives the zero choice when nothing is remembered. A user who may not look
// into the data root is treated as one who has never chosen.
func readChoice(dataRoot string) (choice, error) {
	var ch choice
	raw, err := os.ReadFile(choiceFile(absolute(dataRoot)))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return ch, nil
	}
	if err != nil {
		return ch, fmt.Errorf("read which engine was chosen: %w", err)
	}
	if err := json.Unmarshal(raw, &ch); err != nil {
		return ch, fmt.Errorf("%s is damaged; remove it to choose the engine anew: %w", choiceFile(dataRoot), err)
	}
	return ch, nil
}

// remember writes the choice down, if it is not there already.
func remember(ep Endpoint) error {
	ch := choice{Version: 1, Kind: ep.Kind}
	if ep.Kind == api.EngineSystem {
		ch.Address = ep.Address
	}
	if last, err := readChoice(ep.DataRoot); err == nil && last == ch {
		return nil
	}
	raw, err := json.Marshal(ch)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(ep.DataRoot, 0o700); err != nil {
		return fmt.Errorf("remember the engine: %w", err)
	}
	return keeper.Replace(choiceFile(ep.DataRoot), append(raw, '\n'))
}
