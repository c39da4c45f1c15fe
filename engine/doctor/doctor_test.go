package doctor

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"gantry/engine/api"
	"gantry/engine/bundle"
	"gantry/engine/daemon"
	"gantry/engine/host"
)

// TestMain lets this test binary be a doctor that another user runs.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "doctor" {
		_ = json.NewEncoder(os.Stdout).Encode(Examine(context.Background(), Config{Daemon: alone(os.Args[2])}))
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// alone is a configuration that knows of no containerd of the system and no environment.
func alone(dataRoot string) daemon.Config {
	return daemon.Config{DataRoot: dataRoot, SystemSockets: []daemon.Candidate{}, Getenv: func(string) string { return "" }}
}

// bench is an examination whose data root is dir, of a host with these files.
func bench(t *testing.T, dir string, files map[string]string) *examination {
	t.Helper()
	root := t.TempDir()
	write(t, root, files)
	cfg := Config{Daemon: alone(dir), root: root, HostDirs: []string{}}
	cfg.euid = func() int { return 0 }
	e := &examination{Config: cfg.withDefaults()}
	e.facts, e.factsErr = host.ReadRoot(t.Context(), root)
	e.status.Endpoint = daemon.Endpoint{Kind: api.EngineEmbedded, DataRoot: dir}
	return e
}

func write(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// find is the one finding about what.
func find(t *testing.T, list []api.Finding, what string) api.Finding {
	t.Helper()
	for _, f := range list {
		if f.What == what {
			return f
		}
	}
	t.Fatalf("nothing about %q in %+v", what, list)
	return api.Finding{}
}

// want checks a level and words of detail and fix.
func want(t *testing.T, f api.Finding, level api.FindingLevel, words ...string) {
	t.Helper()
	if f.Level != level {
		t.Errorf("%s is %s, want %s: %+v", f.What, f.Level, level, f)
	}
	for _, w := range words {
		if !strings.Contains(f.Detail+"\n"+f.Fix, w) {
			t.Errorf("%s does not say %q: %+v", f.What, w, f)
		}
	}
	if strings.Contains(f.Detail+f.Fix, "\n") {
		t.Errorf("%s has more than one line: %+v", f.What, f)
	}
}

// Whoever asks a doctor must not find the engine chosen, a log begun or a folder made.
func TestExamineLeavesNoTrace(t *testing.T) {
	top := t.TempDir()
	write(t, top, map[string]string{"here/containerd.log": "containerd: it went wrong\n"})
	before := tree(t, top)
	for _, dir := range []string{"here", "not-there"} {
		cfg := alone(filepath.Join(top, dir))
		cfg.RunRoot = filepath.Join(top, "run")
		if found := Examine(t.Context(), Config{Daemon: cfg, DockerConfigDir: top}); len(found) < len(probes())/2 {
			t.Errorf("only %d findings: %+v", len(found), found)
		}
	}
	if after := tree(t, top); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func tree(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b.WriteString(path + " " + info.Mode().String() + " " + info.ModTime().String() + "\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A dead network file system below the data root must not take the other findings with it.
func TestAProbeThatHangsIsAFinding(t *testing.T) {
	release := make(chan struct{})
	cfg := Config{Daemon: alone(t.TempDir()), limit: 30 * time.Millisecond, payload: func() (bundle.Manifest, error) { return bundle.Manifest{}, bundle.ErrNoPayload }}
	cfg.statfs = func(string, *unix.Statfs_t) error { <-release; return nil }
	found := Examine(t.Context(), cfg)
	close(release)
	want(t, find(t, found, "data root"), api.FindingWarn, "no answer within 30ms")
	want(t, find(t, found, "free space"), api.FindingWarn, "no answer within 30ms")
	want(t, find(t, found, "programs"), api.FindingBad, "go generate")
	find(t, found, "kernel")
}

func TestCancelledExamineSaysSo(t *testing.T) {
	release := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	cfg := Config{Daemon: alone(t.TempDir()), limit: time.Minute}
	cfg.statfs = func(string, *unix.Statfs_t) error { cancel(); <-release; return nil }
	found := Examine(ctx, cfg)
	close(release)
	want(t, find(t, found, "free space"), api.FindingWarn, "cancelled")
}
