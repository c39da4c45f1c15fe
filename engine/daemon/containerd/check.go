package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	bolt "go.etcd.io/bbolt"

	"gantry/engine/daemon/keeper"
)

// dataVersion is the newest layout of the metadata that this containerd knows: it
// is a constant of its package core/metadata, and not exported. Containerd itself goes on
// with a newer one as if it knew it.
const dataVersion = 4

// checkData looks at the metadata before containerd opens it: what a newer containerd has
// written is refused, and what cannot be read is named.
func checkData(root string) error {
	if root == "" {
		return nil
	}
	if err := folders(root); err != nil {
		return err
	}
	name := filepath.Join(root, "io.containerd.metadata.v1.bolt", "meta.db")
	if fi, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) || err == nil && fi.Size() == 0 {
		return nil
	}
	version, err := readVersion(name)
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err // the name is said already
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", name, keeper.DamagedMark, err)
	}
	if version > dataVersion {
		return fmt.Errorf("%s: %s has layout %d, and this one knows up to %d", keeper.NewerMark, name, version, dataVersion)
	}
	return nil
}

// folders makes sure that the data and its parts are folders: containerd leaves a part out
// that it cannot open, and serves all the same.
func folders(root string) error {
	parts, err := filepath.Glob(filepath.Join(root, "io.containerd.*"))
	if err != nil {
		return err
	}
	for _, dir := range append(parts, root) {
		if fi, err := os.Stat(dir); err == nil && !fi.IsDir() {
			return fmt.Errorf("%s %s: it is not a folder", dir, keeper.DamagedMark)
		}
	}
	return nil
}

// readVersion is the number of the metadata's layout, 0 if it has none yet. Damage deep in
// the file has the library panic, which is an error here.
func readVersion(name string) (version int64, err error) {
	// Pages that lead beyond the end of the file are a fault of memory.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	db, err := bolt.Open(name, 0o600, &bolt.Options{ReadOnly: true, Timeout: 10 * time.Second})
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.View(func(tx *bolt.Tx) error {
		bucket := tx.Bucket([]byte("v1"))
		if bucket == nil {
			return nil
		}
		version, _ = binary.Varint(bucket.Get([]byte("version")))
		return nil
	})
	return version, err
}
