package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	containerd "github.com/containerd/containerd/v2/client"
	"golang.org/x/sys/unix"

	"gantry/engine/bundle"
	"gantry/engine/daemon"
	"gantry/engine/enginetest/real"
)

func TestMain(m *testing.M) {
	if child := os.Getenv(childEnv); child != "" {
		os.Exit(playChild(child))
	}
	if real.Outside() {
		// What cannot be had the test that needs it says.
		if err := real.FetchPackages(context.Background(), real.NginxPackages()...); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	real.Apart()
	code := m.Run()
	if err := shared().end(); err != nil {
		fmt.Fprintln(os.Stderr, "after the tests:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// world is what the tests share: the program, its engine, a registry.
type world struct {
	mu       sync.Mutex
	made     bool
	missing  string // why nothing can be tested here; "" if it can
	err      error
	root     string // everything is below it
	bin      string // the built program
	config   daemon.Config
	endpoint daemon.Endpoint
	caps     daemon.Caps
	client   *containerd.Client
	registry *real.Server
}

// shared is this process's world; TestMain has no other way to hand it to the tests.
var shared = sync.OnceValue(func() *world { return &world{} })

// rootPrefix and the number of the process begin the name of the world's folder.
const rootPrefix = "ge"

// get makes the world at the first call, and skips or fails the test where it cannot be.
func get(t testing.TB) *world {
	t.Helper()
	w := shared()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.made {
		w.made = true
		w.make()
	}
	if w.missing != "" {
		if os.Getenv("GANTRY_TEST_ENGINE") == "require" {
			t.Fatal(w.missing)
		}
		t.Skip(w.missing)
	}
	if w.err != nil {
		t.Fatalf("prepare the tests: %v", w.err)
	}
	return w
}

func (w *world) make() {
	switch {
	case os.Geteuid() != 0:
		w.missing = "containers need root"
	case !bundle.Present():
		w.missing = "gantry has no engine in it: go generate ./..."
	}
	if w.missing != "" {
		return
	}
	sweep()
	if w.root, w.err = os.MkdirTemp("/tmp", rootPrefix+strconv.Itoa(os.Getpid())+"-"); w.err == nil {
		w.err = w.prepare()
	}
}

// prepare builds the program and lets it bring its engine up, which it remembers for its
// data root.
func (w *world) prepare() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	w.bin = filepath.Join(w.root, "gantry")
	build := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", w.bin, "gantry")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build gantry: %w: %s", err, out)
	}
	for _, dir := range []string{w.root, w.home()} { // one test looks at it as nobody
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.Chmod(dir, 0o755)); err != nil {
			return err
		}
	}
	up := exec.CommandContext(ctx, w.bin, "engine", "up", "--engine", "embedded")
	up.Env = w.env()
	if out, err := up.CombinedOutput(); err != nil {
		return fmt.Errorf("gantry engine up: %w: %s", err, out)
	}
	return w.connect(ctx)
}

// connect opens a client of our own, to see what gantry has really done.
func (w *world) connect(ctx context.Context) (err error) {
	w.config = daemon.Config{DataRoot: w.data(), Mode: daemon.Embedded, SystemSockets: []daemon.Candidate{}}
	if w.endpoint, err = daemon.Choose(ctx, w.config); err != nil {
		return err
	}
	if w.client, err = daemon.Dial(ctx, w.endpoint); err != nil {
		return err
	}
	if w.caps, err = daemon.Probe(ctx, w.client); err != nil {
		return err
	}
	w.registry, err = real.StartRegistry("127.0.0.1:0", "")
	return err
}

func (w *world) data() string { return filepath.Join(w.root, "d") }
func (w *world) home() string { return filepath.Join(w.root, "h") }

// env is the environment of a person who has nothing set up.
func (w *world) env(more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.home(), "LANG=C.UTF-8", "TERM=xterm-256color",
		"GANTRY_DATA_ROOT=" + w.data(),
	}, more...)
}

// end takes down what was brought up, and says what was left all the same.
func (w *world) end() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.root == "" {
		return nil
	}
	var errs []error
	if w.registry != nil {
		errs = append(errs, w.registry.Close())
	}
	if w.client != nil {
		errs = append(errs, clearContainers(w.client), w.client.Close(), w.down(), nothingOf(w.root, w.endpoint))
	}
	return errors.Join(append(errs, clearRoot(w.root))...)
}

// down ends the engine as a user would.
func (w *world) down() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, w.bin, "engine", "down")
	c.Env = w.env()
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("gantry engine down: %w: %s", err, out)
	}
	return nil
}

// sweep clears what test runs have left that were killed.
func sweep() {
	roots, err := filepath.Glob("/tmp/" + rootPrefix + "[0-9]*-*")
	if err != nil {
		return
	}
	for _, root := range roots {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(root), rootPrefix), "-")
		pid, err := strconv.Atoi(number)
		if err != nil || pid <= 1 || !errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			continue
		}
		if err := clearRoot(root); err != nil {
			fmt.Fprintln(os.Stderr, "clear", root+":", err)
		}
	}
}
