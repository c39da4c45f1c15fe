package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A shim that outlived the containerd which started it works in a directory that is gone.
func TestABundleThatWasMadeAnewIsFoundByItsName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := bundleDir(); err == nil {
		t.Errorf("%q, though there is none", got)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := bundleDir(); got != dir {
		t.Errorf("%q, %v", got, err)
	}
}
