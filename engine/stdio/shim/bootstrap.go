package shim

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// endpoint is where a shim listens, and which version of the task service it speaks.
type endpoint struct {
	address string // path of a unix socket
	version int    // 2 or 3
}

// readEndpoint finds the shim of a bundle. containerd 2 and late 1.7 write
// bootstrap.json; before that there was only the file address.
func readEndpoint(bundle string) (endpoint, error) {
	b, err := os.ReadFile(filepath.Join(bundle, "bootstrap.json"))
	if errors.Is(err, fs.ErrNotExist) {
		b, err = os.ReadFile(filepath.Join(bundle, "address"))
	}
	if err != nil {
		return endpoint{}, err
	}
	return parseEndpoint(b)
}

// parseEndpoint reads either file's content: JSON, or an address alone.
func parseEndpoint(b []byte) (endpoint, error) {
	var p struct {
		Version  int    `json:"version"`
		Address  string `json:"address"`
		Protocol string `json:"protocol"`
	}
	text := strings.TrimSpace(string(b))
	if json.Unmarshal(b, &p) != nil || p.Version < 2 {
		p.Version, p.Address, p.Protocol = 2, text, "ttrpc"
	}
	if !strings.EqualFold(p.Protocol, "ttrpc") {
		return endpoint{}, fmt.Errorf("shim speaks %s, not ttrpc: %w", p.Protocol, errors.ErrUnsupported)
	}
	e := endpoint{address: strings.TrimPrefix(p.Address, "unix://"), version: min(p.Version, 3)}
	if e.address == "" {
		return e, errors.New("the bundle names no shim address")
	}
	return e, nil
}
