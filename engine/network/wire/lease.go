package wire

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
)

// Lease is what a start of a container holds on its host.
type Lease struct {
	Version   int        `json:"version"`
	ID        string     `json:"id"`
	Owner     string     `json:"owner"` // in address files
	Start     Start      `json:"start"`
	Done      bool       `json:"done"` // it was set up to the end
	Instance  Instance   `json:"instance"`
	Endpoints []Endpoint `json:"endpoints,omitempty"`
	Ports     []Port     `json:"ports,omitempty"`
	Warnings  []string   `json:"warnings,omitempty"` // one sentence each
}

// Endpoint is one interface of a container.
type Endpoint struct {
	Network   string         `json:"network"`
	Driver    string         `json:"driver"`
	Interface string         `json:"interface"`      // in the container
	Host      string         `json:"host,omitempty"` // the other end of a bridge's veth
	Bridge    string         `json:"bridge,omitempty"`
	MAC       string         `json:"mac,omitempty"`
	Addresses []netip.Prefix `json:"addresses,omitempty"`
	Gateways  []netip.Addr   `json:"gateways,omitempty"`
}

// Tag is what marks a lease's rules: the container and its start.
func (l Lease) Tag() string { return l.ID + " " + l.Start.String() }

// ReadLease reads the lease of a state dir. The error is fs.ErrNotExist when the
// container holds nothing; what a loss of power cut short is a JSON error.
func ReadLease(stateDir string) (l Lease, err error) {
	err = read(filepath.Join(stateDir, LeaseFile), &l)
	return l, err
}

// WriteLease replaces the lease in one step, under Lock.
func WriteLease(stateDir string, l Lease) error {
	l.Version = Version
	return write(filepath.Join(stateDir, LeaseFile), l)
}

// RemoveLease forgets the lease, under Lock. One that is not there is not an error.
func RemoveLease(stateDir string) error {
	err := os.Remove(filepath.Join(stateDir, LeaseFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Lock is held by whoever sets a container's networks up or gives them back: the engine
// holds the container's own lock while it waits for the hook. The state dir must exist.
func Lock(stateDir string) (unlock func(), err error) {
	return LockFile(filepath.Join(stateDir, lockFile))
}
