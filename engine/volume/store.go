package volume

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"

	cfs "github.com/containerd/continuity/fs"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/record"
)

const (
	dataDir  = "_data"
	metaFile = "volume.json"
	// newMode is that of a volume that no image says anything of.
	newMode = 0o755
)

// name is Docker's rule for names of volumes.
var name = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`) })

// Store is the volumes of one containerd namespace. Opening and reading it makes nothing.
type Store struct{ root string }

// Open is the store of a namespace in a record store's root.
func Open(recordRoot, namespace string) *Store {
	return &Store{root: filepath.Join(recordRoot, "volumes", namespace)}
}

// Dir is the directory with a volume's data, whether it exists or not.
func (s *Store) Dir(name string) string { return filepath.Join(s.dir(name), dataDir) }

func (s *Store) dir(name string) string { return filepath.Join(s.root, name) }

// meta is nerdctl's volume.json.
type meta struct {
	Labels map[string]string `json:"labels"`
}

// List is all volumes, by name.
func (s *Store) List() ([]api.Volume, error) {
	entries, err := os.ReadDir(s.root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list volumes: %w", err)
	}
	var all []api.Volume
	for _, e := range entries {
		if !name().MatchString(e.Name()) {
			continue
		}
		v, err := s.Get(e.Name())
		if _, gone := errors.AsType[*api.NotFoundError](err); gone {
			continue // removed meanwhile, or no volume
		}
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// Get is one volume; its users are not known here.
func (s *Store) Get(volume string) (api.Volume, error) {
	st, err := os.Stat(s.Dir(volume))
	switch {
	case !name().MatchString(volume), errors.Is(err, fs.ErrNotExist):
		return api.Volume{}, &api.NotFoundError{Kind: "volume", Name: volume}
	case err != nil:
		return api.Volume{}, fmt.Errorf("read volume %s: %w", volume, err)
	}
	v := api.Volume{Name: volume, Mountpoint: s.Dir(volume), CreatedAt: st.ModTime()}
	if st, err := os.Stat(filepath.Join(s.dir(volume), metaFile)); err == nil {
		v.CreatedAt = st.ModTime() // it is written once, and the data is not
	}
	labels, err := s.labels(volume)
	if err != nil {
		return v, fmt.Errorf("read volume %s: %w", volume, err)
	}
	_, v.Anonymous = labels[record.LabelAnonymousVolumes]
	delete(labels, record.LabelAnonymousVolumes)
	v.Labels = labels
	return v, nil
}

// labels reads volume.json; one that is missing or broken has none.
func (s *Store) labels(volume string) (map[string]string, error) {
	b, err := os.ReadFile(filepath.Join(s.dir(volume), metaFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var m meta
	if json.Unmarshal(b, &m) != nil {
		return nil, nil
	}
	return m.Labels, nil
}

// Whole reports that a volume is there and complete.
func (s *Store) Whole(volume string) bool {
	_, err := s.Get(volume)
	if err == nil {
		_, err = os.Lstat(filepath.Join(s.dir(volume), metaFile))
	}
	return err == nil
}

// Check says what is wrong with a new volume's name, driver, options and labels.
func Check(req api.VolumeCreate) (errs api.FieldErrors) {
	if req.Name != "" && !name().MatchString(req.Name) {
		errs = append(errs, api.FieldError{Field: "name", Value: req.Name, Reason: "is not a volume's name", Fix: "letters, digits, _ . and -, two or more, the first one a letter or digit"})
	}
	if req.Driver != "" && req.Driver != "local" {
		errs = append(errs, api.FieldError{Field: "driver", Value: req.Driver, Reason: "is not a driver that containerd has", Fix: "local is the only one"})
	}
	for i, k := range slices.Sorted(maps.Keys(req.Options)) {
		errs = append(errs, api.FieldError{Field: "opt", Index: i, Value: k, Reason: "options of drivers are not supported", Fix: "mount it on this host, and run with --mount type=bind"})
	}
	for i, k := range slices.Sorted(maps.Keys(req.Labels)) {
		if k == "" || record.Reserved(k) {
			errs = append(errs, api.FieldError{Field: "label", Index: i, Value: k, Reason: fmt.Sprintf("the key %q is reserved", k)})
		}
	}
	return errs
}

// Make makes a volume if there is none of that name, and says whether it has. What a crash
// left of one that was being made is completed.
func (s *Store) Make(volume string, labels map[string]string, anonymous bool) (made bool, err error) {
	if anonymous {
		labels = maps.Clone(labels)
		if labels == nil {
			labels = map[string]string{}
		}
		labels[record.LabelAnonymousVolumes] = ""
	}
	err = record.WithDirLock(s.root, func() error {
		at := filepath.Join(s.dir(volume), metaFile)
		if _, err := os.Lstat(at); err == nil {
			return nil
		}
		_, err := os.Lstat(s.Dir(volume))
		made = err != nil // data without a volume.json is somebody's, and stays
		if err := os.MkdirAll(s.Dir(volume), newMode); err != nil {
			return err
		}
		if err := os.Chmod(s.Dir(volume), newMode); err != nil { // whatever the umask is
			return err
		}
		b, err := json.Marshal(meta{labels})
		if err != nil {
			return err
		}
		// Under its name it is there whole: it says that the volume is.
		tmp := at + ".new"
		if err := os.WriteFile(tmp, b, 0o644); err != nil {
			return err
		}
		return os.Rename(tmp, at)
	})
	if err != nil {
		return made, fmt.Errorf("make volume %s: %w", volume, err)
	}
	return made, nil
}

// Remove deletes a volume with its data. One that a container is being made with is an
// *api.VolumeInUseError; that no container has it is for the caller to know.
func (s *Store) Remove(volume string) error {
	if _, err := s.Get(volume); err != nil {
		return err
	}
	err := record.WithDirLock(s.root, func() error {
		f, err := os.Open(s.dir(volume))
		if err != nil {
			return err
		}
		defer f.Close()
		if errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB), unix.EWOULDBLOCK) {
			return &api.VolumeInUseError{Name: volume}
		}
		// Its volume.json goes last: until then a removal that was cut short can be repeated.
		if err := os.RemoveAll(s.Dir(volume)); err != nil {
			return err
		}
		return os.RemoveAll(s.dir(volume))
	})
	if _, used := errors.AsType[*api.VolumeInUseError](err); err != nil && !used {
		return fmt.Errorf("remove volume %s: %w", volume, err)
	}
	return err
}

// Size is what a volume's data takes on the disk, in bytes. It reads the whole tree.
func (s *Store) Size(ctx context.Context, volume string) (int64, error) {
	if _, err := s.Get(volume); err != nil {
		return 0, err
	}
	u, err := cfs.DiskUsage(ctx, s.Dir(volume))
	if err != nil {
		return 0, fmt.Errorf("measure volume %s: %w", volume, err)
	}
	return u.Size, nil
}

// Hold keeps a volume from being removed until release; a container that is being made has
// no record yet that would.
func (s *Store) Hold(ctx context.Context, volume string) (release func(), err error) {
	f, err := os.Open(s.dir(volume))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &api.NotFoundError{Kind: "volume", Name: volume}
	}
	if err == nil {
		err = record.Flock(ctx, f, unix.LOCK_SH)
	}
	if err == nil {
		_, err = s.Get(volume) // it may have gone while this waited
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
