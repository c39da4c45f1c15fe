package real

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/bundle"
	"gantry/engine/daemon"
)

// Separate is an engine that one test has for itself, to fill its disk and to kill it.
type Separate struct {
	*Env
	root string
}

// OwnEngine starts an engine whose data root is a file system of its own, of so many
// bytes; the programs that it needs take about 40 MiB of them. It ends with the test.
func OwnEngine(t testing.TB, size string) *Separate {
	t.Helper()
	shared := Engine(t) // says where there can be no engine
	if !bundle.Present() {
		t.Skip("a real engine needs its payload")
	}
	root, err := makeRoot()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := clearRoot(root); err != nil {
			t.Errorf("end the test's own engine: %v", err)
		}
	})
	cfg := config(root)
	if err := os.Mkdir(cfg.DataRoot, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", cfg.DataRoot, "tmpfs", 0, "size="+size); err != nil {
		t.Fatalf("mount a small disk: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	s := &Separate{root: root, Env: &Env{Config: cfg, Namespace: shared.Namespace, Registry: shared.Registry}}
	if s.Endpoint, err = daemon.Choose(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	s.Up(t)
	if s.Client, err = daemon.Dial(ctx, s.Endpoint); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Client.Close(); err != nil {
			t.Error(err)
		}
	})
	if s.Caps, err = daemon.Probe(ctx, s.Client); err != nil {
		t.Fatal(err)
	}
	return s
}

// Up brings the engine up (again).
func (s *Separate) Up(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := daemon.Up(ctx, s.Config, s.Endpoint); err != nil {
		t.Fatalf("bring the test's own engine up: %v", err)
	}
}

// Kill ends the daemon as the kernel would for want of memory.
func (s *Separate) Kill(t testing.TB) {
	t.Helper()
	st, err := daemon.Current(context.Background(), s.Config)
	if err != nil || !st.Running || st.PID < 2 {
		t.Fatalf("the test's own engine does not run: %v", err)
	}
	if err := kill(st.PID); err != nil {
		t.Fatal(err)
	}
}

// Fill leaves so many bytes free on the engine's disk.
func (s *Separate) Fill(t testing.TB, free int64) {
	t.Helper()
	f, err := os.Create(filepath.Join(s.Config.DataRoot, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	var st unix.Statfs_t
	if err := unix.Statfs(s.Config.DataRoot, &st); err != nil {
		t.Fatal(err)
	}
	err = unix.Fallocate(int(f.Fd()), 0, 0, int64(st.Bavail)*st.Bsize-free)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}
