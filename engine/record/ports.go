package record

import (
	"path/filepath"

	"gantry/engine/api"
)

// Ports are the published ports of the containers that have a state dir here, but for those that
// somebody knows already.
func (s *Store) Ports(known func(id string) bool) ([]api.Port, error) {
	entries, err := readDir(s.containersDir())
	var all []api.Port
	for _, e := range entries {
		if known(e.Name()) {
			continue
		}
		// One that is just being removed has none.
		if ports, err := s.State(e.Name()).Ports(); err == nil {
			all = append(all, ports...)
		}
	}
	return all, err
}

// ChoosingPorts runs fn while nobody else chooses ports and writes down which, in any process.
func (s *Store) ChoosingPorts(fn func() error) error {
	return WithDirLock(filepath.Join(s.root, "gantry", "ports"), fn)
}
