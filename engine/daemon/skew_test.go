package daemon

import (
	"os"
	"path/filepath"
	"testing"

	"gantry/engine/bundle"
)

// An engine that was started from another payload's folder is told, until it is started anew.
func TestAnEngineOfAnotherPayloadIsTold(t *testing.T) {
	cfg := ground(t)
	bin := filepath.Join(cfg.DataRoot, "bin")
	if _, err := bundle.Unpack(t.Context(), bin); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(bin, "0123456789abcdef")
	if err := os.CopyFS(old, os.DirFS(bundle.Home(bin))); err != nil {
		t.Fatal(err)
	}
	ours := cfg
	cfg.Program = []string{filepath.Join(old, bundle.Daemon)}
	ep, _ := up(t, cfg)
	if got := Skew(ep); got != "the engine was started by another build of gantry" {
		t.Errorf("it says %q", got)
	}
	if err := Restart(t.Context(), ours, ep); err != nil {
		t.Fatal(err)
	}
	if got := Skew(ep); got != "" {
		t.Errorf("of its own engine it says %q", got)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("the other payload's programs are still there, and nothing uses them")
	}
}
