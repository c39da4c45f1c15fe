package real

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Packages is the root folder of what is in packages that were fetched before the tests. It
// skips the test where that could not be done, or fails it with GANTRY_TEST_ENGINE=require.
func Packages(t testing.TB, names ...string) string {
	t.Helper()
	root, err := packagesRoot(names)
	if err == nil {
		_, err = os.Stat(root)
	}
	if err != nil {
		if os.Getenv("GANTRY_TEST_ENGINE") == "require" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return root
}

// packagesRoot is where packages are unpacked.
func packagesRoot(names []string) (string, error) {
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "gantry-test", "packages", strings.Join(names, "+")), err
}

// FetchPackages unpacks packages of this Debian beside other caches, without installing them.
// That needs the network, so it is done before Main.
func FetchPackages(ctx context.Context, names ...string) error {
	root, err := packagesRoot(names)
	if err != nil {
		return err
	}
	if _, err := os.Stat(root); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(root), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(root), "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for _, name := range names {
		// The lists may be older than what the archive has.
		line := fmt.Sprintf("apt-get -qq download %[1]s || { apt-get -qq update && apt-get -qq download %[1]s; } && dpkg-deb -x %[1]s_*.deb root", name)
		cmd := exec.CommandContext(ctx, "sh", "-c", line)
		cmd.Dir = tmp
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("the package %s: %w: %s", name, err, strings.TrimSpace(string(out)))
		}
	}
	if err := os.Rename(filepath.Join(tmp, "root"), root); err != nil && !os.IsExist(err) {
		return err
	}
	return nil
}
