package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestBundlesThatWereHalfDeletedGo(t *testing.T) {
	state := t.TempDir()
	half := filepath.Join(state, bundles, "default", ".0123", "rootfs")
	whole := filepath.Join(state, bundles, "default", "4567", "rootfs")
	for _, dir := range []string{half, whole} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := clearBundles(state); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(half)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the half bundle is there: %v", err)
	}
	if _, err := os.Stat(whole); err != nil {
		t.Errorf("a container's bundle is gone: %v", err)
	}
}
