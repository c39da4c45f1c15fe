package engine_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

// rooms are the packages by level: one may import only packages of levels before its own,
// and its own subpackages. Those of one level do not know each other.
var rooms = [][]string{
	{"gantry/engine/path", "gantry/engine/footprint"},
	{"gantry/engine/api"},
	{"gantry/engine/host"},
	{"gantry/engine/option", "gantry/engine/record", "gantry/engine/bundle"},
	{"gantry/engine/spec", "gantry/engine/image", "gantry/engine/network", "gantry/engine/volume", "gantry/engine/stdio", "gantry/engine/task", "gantry/engine/daemon"},
	{"gantry/engine/helper", "gantry/engine"},
	{"gantry/engine/enginetest"},
}

var screens = [][]string{
	{"gantry/ui/strict"},
	{"gantry/themes", "gantry/keymap"},
	{"gantry/ui/kit", "gantry/ui/tty", "gantry/ui/backend", "gantry/ui/stream", "gantry/ui/config", "gantry/ui/preset"},
	{"gantry/ui/store", "gantry/ui/jobs", "gantry/ui/widget"},
	{"gantry/ui/screen", "gantry/ui/pane"},
	{"gantry/ui/app"},
	{"gantry/ui", "gantry/ui/cli"},
}

// known is what screens know of the engine.
var known = []string{"gantry/engine/api", "gantry/engine/option", "gantry/engine/path"}

func TestImportsFollowTheOrderOfTheHouse(t *testing.T) {
	for _, p := range list(t, "gantry/...") {
		for _, i := range p.Imports {
			if !strings.HasPrefix(i, "gantry/") || within(i, p.ImportPath) || within(p.ImportPath, "gantry/engine/enginetest") {
				continue
			}
			if strings.HasPrefix(i, "gantry/ui/uitest") || strings.HasPrefix(i, "gantry/engine/enginetest") {
				t.Errorf("%s imports %s, which is for tests only", p.ImportPath, i)
				continue
			}
			for _, order := range [][][]string{rooms, screens} {
				if from, to := level(order, p.ImportPath), level(order, i); from >= 0 && to >= 0 && to >= from && !sameRoom(order, p.ImportPath, i) {
					t.Errorf("%s imports %s, which stands at the same level or above", p.ImportPath, i)
				}
			}
			if strings.HasPrefix(p.ImportPath, "gantry/ui") && strings.HasPrefix(i, "gantry/engine") &&
				!slices.Contains(known, i) {
				t.Errorf("%s imports %s: screens know the engine's values only", p.ImportPath, i)
			}
			if strings.HasPrefix(p.ImportPath, "gantry/engine") && strings.HasPrefix(i, "gantry/ui") {
				t.Errorf("%s imports %s: the engine knows nothing of screens", p.ImportPath, i)
			}
		}
	}
}

func TestScreensNeverImportEachOther(t *testing.T) {
	for _, p := range list(t, "gantry/ui/screen/...", "gantry/ui/pane/...") {
		for _, i := range p.Imports {
			if (strings.HasPrefix(i, "gantry/ui/screen/") || strings.HasPrefix(i, "gantry/ui/pane/")) && !within(i, p.ImportPath) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
	}
}

// A screen that needed containerd to be built could not be tested without one.
func TestNoContainerdBelowTheScreens(t *testing.T) {
	for _, p := range list(t, "-deps", "-test", "gantry/ui/...") {
		if strings.HasPrefix(p.ImportPath, "github.com/containerd/containerd") || strings.HasPrefix(p.ImportPath, "google.golang.org/grpc") {
			t.Errorf("gantry/ui depends on %s", p.ImportPath)
		}
	}
}

// Every start of a container runs gantry-helper twice, and pays each time for what it links to be
// initialised.
func TestTheHelperLinksNothingLarge(t *testing.T) {
	for _, p := range list(t, "-deps", "gantry/engine/helper") {
		for _, large := range []string{
			"google.golang.org", "github.com/containerd", "github.com/moby", "github.com/opencontainers", "github.com/sirupsen",
			"regexp", "net/http", "crypto/tls", "text/template", "log/slog", "testing",
		} {
			if within(p.ImportPath, large) {
				t.Errorf("gantry-helper links %s", p.ImportPath)
			}
		}
	}
}

// level is the index of the room that a package belongs to; -1 if it belongs to none.
func level(order [][]string, path string) int {
	best, at := "", -1
	for n, names := range order {
		for _, name := range names {
			if within(path, name) && len(name) > len(best) {
				best, at = name, n
			}
		}
	}
	return at
}

// sameRoom reports whether two packages are parts of one room, such as daemon and daemon/keeper.
func sameRoom(order [][]string, a, b string) bool {
	for _, names := range order {
		for _, name := range names {
			if name != "gantry/engine" && name != "gantry/ui" && within(a, name) && within(b, name) {
				return true
			}
		}
	}
	return false
}

func within(path, room string) bool { return path == room || strings.HasPrefix(path, room+"/") }

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,TestImports,XTestImports"}, args...)...)
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
