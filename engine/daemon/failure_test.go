package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gantry/engine/api"
	"gantry/engine/path"
)

func TestFailedStartSaysWhyAndLeavesNothing(t *testing.T) {
	for _, tc := range []struct {
		name    string
		prepare func(t *testing.T, cfg *Config)
		words   string
	}{
		{"data of another kind in its place", func(t *testing.T, cfg *Config) {
			if err := os.WriteFile(filepath.Join(cfg.DataRoot, "containerd"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "not a directory"},
		{"a program that ends at once", func(t *testing.T, cfg *Config) {
			cfg.Program = []string{"/bin/sh", "-c", "echo out of luck >&2; exit 3"}
		}, "out of luck"},
		{"a program that says nothing", func(t *testing.T, cfg *Config) {
			cfg.Program = []string{"/bin/sh", "-c", "exit 3"}
		}, "ended with code 3"},
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
			if cause(err) != api.EngineFailed || !strings.Contains(err.Error(), tc.words) {
				t.Errorf("error %v", err)
			}
			if last.Error == "" || last.Current() < 0 {
				t.Errorf("trace %+v", last)
			}
			if n := daemons(t, cfg); n != 0 || locked(ep.DataRoot) {
				t.Errorf("%d daemons run, locked %v", n, locked(ep.DataRoot))
			}
			if _, err := os.Stat(choiceFile(ep.DataRoot)); err == nil {
				t.Error("an engine that failed is remembered")
			}
		})
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
	if n := daemons(t, cfg); n != 0 || locked(ep.DataRoot) {
		t.Errorf("%d daemons run, locked %v", n, locked(ep.DataRoot))
	}
}
