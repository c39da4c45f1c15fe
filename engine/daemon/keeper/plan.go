package keeper

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// planFormat is the newest format of a plan; newer keepers read all older ones.
const planFormat = 1

// Plan is how the daemon of a data root is started. It is kept in the data root, so that
// the engine can be started at boot as well.
type Plan struct {
	Version  int      `json:"version"`
	Program  []string `json:"program"`  // begins the daemon's command line
	Config   string   `json:"config"`   // the daemon's configuration file
	Env      []string `json:"env"`      // the daemon's whole environment
	Address  string   `json:"address"`  // socket that it will serve
	StateDir string   `json:"stateDir"` // gone at boot, and made again
}

// PlanFile is where the plan of a data root is kept.
func PlanFile(dataRoot string) string { return filepath.Join(dataRoot, "keeper.json") }

// ReadPlan reads the plan of a data root. There is none before the first start.
func ReadPlan(dataRoot string) (Plan, error) {
	var p Plan
	raw, err := os.ReadFile(PlanFile(dataRoot))
	if err != nil {
		return p, fmt.Errorf("read how the engine is started: %w", err)
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, fmt.Errorf("%s is damaged: %w", PlanFile(dataRoot), err)
	}
	if p.Version > planFormat {
		return p, fmt.Errorf("%s has format %d; this helper reads up to %d", PlanFile(dataRoot), p.Version, planFormat)
	}
	if len(p.Program) == 0 || p.Address == "" || p.StateDir == "" {
		return p, fmt.Errorf("%s lacks what is needed to start the engine", PlanFile(dataRoot))
	}
	return p, nil
}

// Write keeps the plan in a data root. It is for root only: the environment may hold
// the login of a proxy. What is written already is left alone, as a full disk allows no more.
func (p Plan) Write(dataRoot string) error {
	p.Version = planFormat
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return Replace(PlanFile(dataRoot), append(raw, '\n'))
}

// Replace writes a file as a whole, so that a reader or a crash never sees half of it,
// and only if that changes it.
func Replace(name string, content []byte) (err error) {
	if old, err := os.ReadFile(name); err == nil && string(old) == string(content) {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
