package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gantry/engine/host/smallfile"
)

// writeAtomic replaces a file by rename, so that a reader finds the old or the new one
// whole. With durable set its content survives a loss of power too. The mode is set
// whatever the umask is.
func writeAtomic(path string, data []byte, mode os.FileMode, durable bool) (err error) {
	// Without the file's own name, which may be as long as a name can be.
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil && durable {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// writeInPlace keeps the file's inode: it may be mounted into a running container.
func writeInPlace(path string, data []byte, mode os.FileMode) error {
	if err := os.WriteFile(path, data, mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

func writeJSON(path string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return writeAtomic(path, b, 0o600, false)
}

// readJSON fills v from a file and reports whether there was one. What does not parse is
// moved aside, since nothing may hang on a file that a loss of power cut short.
func readJSON(path string, v any) (bool, error) {
	b, err := smallfile.Read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if json.Unmarshal(b, v) == nil {
		return true, nil
	}
	if err := os.Rename(path, path+".broken"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("move a broken file aside: %w", err)
	}
	return false, nil
}
