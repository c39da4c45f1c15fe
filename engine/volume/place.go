package volume

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	securejoin "github.com/cyphar/filepath-securejoin"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/record"
)

// Locate sets the source of a volume's mount: its data, or a directory within. A subpath
// must be there; no symbolic link of the volume leads out of it.
func (s *Store) Locate(m *Mount) error {
	m.Source = s.Dir(m.Name)
	if m.Subpath == "" {
		return nil
	}
	at, err := securejoin.SecureJoin(m.Source, m.Subpath)
	if err == nil {
		_, err = os.Stat(at)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return api.FieldErrors{{Field: m.field, Index: m.index, Value: m.Subpath, Reason: fmt.Sprintf("the volume %s has no %s", m.Name, m.Subpath), Fix: "make it in the volume first"}}
	}
	if err != nil {
		return fmt.Errorf("look into volume %s: %w", m.Name, err)
	}
	m.Source = at
	return nil
}

// Spec is a mount for the OCI runtime. deep says that the kernel and the runtime can make
// mounts read-only with all below them (rro).
func (m Mount) Spec(deep bool) specs.Mount {
	out := specs.Mount{Destination: m.Destination, Type: "bind", Source: m.Source}
	if m.Type == "tmpfs" {
		out.Type = "tmpfs"
		out.Options = tmpfsOptions(m)
		return out
	}
	out.Options = []string{"rbind"}
	if m.Flat {
		out.Options[0] = "bind"
	}
	propagation := m.Propagation
	if propagation == "" && m.Type != "volume" { // a volume goes by the root, as under Docker
		propagation = "rprivate"
	}
	if propagation != "" {
		out.Options = append(out.Options, propagation)
	}
	if m.RW {
		return out
	}
	out.Options = append(out.Options, "ro")
	private := propagation == "rprivate" || propagation == "private" || propagation == ""
	if m.Deep == DeepOrFail || m.Deep == DeepIfPossible && deep && private && !m.Flat {
		out.Options = append(out.Options, "rro")
	}
	return out
}

// tmpfsOptions are Docker's defaults with what was asked for over them: the last of two that
// exclude each other counts.
func tmpfsOptions(m Mount) []string {
	out := []string{"noexec", "nosuid", "nodev", "rprivate"}
	if !m.RW {
		out = append(out, "ro")
	}
	for _, o := range m.tmpfs {
		key, _, _ := strings.Cut(o, "=")
		out = slices.DeleteFunc(out, func(old string) bool {
			k, _, _ := strings.Cut(old, "=")
			return k == key || k == opposite(key)
		})
		out = append(out, o)
	}
	return out
}

// opposite of a mount flag: "exec" of "noexec", "ro" of "rw".
func opposite(flag string) string {
	switch flag {
	case "ro":
		return "rw"
	case "rw":
		return "ro"
	case "sync":
		return "async"
	case "async":
		return "sync"
	}
	if rest, no := strings.CutPrefix(flag, "no"); no {
		return rest
	}
	return "no" + flag
}

// Recheck looks, before a start, at what has to be there for it. A missing source that
// may be made is made.
func Recheck(mounts []record.Mount, may func(record.Mount) bool) error {
	for _, m := range mounts {
		if m.Type == "tmpfs" || m.Source == "" {
			continue
		}
		_, err := os.Stat(m.Source)
		switch {
		case err == nil:
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return &api.MountError{Source: m.Source, Target: m.Destination, Reason: "cannot be used: " + why(err)}
		case m.Type == "volume":
			return &api.MountError{Source: "the volume " + m.Name, Target: m.Destination, Reason: "is gone from this host", Fix: "make it again, or recreate the container"}
		case !may(m):
			return &api.MountError{Source: m.Source, Target: m.Destination, Reason: "is gone from this host", Fix: "make it again"}
		}
		if err := os.MkdirAll(m.Source, newMode); err != nil {
			return &api.MountError{Source: m.Source, Target: m.Destination, Reason: "is gone from this host, and cannot be made: " + why(err)}
		}
	}
	return nil
}
