package bundle

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func TestPlaceSelfOnlyWhereAnotherIs(t *testing.T) {
	dir := t.TempDir()
	name, fresh, err := PlaceSelf(t.Context(), dir)
	if err != nil || !fresh || name != filepath.Join(dir, Gantry) {
		t.Fatalf("%s, %v, %v", name, fresh, err)
	}
	if same, err := SameBuild(self, name); err != nil || !same || !runnable(name) {
		t.Errorf("the copy is another program: %v, %v", same, err)
	}
	if _, fresh, err := PlaceSelf(t.Context(), dir); err != nil || fresh {
		t.Errorf("once more: %v, %v", fresh, err)
	}
	for what, spoil := range map[string]func() error{
		"cut off":      func() error { os.Remove(name); return os.WriteFile(name, []byte("#!/bin/sh\n"), 0o755) },
		"gone":         func() error { return os.Remove(name) },
		"not a file":   func() error { os.Remove(name); return os.Symlink("/bin/sh", name) },
		"not runnable": func() error { os.Remove(name); return copyTo(name, 0o644) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if _, fresh, err := PlaceSelf(t.Context(), dir); err != nil || !fresh || !runnable(name) {
			t.Errorf("one that is %s: %v, %v", what, fresh, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, tmpPrefix+"*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func copyTo(name string, mode os.FileMode) error {
	raw, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	return os.WriteFile(name, raw, mode)
}

// A program is known by its build wherever it is, and whatever has become of its file.
func TestSameBuild(t *testing.T) {
	dir := t.TempDir()
	a := filepath.Join(dir, "a")
	if err := copyTo(a, 0o755); err != nil {
		t.Fatal(err)
	}
	if same, err := SameBuild("/proc/"+strconv.Itoa(os.Getpid())+"/exe", a); err != nil || !same {
		t.Errorf("a copy: %v, %v", same, err)
	}
	if same, err := SameBuild(a, "/bin/sh"); err != nil || same {
		t.Errorf("another program: %v, %v", same, err)
	}
	if _, err := SameBuild(a, filepath.Join(dir, "none")); err == nil {
		t.Error("nothing is a build")
	}
}

func BenchmarkPlaceSelfThatIsThere(b *testing.B) {
	dir := b.TempDir()
	for b.Loop() {
		if _, _, err := PlaceSelf(b.Context(), dir); err != nil {
			b.Fatal(err)
		}
	}
}
