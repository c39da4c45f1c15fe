package record

import (
	"os"
	"path/filepath"
)

// Store is the records of one containerd namespace. Opening one touches nothing, and
// neither does reading: directories are made only by what has something to put in.
type Store struct {
	root, ns string
}

// Open is the store in root, which is `<record root>/<8 hex of the socket>`.
func Open(root, namespace string) *Store { return &Store{root: root, ns: namespace} }

// Dir is the container's state dir, whether it exists or not.
func (s *Store) Dir(id string) string { return filepath.Join(s.root, "containers", s.ns, id) }

// State is the container's state dir as something to read and write.
func (s *Store) State(id string) StateDir { return StateDir(s.Dir(id)) }

// Paths are the files of a container that its spec and its logger name.
type Paths struct {
	StateDir, Hostname, ResolvConf, Hosts, Log string
}

// Paths of a container, whether they exist or not.
func (s *Store) Paths(id string) Paths {
	dir := s.Dir(id)
	return Paths{
		StateDir:   dir,
		Hostname:   filepath.Join(dir, hostnameFile),
		ResolvConf: filepath.Join(dir, resolvFile),
		Hosts:      filepath.Join(s.hostsDir(id), hostsFile),
		Log:        LogPath(dir, id),
	}
}

// LogPath is the json-file log in a state dir.
func LogPath(dir, id string) string { return filepath.Join(dir, id+"-json.log") }

func (s *Store) containersDir() string { return filepath.Join(s.root, "containers", s.ns) }

func (s *Store) namesDir() string { return filepath.Join(s.root, "names", s.ns) }

func (s *Store) claimsDir() string { return filepath.Join(s.root, "gantry", "claims", s.ns) }

// sweptFile says by its time when the namespace was last swept.
func (s *Store) sweptFile() string { return filepath.Join(s.root, "gantry", "swept", s.ns) }

// HostsRoot is where the hosts files of the namespace are, by container; nerdctl's place.
func (s *Store) HostsRoot() string { return filepath.Join(s.root, "etchosts", s.ns) }

func (s *Store) hostsDir(id string) string { return filepath.Join(s.HostsRoot(), id) }

func fileExists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
