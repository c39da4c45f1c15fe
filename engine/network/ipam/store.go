package ipam

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"gantry/engine/host/smallfile"
	"gantry/engine/network/wire"
)

const (
	lockName   = "lock"
	lastPrefix = "last_reserved_ip."
	lineBreak  = "\r\n"
)

// Holder is who holds an address.
type Holder struct {
	Owner     string // `<namespace>-<container>` for containers of gantry and nerdctl
	Interface string // "" in files of old plugins
}

func (h Holder) content() string { return h.Owner + lineBreak + h.Interface }

func parseHolder(b []byte) Holder {
	owner, iface, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	return Holder{strings.TrimSpace(owner), strings.TrimSpace(iface)}
}

// store is the address files of one network.
type store struct{ dir string }

// locked runs fn under host-local's lock; the directory is made if it is missing.
func (s store) locked(fn func() error) error {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	unlock, err := wire.LockFile(filepath.Join(s.dir, lockName))
	if err != nil {
		return err
	}
	defer unlock()
	return fn()
}

// reserve reports false when somebody else has the address.
func (s store) reserve(a netip.Addr, h Holder) (bool, error) {
	path := filepath.Join(s.dir, a.String())
	f, err := os.OpenFile(path, os.O_RDWR|os.O_EXCL|os.O_CREATE, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = f.WriteString(h.content())
	if err = errors.Join(err, f.Close()); err != nil {
		return false, errors.Join(err, os.Remove(path))
	}
	return true, nil
}

// holder is who holds an address; the zero value when nobody does.
func (s store) holder(a netip.Addr) Holder {
	b, err := os.ReadFile(filepath.Join(s.dir, a.String()))
	if err != nil {
		return Holder{}
	}
	return parseHolder(b)
}

// holders are all addresses that are held. A network that never gave one has none.
func (s store) holders() (map[netip.Addr]Holder, error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := make(map[netip.Addr]Holder, len(entries))
	for _, e := range entries {
		a, err := netip.ParseAddr(e.Name())
		if err != nil {
			continue
		}
		b, err := smallfile.Read(filepath.Join(s.dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all[a] = parseHolder(b)
	}
	return all, nil
}

func (s store) free(a netip.Addr) error {
	err := os.Remove(filepath.Join(s.dir, a.String()))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (s store) last(set string) netip.Addr {
	b, err := os.ReadFile(filepath.Join(s.dir, lastPrefix+set))
	if err != nil {
		return netip.Addr{}
	}
	a, _ := netip.ParseAddr(strings.TrimSpace(string(b)))
	return a
}

func (s store) setLast(set string, a netip.Addr) error {
	return smallfile.Write(filepath.Join(s.dir, lastPrefix+set), []byte(a.String()), 0o600)
}
