package daemon

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

func contextFor(t testing.TB, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}

// disk is a small file system for a data root; fill leaves no byte of it.
func disk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func fill(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 64<<10); len(block) > 0; {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
}

func TestADiskTooSmallForTheEngine(t *testing.T) {
	cfg := ground(t)
	cfg.DataRoot = disk(t, "8m")
	ep, err := Choose(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	err = Up(t.Context(), cfg, ep)
	if cause(err) != api.EngineFull || !strings.Contains(err.Error(), "bytes are free below "+cfg.DataRoot) {
		t.Errorf("%v", err)
	}
}

// With its disk full the engine must come up all the same: how else would images be removed.
func TestAnEngineOnAFullDiskComesUpAgain(t *testing.T) {
	cfg := ground(t)
	cfg.DataRoot = disk(t, "256m")
	ep, _ := up(t, cfg)
	t.Cleanup(func() {
		if err := Down(context.Background(), cfg, ep); err != nil {
			t.Error(err)
		}
	})
	fill(t, cfg.DataRoot)
	if err := Restart(t.Context(), cfg, ep); err != nil {
		t.Fatalf("after the disk filled: %v", err)
	}
	dial(t, ep)
	keptBy(t, ep)
}

func TestADataRootThatCannotBeWritten(t *testing.T) {
	cfg := ground(t)
	cfg.DataRoot = disk(t, "1m")
	ep, err := Choose(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("", cfg.DataRoot, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	err = Up(t.Context(), cfg, ep)
	if cause(err) != api.EngineReadOnly || !strings.Contains(err.Error(), cfg.DataRoot) {
		t.Errorf("%v", err)
	}
}
