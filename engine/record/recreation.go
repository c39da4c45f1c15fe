package record

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// The files of a recreate in the old container's state dir: what is under way, and what is
// locked for as long as somebody sees to it.
const (
	recreationFile = "gantry-recreate.json"
	recreationLock = "gantry-recreate"
)

// ErrRecreating says that a container is being recreated already.
var ErrRecreating = errors.New("it is being recreated already")

// Recreation is the note of a recreate in the state dir of the container that is to go. It
// stays until all is done, so that whoever finds it knows what a killed one was about.
type Recreation struct {
	Name     string    `json:"name"`           // of the old one
	Away     string    `json:"away,omitempty"` // what it is called meanwhile; "" when it keeps its name
	New      string    `json:"new"`            // ID of the one that takes its place
	Running  bool      `json:"running"`        // the old one ran
	Keep     bool      `json:"keep,omitempty"` // it is not to be removed
	Began    time.Time `json:"began"`
	Stopping bool      `json:"stopping,omitempty"` // it is being stopped, or was
	Done     bool      `json:"done,omitempty"`     // the new one has its place

	ID   string `json:"-"` // of the old one
	dir  StateDir
	lock *os.File
}

// Recreating reports whether the container is the old one of a recreate that has not ended.
func (d StateDir) Recreating() bool { return fileExists(d.file(recreationFile)) }

// BeginRecreation writes the note down and holds it. The error is ErrRecreating when there
// is one already, whose maker is at work or has been killed.
func (s *Store) BeginRecreation(id string, r Recreation) (*Recreation, error) {
	r.ID, r.dir = id, s.State(id)
	f, err := os.OpenFile(r.dir.file(recreationLock), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("note the recreate: %w", err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) || err == nil && r.dir.Recreating() {
		return nil, errors.Join(ErrRecreating, f.Close())
	}
	r.lock = f
	if err == nil {
		err = r.Save()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("note the recreate: %w", err), f.Close())
	}
	return &r, nil
}

// Save writes the note down as it is now.
func (r *Recreation) Save() error { return writeJSON(r.dir.file(recreationFile), r) }

// End forgets the note: nothing of the recreate is left to do.
func (r *Recreation) End() error {
	err := errors.Join(remove(r.dir.file(recreationFile)), remove(r.dir.file(recreationLock)))
	return errors.Join(err, r.lock.Close())
}

// Leave lets go of the note and leaves it for a sweep.
func (r *Recreation) Leave() error { return r.lock.Close() }

// Recreations hands the notes that nobody sees to any more to settle, held. One that was
// settled is forgotten.
func (s *Store) Recreations(ctx context.Context, settle func(context.Context, *Recreation) error) error {
	entries, err := readDir(s.containersDir())
	errs := []error{err}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || !s.State(e.Name()).Recreating() || ctx.Err() != nil {
			continue
		}
		errs = append(errs, s.settle(ctx, e.Name(), settle))
	}
	return errors.Join(errs...)
}

func (s *Store) settle(ctx context.Context, id string, settle func(context.Context, *Recreation) error) error {
	r := Recreation{ID: id, dir: s.State(id)}
	f, err := os.OpenFile(r.dir.file(recreationLock), os.O_CREATE|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = nil // at work
		}
		return errors.Join(err, f.Close())
	}
	r.lock = f
	ok, err := readJSON(r.dir.file(recreationFile), &r)
	if err != nil || !ok {
		return errors.Join(err, r.Leave())
	}
	if err := settle(ctx, &r); err != nil {
		return errors.Join(err, r.Leave())
	}
	return r.End()
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
