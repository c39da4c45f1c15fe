// Package wire holds what the logger and its clients must agree on: the names of the
// files in a container's state directory, the frames on the attach socket, the lock
// and the record of the last exit.
//
// It is linked into gantry-helper, of which one runs for every running container, so
// it imports nothing but the standard library and golang.org/x/sys.
package wire

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// LoggerKey begins the argument that makes gantry-helper a logger; the format version
// follows it. LoggerVersion is the newest one.
const (
	LoggerKey     = "_GANTRY_LOGGER_"
	LoggerVersion = 1
)

// HolderKey begins the argument that makes gantry-helper start the holder of a container's
// streams, and HeldKey the one that makes it that holder: both are followed by the format
// version, and by the state directory as next argument.
const (
	HolderKey = "_GANTRY_HOLDER_"
	HeldKey   = "_GANTRY_HELD_"
)

// HookKey begins the argument that makes gantry-helper the OCI hook which sets a container's
// networks up; the format version follows it, and the state directory is the next argument.
const HookKey = "_GANTRY_HOOK_"

// The files of a state directory that belong to stdio. Lock is nerdctl's name.
const (
	LockFile     = "logger-lock"
	SocketFile   = "attach.sock"
	StdinFile    = "stdin"
	StdoutFile   = "stdout" // a container has these two when its streams are held
	StderrFile   = "stderr"
	LastExitFile = "last-exit.json"
	// AttachedFile is locked, shared, by every session that reads the container's output.
	AttachedFile = "gantry-attached"
	// ReapFile is there when the container is to be removed at its end; see Reap.
	ReapFile = "gantry-reap.json"
)

// LogFile is the name of a container's log within its state directory, as nerdctl has it.
func LogFile(id string) string { return id + "-json.log" }

// Dir is an opened state directory.
//
// A unix socket's path may have 107 bytes, which a state directory under a long data
// root exceeds. Through the descriptor of the directory the path is always short.
type Dir struct {
	Path string
	f    *os.File
}

// OpenDir opens a state directory. The caller closes it.
func OpenDir(path string) (*Dir, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &Dir{Path: path, f: f}, nil
}

// File is the path of a file in the directory.
func (d *Dir) File(name string) string { return filepath.Join(d.Path, name) }

// Socket is a short path of the attach socket, good in this process while d is open.
func (d *Dir) Socket() string {
	return fmt.Sprintf("/proc/self/fd/%s/%s", strconv.Itoa(int(d.f.Fd())), SocketFile)
}

// Gone reports whether the directory was removed.
func (d *Dir) Gone() bool {
	here, err := d.f.Stat()
	if err != nil {
		return true
	}
	there, err := os.Stat(d.Path)
	return err != nil || !os.SameFile(here, there)
}

// Close lets go of the directory.
func (d *Dir) Close() error { return d.f.Close() }
