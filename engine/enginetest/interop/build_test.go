package interop

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// nerdctlVersion is the release whose records gantry shares.
const nerdctlVersion = "v2.3.5"

// buildTime is enough for a machine of two slow cores that has none of it in its cache.
const buildTime = 15 * time.Minute

// nerdctlPath is where the program is kept, beside other caches.
func nerdctlPath() (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "gantry-test", "nerdctl-"+nerdctlVersion, "nerdctl"), err
}

// builtNerdctl is the path of a real nerdctl.
func builtNerdctl(t testing.TB) string {
	t.Helper()
	program, err := nerdctlPath()
	if err == nil {
		_, err = os.Stat(program)
	}
	if err != nil && os.Getenv("GANTRY_TEST_ENGINE") == "require" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip(err)
	}
	return program
}

// fetchNerdctl builds nerdctl from its module, the first time; that takes minutes.
func fetchNerdctl(ctx context.Context) error {
	program, err := nerdctlPath()
	if err != nil {
		return err
	}
	if _, err := os.Stat(program); err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, buildTime)
	defer cancel()
	source := filepath.Join(filepath.Dir(program), "source")
	if err := os.MkdirAll(source, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(source)
	if err := nerdctlSource(ctx, source); err != nil {
		return err
	}
	tmp := program + ".new"
	if err := command(ctx, source, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", tmp, "./cmd/nerdctl"); err != nil {
		return err
	}
	return os.Rename(tmp, program)
}

// nerdctlSource lays out the module as it is, but for helpers of its own tests: they need a
// module that was never published.
func nerdctlSource(ctx context.Context, dir string) error {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", "github.com/containerd/nerdctl/v2@"+nerdctlVersion)
	cmd.Dir = os.TempDir()
	out, err := cmd.Output()
	var module struct{ Dir, Error string }
	if jerr := json.Unmarshal(out, &module); jerr != nil || module.Dir == "" {
		return fmt.Errorf("download its module: %v %s", err, module.Error)
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.CopyFS(dir, os.DirFS(module.Dir)); err != nil {
		return err
	}
	helpers, err := filepath.Glob(filepath.Join(dir, "cmd", "nerdctl", "helpers", "testing*.go"))
	if err != nil {
		return err
	}
	for _, name := range helpers {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	stub := filepath.Join(dir, "mod", "tigron")
	if err := os.MkdirAll(stub, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(stub, "go.mod"), []byte("module github.com/containerd/nerdctl/mod/tigron\n"), 0o644)
}

func command(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
	}
	return nil
}

// portFree reports whether a port of this host can be listened on, and nothing answers there.
func portFree(port string) bool {
	if c, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second); err == nil {
		_ = c.Close()
		return false
	}
	l, err := net.Listen("tcp", ":"+port)
	return err == nil && l.Close() == nil
}
