package daemon

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"gantry/engine/api"
	"gantry/engine/daemon/keeper"
	"gantry/engine/path"
)

func TestFailedStartSaysWhyAndLeavesNothing(t *testing.T) {
	for _, tc := range []struct {
		name    string
		prepare func(t *testing.T, cfg *Config)
		cause   api.UnavailableCause
		words   string
	}{
		{"data of another kind in its place", func(t *testing.T, cfg *Config) {
			if err := os.WriteFile(filepath.Join(cfg.DataRoot, "containerd"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, api.EngineDamaged, "/containerd is damaged: it is not a folder"},
		{"a part of the data is a file", func(t *testing.T, cfg *Config) {
			litter(t, cfg, "containerd/io.containerd.content.v1.content", "")
		}, api.EngineDamaged, "/containerd/io.containerd.content.v1.content is damaged: it is not a folder"},
		{"garbage for metadata", func(t *testing.T, cfg *Config) {
			litter(t, cfg, metadata, strings.Repeat("garbage", 10_000))
		}, api.EngineDamaged, "/meta.db is damaged: invalid database"},
		{"metadata that is cut off", func(t *testing.T, cfg *Config) {
			litter(t, cfg, metadata, "x")
		}, api.EngineDamaged, "/meta.db is damaged"},
		{"metadata of a newer containerd", func(t *testing.T, cfg *Config) {
			litter(t, cfg, metadata, "")
			newer(t, filepath.Join(cfg.DataRoot, metadata))
		}, api.EngineNewer, "has layout 5, and this one knows up to 4"},
		{"a program that cannot be run", func(t *testing.T, cfg *Config) {
			cfg.Program = []string{"/etc/passwd"}
		}, api.EngineFailed, "/etc/passwd: permission denied"},
		{"a program that ends at once", func(t *testing.T, cfg *Config) {
			cfg.Program = []string{"/bin/sh", "-c", "echo out of luck >&2; exit 3"}
		}, api.EngineFailed, "out of luck"},
		{"a program that says nothing", func(t *testing.T, cfg *Config) {
			cfg.Program = []string{"/bin/sh", "-c", "exit 3"}
		}, api.EngineFailed, "ended with code 3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := ground(t)
			tc.prepare(t, &cfg)
			var last path.Trace
			cfg.Report = func(tr path.Trace) { last = tr }
			ep, err := Choose(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			err = Up(t.Context(), cfg, ep)
			if cause(err) != tc.cause || !strings.Contains(err.Error(), tc.words) {
				t.Errorf("error %v", err)
			}
			if last.Error == "" || last.Current() < 0 {
				t.Errorf("trace %+v", last)
			}
			if n := daemons(t, cfg); n != 0 || keeper.Locked(ep.DataRoot) {
				t.Errorf("%d daemons run, locked %v", n, keeper.Locked(ep.DataRoot))
			}
			if _, err := os.Stat(choiceFile(ep.DataRoot)); err == nil {
				t.Error("an engine that failed is remembered")
			}
		})
	}
}

// metadata is containerd's database, below the data root.
const metadata = "containerd/io.containerd.metadata.v1.bolt/meta.db"

// litter puts a file where it does harm.
func litter(t *testing.T, cfg *Config, name, text string) {
	t.Helper()
	name = filepath.Join(cfg.DataRoot, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o711); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// newer writes metadata as a containerd after ours would mark it.
func newer(t *testing.T, name string) {
	t.Helper()
	db, err := bolt.Open(name, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucket([]byte("v1"))
		if err != nil {
			return err
		}
		return b.Put([]byte("version"), binary.AppendVarint(nil, 5))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCancelledStartLeavesNoDaemon(t *testing.T) {
	cfg := ground(t)
	// A daemon that takes for ever to serve, and holds the lock meanwhile.
	cfg.Program = []string{"/bin/sh", "-c", "exec sleep 60"}
	ctx, cancel := context.WithCancel(t.Context())
	cfg.Report = func(tr path.Trace) {
		if last := tr.Steps[len(tr.Steps)-1]; last.State == path.Running {
			cancel()
		}
	}
	ep, err := Choose(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := Up(ctx, cfg, ep); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := daemons(t, cfg); n != 0 || keeper.Locked(ep.DataRoot) {
		t.Errorf("%d daemons run, locked %v", n, keeper.Locked(ep.DataRoot))
	}
}
