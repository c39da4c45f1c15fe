package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

// The files of a state dir.
const (
	logConfigFile = "log-config.json"
	networkFile   = "network-config.json"
	hostnameFile  = "hostname"
	resolvFile    = "resolv.conf"
	lifecycleFile = "lifecycle.json"
	requestFile   = "gantry-request.json" // marks a container as gantry's
	tracesFile    = "gantry-traces.json"
	errorFile     = "gantry-error"
	doomedFile    = "gantry-doomed"
	volumesFile   = "gantry-volumes.json"
)

// maxError is how much of an error's text is kept, in bytes.
const maxError = 16 << 10

// StateDir is the directory with the files of one container. It is what the helper gets
// to know; the engine comes to it by Store.State. Reading never makes anything, and a
// file that is missing or broken reads as the zero value.
type StateDir string

// Lifecycle is nerdctl's lifecycle.json.
type Lifecycle struct {
	StartedAt   time.Time `json:"started_at"`
	CreateError bool      `json:"create_error"` // the last start failed before the process ran
}

// NetworkConfig is nerdctl's network-config.json.
type NetworkConfig struct {
	PortMappings []PortMapping `json:"portMappings,omitempty"`
}

func (d StateDir) file(name string) string { return filepath.Join(string(d), name) }

// Lifecycle reads lifecycle.json.
func (d StateDir) Lifecycle() (l Lifecycle, err error) {
	_, err = readJSON(d.file(lifecycleFile), &l)
	return l, err
}

// SetLifecycle replaces lifecycle.json under the lock that nerdctl takes for it.
func (d StateDir) SetLifecycle(l Lifecycle) error {
	return d.locked(func() error { return writeJSON(d.file(lifecycleFile), l) })
}

// Ports are the published ports of network-config.json.
func (d StateDir) Ports() ([]api.Port, error) {
	var c NetworkConfig
	_, err := readJSON(d.file(networkFile), &c)
	return apiPorts(c.PortMappings), err
}

// SetPorts replaces network-config.json.
func (d StateDir) SetPorts(ports []api.Port) error {
	return d.locked(func() error { return writeJSON(d.file(networkFile), NetworkConfig{portMappings(ports)}) })
}

// Log reads log-config.json.
func (d StateDir) Log() (c LogConfig, err error) {
	_, err = readJSON(d.file(logConfigFile), &c)
	return c, err
}

// Request is what the container was created with. The error wraps fs.ErrNotExist when
// that is not remembered, as with containers of others.
func (d StateDir) Request() (req api.CreateRequest, err error) {
	ok, err := readJSON(d.file(requestFile), &req)
	if err == nil && !ok {
		err = fmt.Errorf("the request of this container is not remembered: %w", fs.ErrNotExist)
	}
	return req, err
}

// SetRequest replaces what the container is remembered to have been created with.
func (d StateDir) SetRequest(req api.CreateRequest) error {
	return writeJSON(d.file(requestFile), req)
}

// Error is why the last start failed; "" when it did not.
func (d StateDir) Error() string {
	b, err := os.ReadFile(d.file(errorFile))
	if err != nil {
		return ""
	}
	return string(b)
}

// SetError keeps why a start failed, at most 16 KiB of it; "" forgets it.
func (d StateDir) SetError(text string) error {
	if text == "" {
		if err := os.Remove(d.file(errorFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	return writeAtomic(d.file(errorFile), []byte(cut(text, maxError)), 0o600, false)
}

// Doom says that the container is to be taken back though its record may be in containerd:
// its create failed, and containerd was not there for the undo. The next sweep does it.
func (d StateDir) Doom() error { return writeAtomic(d.file(doomedFile), nil, 0o600, true) }

// Doomed reports whether the container is to be taken back.
func (d StateDir) Doomed() bool { return fileExists(d.file(doomedFile)) }

// Spare takes a Doom back.
func (d StateDir) Spare() error {
	if err := os.Remove(d.file(doomedFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// SetMadeVolumes remembers what volumes are made for a container that is being made; none
// once it is: from then on they are not taken back with it.
func (d StateDir) SetMadeVolumes(names []string) error {
	if len(names) > 0 {
		return writeJSON(d.file(volumesFile), names)
	}
	if err := os.Remove(d.file(volumesFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// MadeVolumes are the volumes that were made for a container whose create was cut short. One
// that has run since was not.
func (d StateDir) MadeVolumes() (names []string, err error) {
	if fileExists(d.file(lifecycleFile)) {
		return nil, nil
	}
	_, err = readJSON(d.file(volumesFile), &names)
	return names, err
}

// locked takes the lock of the state dir itself, which nerdctl takes for single files;
// a directory that is gone, or goes meanwhile, is an error and not made anew.
func (d StateDir) locked(fn func() error) error {
	f, err := os.Open(string(d))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return fmt.Errorf("lock %s: %w", d, err)
	}
	if !isAt(f, string(d)) {
		return fmt.Errorf("%s: %w", d, fs.ErrNotExist)
	}
	return fn()
}

// cut shortens a text to at most max bytes, at the border of a character.
func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}
