package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gantry/engine/stdio/shim/shimtest"
)

func newShim(t *testing.T) *shimtest.Shim { return shimtest.Start(t, 3) }

func TestWhatIsNotUnderstoodIsRefusedWithASentence(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{nil, "run by containers"},
		{[]string{"dance"}, `no role called "dance"`},
		{[]string{"_GANTRY_LOGGER_9", "/x"}, "newer than this helper"},
		{[]string{"_GANTRY_LOGGER_x", "/x"}, "no format version"},
		{[]string{"_GANTRY_LOGGER_1"}, "needs a state directory"},
	} {
		cmd := exec.Command(os.Args[0], c.args...)
		cmd.Env = []string{asHelper + "=1"}
		out, err := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != exitUsage || !strings.Contains(string(out), c.says) || strings.Count(string(out), "\n") != 1 {
			t.Errorf("%q: %v, %q", c.args, err, out)
		}
	}
}

// build makes the helper as it is shipped.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gantry-helper")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

// anonMax is design.md's budget for what a running container's logger may hold, in KiB.
const anonMax = 3 << 10

func TestALoggerIsSmall(t *testing.T) {
	r := newRig(t, program{path: build(t)})
	r.shim.Create(1, false)
	var idle, busy int
	waitFor(t, func() bool { idle = anonymous(t, r.cmd.Process.Pid); return idle <= anonMax })
	client := r.attach()
	r.write(r.out, strings.Repeat("a line like many others, with \"quotes\" & more\n", 200_000))
	r.write(r.err, strings.Repeat("e\n", 200_000))
	waitFor(t, func() bool { _, err := r.logged(); return len(err) == 400_000 })
	waitFor(t, func() bool { busy = anonymous(t, r.cmd.Process.Pid); return busy <= anonMax })
	t.Logf("RssAnon %d KiB when it is at rest, %d KiB after 10 MB of output with a client", idle, busy)
	r.shim.Exit(0, exitTime)
	client.wait(t)
	r.done()
}

func anonymous(t *testing.T, pid int) (kib int) {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Split(string(b), "\n") {
		if v, ok := strings.CutPrefix(l, "RssAnon:"); ok {
			fmt.Sscanf(v, "%d", &kib)
		}
	}
	return kib
}

func TestTheHelperLinksNothingHeavy(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	// What speaks to the kernel about networks the hook cannot do without.
	needed := []string{"github.com/vishvananda/", "github.com/google/nftables", "github.com/mdlayher/"}
	for _, p := range strings.Fields(string(out)) {
		if slices.ContainsFunc(needed, func(n string) bool { return strings.HasPrefix(p, n) }) {
			continue
		}
		for _, heavy := range []string{"google.golang.org/", "github.com/", "net/http", "crypto/tls", "gantry/engine/api"} {
			if strings.HasPrefix(p, heavy) {
				t.Errorf("it depends on %s", p)
			}
		}
	}
}
