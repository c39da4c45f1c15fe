package real

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	containerd "github.com/containerd/containerd/v2/client"
	"golang.org/x/sys/unix"

	"gantry/engine/bundle"
	"gantry/engine/daemon"
)

// suite is what the tests of one binary share.
type suite struct {
	kitchen *kitchen

	mu       sync.Mutex
	started  bool
	missing  string // why there can be no engine here; "" if there can
	err      error  // why it did not come up
	root     string // everything is below it
	config   daemon.Config
	endpoint daemon.Endpoint
	caps     daemon.Caps
	client   *containerd.Client
	registry *Server
}

// shared is this process's suite. A test binary has one, and TestMain has no other way
// to hand it to the tests.
var shared = sync.OnceValue(func() *suite { return &suite{kitchen: newKitchen()} })

// rootPrefix and the number of the process begin the name of each folder made here. Names
// are short because sockets are kept in there.
const rootPrefix = "gt"

// tempDir is where a suite's folder is made: where all temporary files go, if the paths
// of sockets can be that long.
func tempDir() string {
	if dir := os.TempDir(); len(dir) <= 12 {
		return dir
	}
	return "/tmp"
}

// makeRoot makes a folder that a later run clears away if this one is killed.
func makeRoot() (string, error) {
	return os.MkdirTemp(tempDir(), rootPrefix+strconv.Itoa(os.Getpid())+"-")
}

// start brings the engine and the registry up, once.
func (s *suite) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return
	}
	s.started = true
	switch {
	case os.Geteuid() != 0:
		s.missing = "a real engine needs root"
	case !bundle.Present():
		s.missing = "a real engine needs its payload: go generate ./..."
	}
	if s.missing != "" {
		return
	}
	sweep()
	s.root, s.err = makeRoot()
	if s.err == nil {
		s.config = config(s.root)
		s.err = s.up()
	}
}

func config(root string) daemon.Config {
	return daemon.Config{
		DataRoot:      filepath.Join(root, "d"),
		RunRoot:       filepath.Join(root, "r"),
		Mode:          daemon.Embedded,
		SystemSockets: []daemon.Candidate{},
	}
}

func (s *suite) up() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if s.endpoint, err = daemon.Choose(ctx, s.config); err != nil {
		return err
	}
	if err := daemon.Up(ctx, s.config, s.endpoint); err != nil {
		return err
	}
	if s.client, err = daemon.Dial(ctx, s.endpoint); err != nil {
		return err
	}
	if s.caps, err = daemon.Probe(ctx, s.client); err != nil {
		return err
	}
	s.registry, err = startRegistry("127.0.0.1:0", rand.Text(), s.kitchen)
	return err
}

// end takes everything down that was started and removes it.
func (s *suite) end() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	if s.registry != nil {
		errs = append(errs, s.registry.Close())
	}
	if s.client != nil {
		errs = append(errs, s.client.Close())
	}
	if s.root != "" {
		errs = append(errs, clearRoot(s.root))
	}
	return errors.Join(errs...)
}

// sweep clears what test binaries have left that were killed.
func sweep() {
	roots, err := filepath.Glob(filepath.Join(tempDir(), rootPrefix+"[0-9]*-*"))
	if err != nil {
		return
	}
	for _, root := range roots {
		name, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(root), rootPrefix), "-")
		pid, err := strconv.Atoi(name)
		if err == nil && errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			if err := clearRoot(root); err != nil {
				fmt.Fprintln(os.Stderr, "clear", root+":", err)
			}
		}
	}
}

// clearRoot ends the containers, the daemon and the shims of a suite and removes its
// folder. It goes by what it finds, so that it works on a suite that was killed.
func clearRoot(root string) error {
	if _, err := os.Stat(filepath.Join(root, systemFile)); err == nil {
		return clearSystem(root)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cfg := config(root)
	ep, err := daemon.Choose(ctx, cfg)
	if err != nil {
		return err
	}
	err = clearEngine(ctx, ep)
	err = errors.Join(err, daemon.Down(ctx, cfg, ep))
	for _, p := range shims(ep.Address, "") {
		err = errors.Join(err, kill(p.pid))
	}
	return errors.Join(err, clearCgroups(ep.CgroupParent), unmountBelow(root), os.RemoveAll(root))
}
