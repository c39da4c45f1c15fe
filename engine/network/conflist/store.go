package conflist

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"gantry/engine/network/wire"
)

// lockName is nerdctl's lock of the directory.
const lockName = ".nerdctl.lock"

// defaultName is the network whose file is in no namespace's directory.
const defaultName = "bridge"

// Dir is a directory of networks, and the directory in it of those of one containerd
// namespace.
type Dir struct {
	Path      string // such as /etc/cni/net.d
	Namespace string // "" for none
}

// Broken is a file that is no network.
type Broken struct {
	File string
	Err  error
}

// File is where a network of that name is written to.
func (d Dir) File(name string) string {
	if name == defaultName || d.Namespace == "" {
		return filepath.Join(d.Path, "nerdctl-"+name+".conflist")
	}
	return filepath.Join(d.Path, d.Namespace, "nerdctl-"+name+".conflist")
}

// Read reads all networks, by file name; those of the namespace behind the others. A
// directory that does not exist has none, and is not made. Of two with one name the
// later one counts, as in nerdctl.
func (d Dir) Read() (lists []List, broken []Broken, err error) {
	if _, err := os.Stat(d.Path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	dirs := []string{d.Path}
	if d.Namespace != "" {
		dirs = append(dirs, filepath.Join(d.Path, d.Namespace))
	}
	for _, dir := range dirs {
		for _, f := range files(dir) {
			b, err := os.ReadFile(f)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			l, err := Decode(b)
			if err != nil {
				broken = append(broken, Broken{f, err})
				continue
			}
			l.File = f
			lists = slices.DeleteFunc(lists, func(o List) bool { return o.Name == l.Name })
			lists = append(lists, l)
		}
	}
	return lists, broken, nil
}

func files(dir string) (names []string) {
	entries, _ := os.ReadDir(dir) // sorted by name
	for _, e := range entries {
		switch filepath.Ext(e.Name()) {
		case ".conf", ".conflist", ".json":
			if !e.IsDir() {
				names = append(names, filepath.Join(dir, e.Name()))
			}
		}
	}
	return names
}

// Locked runs fn under nerdctl's lock, for looking and then writing; the directory is
// made if it is missing.
func (d Dir) Locked(fn func() error) error {
	if err := os.MkdirAll(d.Path, 0o755); err != nil {
		return err
	}
	unlock, err := wire.LockFile(filepath.Join(d.Path, lockName))
	if err != nil {
		return err
	}
	defer unlock()
	return fn()
}

// Write makes a network's file, under Locked. One that exists is fs.ErrExist.
func (d Dir) Write(name string, content []byte) (file string, err error) {
	file = d.File(name)
	if _, err := os.Stat(file); err == nil {
		return file, fmt.Errorf("%s: %w", file, fs.ErrExist)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return file, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".tmp-")
	if err != nil {
		return file, err
	}
	_, err = tmp.Write(content)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		return file, errors.Join(err, os.Remove(tmp.Name()))
	}
	return file, nil
}
