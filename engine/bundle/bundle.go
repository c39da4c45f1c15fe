// Package bundle carries the programs that containers need beside gantry itself:
// containerd, its shim, runc and gantry-helper. `go generate ./...` builds them into
// payload/, from where they are embedded; Unpack lays them out on disk.
//
// The package compiles without the payload, so that a plain `go build` works; what
// needs the programs then fails with ErrNoPayload.
package bundle

//go:generate go run ./build

import (
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"gantry/engine/api"
)

// The names of the programs, as they are called in the payload and on disk.
const (
	Runc   = "runc"
	Daemon = "containerd"
	Shim   = "containerd-shim-runc-v2"
	Helper = "gantry-helper"
)

// The files that the generator writes into payload/.
const (
	ArchiveName  = "payload.tar.zst"
	ManifestName = "manifest.json"
)

// payload holds at least its README, so that this compiles in a fresh clone. Names
// that begin with a dot (the generator's stamp and lock) are left out by embed.
//
//go:embed payload
var payload embed.FS

// ErrNoPayload is returned when gantry was built without `go generate`.
var ErrNoPayload error = &api.UnavailableError{Cause: api.NoPayload}

// File is one program of the payload.
type File struct {
	Name    string `json:"name"`
	SHA256  string `json:"sha256"` // hex
	Size    int64  `json:"size"`   // bytes
	Version string `json:"version,omitempty"`
}

// Manifest says what the payload holds. Two payloads with the same programs have the
// same digest, however they were packed.
type Manifest struct {
	Digest string `json:"digest"` // hex sha256 over names and hashes of the files
	Arch   string `json:"arch"`
	Files  []File `json:"files"`
}

// Version is that of one of the programs, without a v; "" if it has none.
func (m Manifest) Version(name string) string {
	for _, f := range m.Files {
		if f.Name == name {
			return f.Version
		}
	}
	return ""
}

// Present says whether gantry was built with its payload.
func Present() bool {
	_, err := Contents()
	return err == nil
}

// Digest names the payload's contents: 64 hex digits, or "" without a payload.
func Digest() string {
	m, err := Contents()
	if err != nil {
		return ""
	}
	return m.Digest
}

// Home is the folder below dir that this payload's programs are unpacked into; "" without a
// payload.
func Home(dir string) string {
	if d := Digest(); d != "" {
		return filepath.Join(dir, d[:dirDigits])
	}
	return ""
}

// Contents is the manifest of the embedded payload, or ErrNoPayload.
func Contents() (Manifest, error) {
	var m Manifest
	raw, err := payload.ReadFile(path.Join("payload", ManifestName))
	if err != nil {
		return m, ErrNoPayload
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("read the embedded payload's manifest: %w", err)
	}
	if len(m.Digest) != 64 {
		return m, fmt.Errorf("the embedded payload's manifest has no digest")
	}
	return m, nil
}

// open gives the unpacked tar stream of the embedded payload.
func open() (io.ReadCloser, error) {
	f, err := payload.Open(path.Join("payload", ArchiveName))
	if err != nil {
		return nil, ErrNoPayload
	}
	z, err := zstd.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("read the embedded payload: %w", err)
	}
	return z.IOReadCloser(), nil
}
