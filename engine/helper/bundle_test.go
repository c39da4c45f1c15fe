package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A shim that outlived the containerd which started it works in a directory that is gone:
// containerd has put a dot in front of its name, and then deleted it.
func TestABundleThatWasMadeAnewIsFoundByItsName(t *testing.T) {
	for name, rename := range map[string]bool{"deleted": false, "renamed and deleted": true} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "bundle")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
			gone := dir
			if rename {
				gone = filepath.Join(filepath.Dir(dir), ".bundle")
				if err := os.Rename(dir, gone); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Remove(gone); err != nil {
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
		})
	}
}
