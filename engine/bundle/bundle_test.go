package bundle

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gantry/engine/api"
)

// needPayload skips where gantry was not generated, unless the engine is to be tested.
func needPayload(t *testing.T) Manifest {
	t.Helper()
	m, err := Contents()
	if err != nil {
		if os.Getenv("GANTRY_TEST_ENGINE") == "require" {
			t.Fatal(err)
		}
		t.Skip("no payload: run go generate ./...")
	}
	return m
}

func TestNoPayloadSaysWhatToRun(t *testing.T) {
	var u *api.UnavailableError
	if !errors.As(ErrNoPayload, &u) || u.Cause != api.NoPayload {
		t.Fatalf("ErrNoPayload is %#v", ErrNoPayload)
	}
	if !strings.Contains(ErrNoPayload.Error(), "go generate ./...") {
		t.Errorf("%q does not say what to run", ErrNoPayload)
	}
}

func TestUnpackLaysOutRunnablePrograms(t *testing.T) {
	m := needPayload(t)
	dir := t.TempDir()
	files, err := Unpack(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if !files.Fresh || filepath.Dir(files.Dir) != dir || filepath.Base(files.Dir) != m.Digest[:16] {
		t.Errorf("unpacked to %+v", files)
	}
	out, err := exec.Command(files.Runc, "--version").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "libseccomp") {
		t.Errorf("runc --version: %v %s", err, out)
	}
	out, err = exec.Command(files.Shim, "-v").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "2.4.2") {
		t.Errorf("shim -v: %v %s", err, out)
	}
	if real, err := filepath.EvalSymlinks(files.Helper); err != nil || real != filepath.Join(files.Dir, Helper) {
		t.Errorf("the helper's link leads to %s, %v", real, err)
	}
	again, err := Unpack(t.Context(), dir)
	if err != nil || again.Fresh {
		t.Errorf("unpacked again: %+v, %v", again, err)
	}
}

func TestDamageIsMended(t *testing.T) {
	needPayload(t)
	for _, tc := range []struct {
		name   string
		damage func(t *testing.T, f Files)
	}{
		{"a byte changed, size kept", func(t *testing.T, f Files) {
			h, err := os.OpenFile(f.Runc, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.WriteAt([]byte("x"), 4096); err != nil {
				t.Fatal(err)
			}
			if err := h.Close(); err != nil {
				t.Fatal(err)
			}
		}},
		{"not executable", func(t *testing.T, f Files) {
			if err := os.Chmod(f.Shim, 0o644); err != nil {
				t.Fatal(err)
			}
		}},
		{"a program gone", func(t *testing.T, f Files) {
			if err := os.Remove(f.Runc); err != nil {
				t.Fatal(err)
			}
		}},
		{"all gone but the link", func(t *testing.T, f Files) {
			if err := os.RemoveAll(f.Dir); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			f, err := Unpack(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			tc.damage(t, f)
			// Ensure must see it too, although it does not read the files.
			if f, err = Ensure(t.Context(), dir); err != nil || !f.Fresh {
				t.Fatalf("not mended: %+v, %v", f, err)
			}
			if out, err := exec.Command(f.Runc, "--version").CombinedOutput(); err != nil {
				t.Errorf("runc after mending: %v %s", err, out)
			}
			onlyWhole(t, dir)
		})
	}
}

// onlyWhole makes sure that nothing half-made is left in an unpack folder.
func onlyWhole(t *testing.T, dir string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, tmpPrefix+"*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestInterruptedUnpackIsSweptAndOldHelperReplaced(t *testing.T) {
	needPayload(t)
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, tmpPrefix+"123", "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("0123456789abcdef/gantry-helper", filepath.Join(dir, Helper)); err != nil {
		t.Fatal(err)
	}
	f, err := Unpack(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(f.Helper); err != nil || !strings.HasPrefix(to, Digest()[:16]) {
		t.Errorf("the helper's link leads to %s, %v", to, err)
	}
	onlyWhole(t, dir)
}

func TestManyUnpackersOneResult(t *testing.T) {
	needPayload(t)
	dir := t.TempDir()
	var wg sync.WaitGroup
	var mu sync.Mutex
	fresh := 0
	for range 4 {
		wg.Go(func() {
			f, err := Ensure(t.Context(), dir)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if f.Fresh {
				fresh++
			}
		})
	}
	wg.Wait()
	if fresh != 1 {
		t.Errorf("%d of 4 unpacked, want 1", fresh)
	}
	onlyWhole(t, dir)
}

func TestCancelledUnpackLeavesNothing(t *testing.T) {
	needPayload(t)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Unpack(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, Helper)); err == nil {
		t.Error("a helper is linked that was never unpacked")
	}
	onlyWhole(t, dir)
}

func BenchmarkUnpack(b *testing.B) {
	if !Present() {
		b.Skip("no payload")
	}
	for b.Loop() {
		if _, err := Unpack(b.Context(), b.TempDir()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	if !Present() {
		b.Skip("no payload")
	}
	dir := b.TempDir()
	if _, err := Unpack(b.Context(), dir); err != nil {
		b.Fatal(err)
	}
	b.Run("hashes", func(b *testing.B) {
		for b.Loop() {
			if _, err := Unpack(b.Context(), dir); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("seals", func(b *testing.B) {
		for b.Loop() {
			if _, err := Ensure(b.Context(), dir); err != nil {
				b.Fatal(err)
			}
		}
	})
}
