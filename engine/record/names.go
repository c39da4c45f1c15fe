package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"gantry/engine/api"
)

// nameGrace is how long the name of a container that is not gantry's and not yet in
// containerd is left alone: nerdctl reserves a name before it makes the container.
const nameGrace = time.Minute

// ValidName reports whether Docker takes s as a container's name: at least two of letters,
// digits, "_", "." and "-", of which a letter or digit is first.
func ValidName(s string) bool {
	for i, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && (i == 0 || c != '_' && c != '.' && c != '-') {
			return false
		}
	}
	return len(s) >= 2 && len(s) < 256
}

// AcquireName reserves a name for a container; reserving it again for the same one is
// fine. Its meta.json gets to know the name. A taken name is an *api.NameInUseError, whose State the caller knows better. exists
// is asked, under the lock of the names, whether the present owner is in containerd: a
// name whose owner is gone, or an empty file, is free again, unless that owner is just
// being created.
func (s *Store) AcquireName(name, id string, exists func(id string) bool) error {
	if !ValidName(name) {
		return api.FieldErrors{{Field: "name", Value: name, Reason: "only letters, digits, _ . - and at least two of them", Fix: "begin with a letter or a digit"}}
	}
	if err := s.withNames(func() error { return s.acquire(name, id, exists) }); err != nil {
		return err
	}
	return s.noteName(id, name)
}

// ReleaseName frees a name that the container owns. A name that is free or another's is
// left as it is, and not an error.
func (s *Store) ReleaseName(name, id string) error {
	if !ValidName(name) || !fileExists(s.nameFile(name)) {
		return nil
	}
	return s.withNames(func() error {
		if s.owner(name) != id {
			return nil
		}
		if err := os.Remove(s.nameFile(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// RenameName moves a container's reservation to another name, in one go under the lock.
func (s *Store) RenameName(old, id, name string, exists func(id string) bool) error {
	if !ValidName(name) {
		return s.AcquireName(name, id, exists)
	}
	err := s.withNames(func() error {
		if err := s.acquire(name, id, exists); err != nil {
			return err
		}
		if old == name || !ValidName(old) || s.owner(old) != id {
			return nil
		}
		return os.Remove(s.nameFile(old))
	})
	if err != nil {
		return err
	}
	return s.noteName(id, name)
}

// releaseNames frees what the container holds: the name that its files tell, or when they
// tell none, all that are found to be its own.
func (s *Store) releaseNames(id string) error {
	if name := s.notedName(id); name != "" {
		return s.ReleaseName(name, id)
	}
	names, err := readDir(s.namesDir())
	for _, e := range names {
		if s.NameOwner(e.Name()) == id {
			err = errors.Join(err, s.ReleaseName(e.Name(), id))
		}
	}
	return err
}

// NameOwner is the ID that a name is reserved for; "" when it is free.
func (s *Store) NameOwner(name string) string {
	if !ValidName(name) {
		return ""
	}
	return s.owner(name)
}

func (s *Store) acquire(name, id string, exists func(id string) bool) error {
	if owner := s.owner(name); owner != "" && owner != id {
		// Looked at before containerd is asked: one that is done a moment later is there by then,
		// and one that is still at work need not be.
		making := s.beingMade(name, owner)
		if exists(owner) {
			return &api.NameInUseError{Name: name, ID: owner, State: api.StateUnknown}
		}
		if making {
			return &api.NameInUseError{Name: name, ID: owner, State: api.StateCreated}
		}
	}
	return writeAtomic(s.nameFile(name), []byte(id), 0o600, true)
}

// beingMade tells a container on its way into containerd from the remains of a crash:
// gantry's holds its lock, of others only the age is known.
func (s *Store) beingMade(name, owner string) bool {
	if s.busy(owner) {
		return true
	}
	if fileExists(s.State(owner).file(requestFile)) || !fileExists(s.Dir(owner)) {
		return false
	}
	st, err := os.Stat(s.nameFile(name))
	return err == nil && time.Since(st.ModTime()) < nameGrace
}

func (s *Store) withNames(fn func() error) error {
	if err := WithDirLock(s.namesDir(), fn); err != nil {
		if _, ok := errors.AsType[*api.NameInUseError](err); ok {
			return err
		}
		return fmt.Errorf("reserve the name: %w", err)
	}
	return nil
}

func (s *Store) nameFile(name string) string { return filepath.Join(s.namesDir(), name) }

func (s *Store) owner(name string) string {
	b, err := os.ReadFile(s.nameFile(name))
	if err != nil {
		return ""
	}
	return string(b)
}
