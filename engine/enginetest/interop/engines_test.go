package interop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine/daemon"
	"gantry/engine/enginetest/real"
)

// others names further containerds to test against, as NAME=FOLDER,…: in each folder are
// containerd, containerd-shim-runc-v2 and runc.
const others = "GANTRY_TEST_CONTAINERD"

// host is a containerd that a test can kill and bring up again.
type host interface {
	Kill(t testing.TB)
	Up(t testing.TB)
}

// onEach runs a test on the embedded engine, on Debian's containerd 1.6, and on those that the
// environment names.
func onEach(t *testing.T, test func(t *testing.T, p *place)) {
	if testing.Short() {
		t.Skip("minutes of waiting for others; it is run without -short")
	}
	t.Run("embedded", func(t *testing.T) {
		env := real.Engine(t)
		test(t, open(t, env, embedded{env}))
	})
	t.Run("debian", func(t *testing.T) {
		test(t, onSystem(t, filepath.Join(real.Packages(t, "containerd", "runc"), "usr", "bin")))
	})
	for _, one := range strings.FieldsFunc(os.Getenv(others), func(r rune) bool { return r == ',' }) {
		name, dir, _ := strings.Cut(one, "=")
		t.Run(name, func(t *testing.T) { test(t, onSystem(t, dir)) })
	}
}

// embedded is the engine that the tests share; its keeper brings it up.
type embedded struct{ env *real.Env }

func (e embedded) Kill(t testing.TB) {
	t.Helper()
	st, err := daemon.Current(t.Context(), e.env.Config)
	if err != nil || !st.Running || st.PID < 2 {
		t.Fatalf("the engine does not run: %v", err)
	}
	if err := unix.Kill(st.PID, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func (e embedded) Up(t testing.TB) {
	t.Helper()
	if err := daemon.Up(t.Context(), e.env.Config, e.env.Endpoint); err != nil {
		t.Fatal(err)
	}
}

// onSystem is gantry on a containerd of the system.
func onSystem(t *testing.T, dir string) *place {
	t.Helper()
	s := real.SystemEngine(t, dir)
	return open(t, s.Env, s)
}
