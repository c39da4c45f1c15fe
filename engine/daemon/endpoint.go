package daemon

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gantry/engine/api"
)

// Endpoint is one engine and the places that belong to it.
type Endpoint struct {
	Kind     api.EngineKind
	Address  string // socket path: absolute, without unix://
	DataRoot string // gantry's, absolute
	StateDir string // <run root>/<8 hex of the data root>: socket and state, gone at reboot
	// RecordRoot is nerdctl's data root for this engine (its --data-root); RecordStore is
	// the folder in it that belongs to this socket.
	RecordRoot  string
	RecordStore string
	// RuncRoot and CgroupParent keep the containers of the embedded engine apart from
	// those of other daemons; both are "" on a system engine, whose own ways are kept.
	RuncRoot     string
	CgroupParent string // begins with a slash
	Helper       string // stable path of gantry-helper, to be written into specs
	Found        []Found
}

// Found is a socket of somebody else's containerd that is there but was not chosen.
type Found struct {
	Candidate
	Serving bool
	Err     error // why it does not serve; an *api.UnavailableError
}

func newEndpoint(c Config, kind api.EngineKind, address string) Endpoint {
	root := absolute(c.DataRoot)
	hash := shortHash(Resolve(root))
	ep := Endpoint{
		Kind:       kind,
		DataRoot:   root,
		StateDir:   filepath.Join(absolute(c.RunRoot), hash),
		RecordRoot: "/var/lib/nerdctl",
		Helper:     filepath.Join(root, "bin", "gantry-helper"),
	}
	ep.Address = address
	if kind == api.EngineEmbedded {
		ep.Address = filepath.Join(ep.StateDir, "containerd.sock")
		ep.RecordRoot = filepath.Join(root, "nerdctl")
		ep.RuncRoot = filepath.Join(ep.StateDir, "runc")
		ep.CgroupParent = "/gantry-" + hash
	}
	ep.RecordStore = filepath.Join(ep.RecordRoot, AddressHash(ep.Address))
	return ep
}

// NetworkDir is where the configurations of this engine's networks are: CNI's usual place on a
// system engine, its own on the embedded one.
func (ep Endpoint) NetworkDir() string {
	if ep.Kind == api.EngineEmbedded {
		return filepath.Join(ep.DataRoot, "network", "net.d")
	}
	return "/etc/cni/net.d"
}

// AddressDir is where the address files of this engine's networks are: host-local's usual place
// on a system engine, its own on the embedded one.
func (ep Endpoint) AddressDir() string {
	if ep.Kind == api.EngineEmbedded {
		return filepath.Join(ep.DataRoot, "network", "addresses")
	}
	return "/var/lib/cni/networks"
}

// AddressHash names the record store of a socket as nerdctl does: the first 8 hex
// digits of the sha256 of its path, without unix:// and with symbolic links resolved.
func AddressHash(address string) string { return shortHash(Resolve(TrimScheme(address))) }

// TrimScheme makes a socket path of what people write: unix:// is dropped, a relative
// path becomes absolute (gRPC would take it for a host name).
func TrimScheme(address string) string {
	return absolute(strings.TrimPrefix(address, "unix://"))
}

// Resolve follows symbolic links as far as the path exists; what does not exist yet
// is kept as it is, so that a socket has one name before and after it is made.
func Resolve(path string) string {
	for range 40 { // the kernel's own limit of links in a path
		full, err := filepath.EvalSymlinks(path)
		if err == nil {
			return full
		}
		dir, base := filepath.Split(filepath.Clean(path))
		if dir == path || base == "" || !errors.Is(err, fs.ErrNotExist) {
			return path
		}
		link, err := os.Readlink(path)
		if err != nil {
			return filepath.Join(Resolve(filepath.Clean(dir)), base)
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(dir, link)
		}
		path = link
	}
	return path
}

func shortHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])[:8]
}

func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return filepath.Clean(path)
	}
	return abs
}
