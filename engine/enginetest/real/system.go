package real

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/daemon"
)

// System is a containerd that gantry has not brought along, of whatever version, as a host
// has it. Its shim and runc are those beside it.
type System struct {
	*Env
	bin  string // folder of containerd, containerd-shim-runc-v2 and runc
	root string
	cmd  *exec.Cmd
	gone chan error
}

// systemConfig has what a test needs of a containerd of any version: no CRI, nothing outside
// of its own folders, and a restart monitor that looks often.
const systemConfig = `version = 2
root = %[1]q
state = %[2]q
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
[grpc]
  address = %[3]q
[plugins."io.containerd.internal.v1.opt"]
  path = %[4]q
[plugins."io.containerd.internal.v1.restart"]
  interval = "2s"
[plugins."io.containerd.monitor.container.v1.restart"]
  interval = "2s"
`

// SystemEngine starts the containerd in a folder of programs, and gantry's place on it. Both
// end with the test.
func SystemEngine(t testing.TB, bin string) *System {
	t.Helper()
	shared := Engine(t) // says where there can be no engine
	root, err := makeRoot()
	if err != nil {
		t.Fatal(err)
	}
	s := &System{bin: bin, root: root}
	address := systemSocket(root)
	text := fmt.Sprintf(systemConfig, filepath.Join(root, "c"), filepath.Join(root, "s"), address, filepath.Join(root, "opt"))
	if err := os.WriteFile(filepath.Join(root, systemFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := daemon.Config{
		Address: address, DataRoot: filepath.Join(root, "d"), RunRoot: filepath.Join(root, "r"), Mode: daemon.System,
		SystemSockets: []daemon.Candidate{},
	}
	s.Env = &Env{Config: cfg, Namespace: "t" + strings.ToLower(rand.Text()[:8]), Registry: shared.Registry}
	t.Cleanup(func() {
		if err := s.end(); err != nil {
			t.Errorf("end the system's containerd: %v", err)
		}
	})
	s.Up(t)
	return s
}

// Up starts the daemon (again) and waits until it serves.
func (s *System) Up(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	log, err := os.OpenFile(filepath.Join(s.root, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	s.cmd = exec.Command(filepath.Join(s.bin, "containerd"), "--config", filepath.Join(s.root, systemFile))
	s.cmd.Env = append(os.Environ(), "PATH="+s.bin+":"+os.Getenv("PATH"))
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.gone = make(chan error, 1)
	go func(cmd *exec.Cmd, gone chan error) { gone <- cmd.Wait() }(s.cmd, s.gone)
	for {
		if s.Endpoint, err = daemon.Choose(ctx, s.Config); err == nil {
			break
		}
		select {
		case err := <-s.gone:
			t.Fatalf("the system's containerd ended: %v\n%s", err, s.Log())
		case <-ctx.Done():
			t.Fatalf("the system's containerd does not serve: %v\n%s", err, s.Log())
		case <-time.After(50 * time.Millisecond):
		}
	}
	if s.Client != nil {
		return // it connects again by itself
	}
	if s.Client, err = daemon.Dial(ctx, s.Endpoint); err != nil {
		t.Fatal(err)
	}
	if s.Caps, err = daemon.Probe(ctx, s.Client); err != nil {
		t.Fatal(err)
	}
}

// Log is what the daemon has said.
func (s *System) Log() string {
	b, err := os.ReadFile(filepath.Join(s.root, "log"))
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// Kill ends the daemon at once; shims and containers run on.
func (s *System) Kill(t testing.TB) {
	t.Helper()
	if err := kill(s.cmd.Process.Pid); err != nil {
		t.Fatal(err)
	}
	<-s.gone
}

func (s *System) end() error {
	var err error
	if s.Client != nil {
		err = s.Client.Close()
	}
	err = errors.Join(err, clearSystem(s.root))
	if s.gone != nil {
		select {
		case <-s.gone:
		case <-time.After(time.Minute):
			err = errors.Join(err, errors.New("the system's containerd does not end"))
		}
	}
	return err
}

// systemFile is the daemon's configuration; the folder of no other engine has one.
const systemFile = "config.toml"

// systemSocket is where the daemon serves, below its root.
func systemSocket(root string) string { return filepath.Join(root, "s", "c.sock") }

// clearSystem ends the containers, the daemon and the shims of a containerd of the system and
// removes its folder, also when its test was killed and it runs on.
func clearSystem(root string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	address, config := systemSocket(root), filepath.Join(root, systemFile)
	err := clearEngine(ctx, daemon.Endpoint{Kind: api.EngineSystem, Address: address})
	for _, p := range processes(func(argv []string) bool { return flagValue(argv, "--config") == config }) {
		err = errors.Join(err, kill(p.pid))
	}
	for _, p := range shims(address, "") {
		err = errors.Join(err, kill(p.pid))
	}
	return errors.Join(err, Clear(root))
}
