package record

import (
	"path/filepath"
	"strings"

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

// AllPorts are the published ports of all containers that have some, by ID.
func (s *Store) AllPorts() (map[string][]api.Port, error) {
	entries, err := readDir(s.containersDir())
	all := map[string][]api.Port{}
	for _, e := range entries {
		if ports, perr := s.State(e.Name()).Ports(); perr == nil && len(ports) > 0 && !strings.HasPrefix(e.Name(), ".") {
			all[e.Name()] = ports
		}
	}
	return all, err
}

// ChoosingPorts runs fn while nobody else chooses ports and writes down which, in any process.
func (s *Store) ChoosingPorts(fn func() error) error {
	return WithDirLock(filepath.Join(s.root, "gantry", "ports"), fn)
}
